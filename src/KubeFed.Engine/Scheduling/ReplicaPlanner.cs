namespace KubeFed.Engine.Scheduling;

/// <summary>Turns a preference and the state of clusters into replicas per cluster. Pure: the same arguments give the same plan, in whatever order the clusters come.</summary>
/// <remarks>rsp.md section 3.</remarks>
public static class ReplicaPlanner
{
    private static readonly PlanStep[] _noPreference = [new(PlanRule.NoPreference, 0, 0)];

    /// <param name="preference">Valid, see <see cref="PreferenceValidation"/>; negative numbers give meaningless plans.</param>
    /// <param name="key"><c>namespace/name</c>; decides between clusters of equal weight.</param>
    /// <param name="clusters">The clusters that can be used; names are unique.</param>
    /// <exception cref="ArgumentException">Two clusters have one name.</exception>
    public static ReplicaPlan Plan(SchedulingPreference preference, string key, IReadOnlyCollection<ClusterState> clusters)
    {
        ArgumentNullException.ThrowIfNull(preference);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(clusters);

        var plans = new List<ClusterPlan>(clusters.Count);
        var candidates = new List<Candidate>(clusters.Count);
        var names = new HashSet<string>(clusters.Count, StringComparer.Ordinal);
        foreach (var cluster in clusters)
        {
            if (!names.Add(cluster.Name))
            {
                throw new ArgumentException($"Cluster \"{cluster.Name}\" is given twice; give each cluster once.", nameof(clusters));
            }

            var (source, own) = preference.For(cluster.Name);
            if (own is null)
            {
                plans.Add(new() { Cluster = cluster.Name, Current = cluster.Current, Capacity = cluster.Capacity, Planned = 0, Steps = _noPreference });
            }
            else
            {
                candidates.Add(new Candidate(cluster, source, own, TieHash.Of(cluster.Name, key)));
            }
        }

        candidates.Sort(Serve);
        var unplaced = preference.Mode == SchedulingMode.Fair
            ? FairPlanning.Run(candidates, preference.TotalReplicas, preference.Rebalance)
            : CompatiblePlanning.Run(candidates, preference.TotalReplicas, preference.Rebalance);

        plans.AddRange(candidates.Select((candidate, index) => candidate.Finish(index + 1)));
        plans.Sort((a, b) => string.CompareOrdinal(a.Cluster, b.Cluster));
        return new ReplicaPlan { Key = key, Mode = preference.Mode, TotalReplicas = preference.TotalReplicas, Clusters = plans, Unplaced = unplaced };
    }

    /// <summary>The order in which clusters are served; the name only decides when weights and hashes are equal.</summary>
    /// <remarks>R-42.</remarks>
    private static int Serve(Candidate a, Candidate b)
    {
        var order = b.Preference.Weight.CompareTo(a.Preference.Weight);
        order = order != 0 ? order : a.Hash.CompareTo(b.Hash);
        return order != 0 ? order : string.CompareOrdinal(a.State.Name, b.State.Name);
    }
}
