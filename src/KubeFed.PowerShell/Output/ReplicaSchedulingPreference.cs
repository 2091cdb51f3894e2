namespace KubeFed;

/// <summary>How the replicas of one federated workload are to be spread over clusters.</summary>
public sealed class ReplicaSchedulingPreference : StoredObject
{
    /// <summary>The name, which is the federated workload's too.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace, which is the federated workload's too.</summary>
    public required string Namespace { get; init; }

    /// <summary>The federated kind, such as <c>FederatedDeployment</c>.</summary>
    public required string TargetKind { get; init; }

    /// <summary>Replicas across all clusters.</summary>
    public required long TotalReplicas { get; init; }

    /// <summary>Whether running replicas may move to where the shares want them.</summary>
    public required bool Rebalance { get; init; }

    /// <summary>Whether only clusters count that both the workload's and the namespace's selector select.</summary>
    public required bool IntersectWithClusterSelector { get; init; }

    /// <summary><c>Compatible</c> (KubeFed's numbers) or <c>Fair</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>Whether clusters planned to zero leave the placement.</summary>
    public required bool OmitEmptyCluster { get; init; }

    /// <summary>Per cluster, or <c>*</c> for those without an entry; none means equal weights everywhere.</summary>
    public ClusterPreference[] ClusterPreference { get; init; } = [];

    /// <summary>What came of it when it was last scheduled: <c>Scheduled</c>, <c>TargetNotFound</c>, ...; <c>Unknown</c> before that.</summary>
    public required string Status { get; init; }

    /// <summary>The reason in words; empty when all is well.</summary>
    public required string Message { get; init; }

    /// <summary><c>namespace/name</c>.</summary>
    public override string ToString() => $"{Namespace}/{Name}";
}

/// <summary>What a preference says of one cluster.</summary>
public sealed class ClusterPreference
{
    /// <summary>The cluster's name, or <c>*</c>.</summary>
    public required string Cluster { get; init; }

    /// <summary>Given before anything is shared out.</summary>
    public required long MinReplicas { get; init; }

    /// <summary>Null is unbounded.</summary>
    public long? MaxReplicas { get; init; }

    /// <summary>The part of what is left after the minimums.</summary>
    public required long Weight { get; init; }

    /// <summary><c>c1: weight 2, 1 to 5</c>.</summary>
    public override string ToString() => $"{Cluster}: weight {Weight}, {MinReplicas} to {(MaxReplicas is { } most ? most : "any")}";
}
