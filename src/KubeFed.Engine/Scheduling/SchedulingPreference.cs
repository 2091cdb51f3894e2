namespace KubeFed.Engine.Scheduling;

/// <summary>How a preference is turned into numbers.</summary>
public enum SchedulingMode
{
    /// <summary>Exactly KubeFed's numbers: shares rounded up in hash order, overflow parked on full clusters.</summary>
    Compatible,

    /// <summary>Shares rounded to the nearest, never more than the total written, the hash only between equals (P-82, P-83, P-89).</summary>
    Fair,
}

/// <summary>What one cluster (or <c>*</c>, every cluster without an entry of its own) is to get.</summary>
/// <remarks>api.md section 7.</remarks>
public sealed record ClusterPreference
{
    /// <summary>What an absent or empty <c>spec.clusters</c> means for every cluster.</summary>
    public static ClusterPreference Equal { get; } = new() { Weight = 1 };

    /// <summary>Given before anything is shared out, as far as the total reaches.</summary>
    public long MinReplicas { get; init; }

    /// <summary>Null is unbounded.</summary>
    public long? MaxReplicas { get; init; }

    /// <summary>The part of the replicas left after the minimums; zero takes no part in sharing.</summary>
    public long Weight { get; init; }
}

/// <summary>A ReplicaSchedulingPreference's wish, as a value.</summary>
/// <remarks>api.md section 7, A-80.</remarks>
public sealed record SchedulingPreference
{
    /// <summary>The key of the entry that applies to clusters without one of their own.</summary>
    public const string AnyCluster = "*";

    /// <summary><c>FederatedDeployment</c>, <c>FederatedReplicaSet</c>, or the federated kind of any type with a scale subresource (P-87).</summary>
    public string TargetKind { get; init; } = string.Empty;

    /// <summary>Across all clusters.</summary>
    public long TotalReplicas { get; init; }

    /// <summary>Whether running replicas may move to where the shares want them.</summary>
    public bool Rebalance { get; init; }

    /// <summary>Only plan for clusters which the selectors of the federated object and of its namespace both select .</summary>
    public bool IntersectWithClusterSelector { get; init; }

    public SchedulingMode Mode { get; init; }

    /// <summary>Clusters planned to zero leave the placement; otherwise they run a copy with no replicas, as in KubeFed (R-62, P-84).</summary>
    public bool OmitEmptyClusters { get; init; }

    /// <summary>By cluster name or <c>*</c>, as stored.</summary>
    public IReadOnlyDictionary<string, ClusterPreference> Clusters { get; init; } = new Dictionary<string, ClusterPreference>();

    /// <summary>The entry that holds for a cluster: its own, which replaces <c>*</c> entirely, else <c>*</c>, else none.</summary>
    /// <remarks>R-40, R-41, and step 7 of rsp.md section 1 for no entries at all.</remarks>
    public (PreferenceSource Source, ClusterPreference? Preference) For(string cluster)
    {
        if (Clusters.Count == 0)
        {
            return (PreferenceSource.Implied, ClusterPreference.Equal);
        }

        if (Clusters.TryGetValue(cluster, out var own))
        {
            return (PreferenceSource.Own, own);
        }

        return Clusters.TryGetValue(AnyCluster, out var any) ? (PreferenceSource.AnyCluster, any) : (PreferenceSource.None, null);
    }
}

/// <summary>Where a cluster's preference comes from.</summary>
public enum PreferenceSource
{
    /// <summary>There is none: the cluster gets nothing .</summary>
    None,

    /// <summary>The entry of its name.</summary>
    Own,

    /// <summary>The <c>*</c> entry.</summary>
    AnyCluster,

    /// <summary>The preference has no entries, which means equal weights.</summary>
    Implied,
}
