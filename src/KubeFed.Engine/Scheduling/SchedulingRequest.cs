using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Scheduling;

/// <summary>Which preferences to make true.</summary>
public sealed record SchedulingRequest
{
    /// <summary>Null for all namespaces.</summary>
    public string? Namespace { get; init; }

    /// <summary>Which of them; null for all.</summary>
    public Func<StoredPreference, bool>? Filter { get; init; }

    /// <summary>The federated resources whose replicas may be written; null for all. A preference of any other is passed over.</summary>
    public Func<FederatedType, ObjectKey, bool>? Reaches { get; init; }

    /// <summary>Read and decide, write nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Preferences in work at once.</summary>
    public int ThrottleLimit { get; init; } = 16;
}
