using KubeFed.Kubernetes.Config;

namespace KubeFed.Engine.Clusters;

/// <summary>What becomes of the copies in a cluster that leaves (P-14).</summary>
public enum LeavePolicy
{
    /// <summary>Copies stay, labels and all, as kubefedctl leaves them (K-21).</summary>
    Keep,

    /// <summary>Copies stay and lose the managed label.</summary>
    Orphan,

    /// <summary>Copies are deleted, except namespaces that hold unmanaged objects.</summary>
    Delete,
}

/// <summary>What to unjoin.</summary>
public sealed record LeaveRequest
{
    public required string Name { get; init; }

    /// <summary>An administrator's connection; null uses the stored credentials.</summary>
    public ConnectionSettings? Member { get; init; }

    public string? HostClusterName { get; init; }

    public LeavePolicy Policy { get; init; } = LeavePolicy.Keep;

    /// <summary>Go on when the member cannot be reached, and report what was left there.</summary>
    public bool Force { get; init; }

    /// <summary>Take the cluster's name out of the placement and overrides of all federated resources (it is ignored there otherwise, K-21).</summary>
    public bool RemoveReferences { get; init; }

    public bool DryRun { get; init; }
}

/// <summary>Every object leave touched, and what it had to leave behind.</summary>
public sealed record LeaveResult(string Name, IReadOnlyList<Change> Changes, IReadOnlyList<string> LeftBehind)
{
    /// <summary>
    /// How many copies the member held, and the policy was applied to; null when they were not looked at, because they stay as they are or the member could
    /// not be asked. A dry run looks at them whatever the policy.
    /// </summary>
    public int? Copies { get; init; }
}
