namespace KubeFed.Engine.Scheduling;

/// <summary>What one cluster gets, and why.</summary>
public sealed record ClusterPlan
{
    public required string Cluster { get; init; }

    /// <summary>Replicas that run and are ready; null when the workload is not there.</summary>
    public long? Current { get; init; }

    /// <summary>The most the cluster can run; null when nothing is known to limit it.</summary>
    public long? Capacity { get; init; }

    /// <summary>What the shares give the cluster.</summary>
    public required long Planned { get; init; }

    /// <summary>What is asked of the cluster beyond its capacity; always zero in <see cref="SchedulingMode.Fair"/>.</summary>
    public long Overflow { get; init; }

    /// <summary>What is written: planned and overflow (rsp.md section 1 step 9).</summary>
    public long Replicas => Planned + Overflow;

    public PreferenceSource Source { get; init; }

    /// <summary>Null when the preference says nothing of this cluster.</summary>
    public ClusterPreference? Preference { get; init; }

    /// <summary>Place in the order in which clusters were served, from 1; zero for a cluster that took no part.</summary>
    public int Order { get; init; }

    /// <summary>The steps that changed, or bounded, the number, in order.</summary>
    public IReadOnlyList<PlanStep> Steps { get; init; } = [];

    /// <summary>The steps in words.</summary>
    public string Reason => Steps.Count == 0 ? "nothing left to give" : string.Join("; ", Steps.Select(step => step.Explanation));
}

/// <summary>Replicas per cluster for one workload. A value: printing it, storing it and applying it are the caller's.</summary>
public sealed record ReplicaPlan
{
    /// <summary><c>namespace/name</c>.</summary>
    public required string Key { get; init; }

    public required SchedulingMode Mode { get; init; }

    public required long TotalReplicas { get; init; }

    /// <summary>Every candidate, by name.</summary>
    public required IReadOnlyList<ClusterPlan> Clusters { get; init; }

    /// <summary>Replicas no cluster could be given.</summary>
    public required long Unplaced { get; init; }

    public long Planned => Clusters.Sum(cluster => cluster.Planned);

    public long Overflow => Clusters.Sum(cluster => cluster.Overflow);

    /// <summary>The replicas to write, by cluster.</summary>
    public IReadOnlyDictionary<string, long> Replicas => Clusters.ToDictionary(cluster => cluster.Cluster, cluster => cluster.Replicas, StringComparer.Ordinal);
}
