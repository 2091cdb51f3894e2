using KubeFed.Kubernetes.Client;

namespace KubeFed.Engine.Federate;

/// <summary>How a federated resource is deleted, and its copies with it.</summary>
public sealed record ResourceDeletion
{
    /// <summary>Leave the copies, unlabelled (E-91).</summary>
    public bool Orphan { get; init; }

    /// <summary>What members do with what depends on a copy, such as the ReplicaSets of a Deployment; null leaves that to them (E-92).</summary>
    public DeletionPropagation? Propagation { get; init; }

    /// <summary>How long members give a copy to end, in seconds; null leaves that to them (E-92).</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary>Only look whether the resource is there.</summary>
    public bool DryRun { get; init; }
}
