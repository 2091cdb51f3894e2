using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Scheduling;

/// <summary>What came of a preference; written as the reason of its <c>Scheduled</c> condition.</summary>
/// <remarks>P-80: KubeFed says nothing in any of these cases.</remarks>
public enum SchedulingReason
{
    /// <summary>The plan is written.</summary>
    Scheduled,

    /// <summary>Fair mode: on the way to the plan, waiting for moved replicas to become ready.</summary>
    Progressing,

    /// <summary>The plan is written, but no cluster could take all of the total.</summary>
    InsufficientCapacity,

    /// <summary>A field is wrong.</summary>
    InvalidPreference,

    /// <summary>No enabled type has this federated kind, or its objects have no replicas.</summary>
    TargetKindNotSupported,

    /// <summary>There is no federated object of the same namespace and name.</summary>
    TargetNotFound,

    /// <summary>The namespace is not federated: whatever were written, nothing would be propagated.</summary>
    NamespaceNotFederated,

    /// <summary>Placement leaves no cluster to plan for (R-10, P-85).</summary>
    NoClusterSelected,

    /// <summary>No cluster can be used now.</summary>
    NoClusterAvailable,

    /// <summary>Most clusters vanished at once: more likely the observer is cut off, so nothing moves.</summary>
    MostClustersUnavailable,

    /// <summary>The federated object could not be written.</summary>
    WriteFailed,
}

/// <summary>What is written for one cluster, and why.</summary>
public sealed record ClusterDecision
{
    public required string Cluster { get; init; }

    /// <summary>The planner's part; null for a cluster it was not asked about.</summary>
    public ClusterPlan? Plan { get; init; }

    /// <summary>Replicas written; null when the cluster leaves, or is not in, the placement.</summary>
    public long? Replicas { get; init; }

    /// <summary>In words.</summary>
    public required string Reason { get; init; }

    /// <summary>What the next decision must know.</summary>
    public SchedulingMemory Memory { get; init; } = SchedulingMemory.Empty;
}

/// <summary>The outcome for one preference: a value that explains itself; <see cref="Scheduler"/> makes it true.</summary>
public sealed record SchedulingDecision
{
    public required ObjectKey Key { get; init; }

    public required StoredPreference Stored { get; init; }

    public required SchedulingReason Reason { get; init; }

    /// <summary>Names the field, the kind or the clusters concerned, and what to do; empty when all is well.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary>What does not stop the plan but should be known.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Null when there was nothing to plan for.</summary>
    public ReplicaPlan? Plan { get; init; }

    /// <summary>Every registered cluster, by name; empty when nothing was planned.</summary>
    public IReadOnlyList<ClusterDecision> Clusters { get; init; } = [];

    /// <summary>The federated object's type; null when there is none.</summary>
    public FederatedType? Type { get; init; }

    /// <summary>The JSON pointer that overrides set.</summary>
    public string ReplicasPath { get; init; } = "/spec/replicas";

    /// <summary>When looking again may change the decision without anything else changing; null when it cannot.</summary>
    public TimeSpan? RecheckAfter { get; init; }

    /// <summary>Whether the federated object was written, or in a dry run would be.</summary>
    public bool Changed { get; init; }

    public bool DryRun { get; init; }

    /// <summary>The federated object as written, or in a dry run as it would be; null when there is none.</summary>
    public FederatedResource? Resource { get; init; }

    /// <summary>Whether there is a plan to write.</summary>
    public bool HasPlan => Reason is SchedulingReason.Scheduled or SchedulingReason.Progressing or SchedulingReason.InsufficientCapacity;

    /// <summary>The replicas to write by cluster, which are also the placement.</summary>
    public IReadOnlyDictionary<string, long> Replicas =>
        Clusters.Where(cluster => cluster.Replicas is not null).ToDictionary(cluster => cluster.Cluster, cluster => cluster.Replicas!.Value, StringComparer.Ordinal);
}
