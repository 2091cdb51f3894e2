using KubeFed.Engine.Api;
using KubeFed.Engine.Scheduling.State;

namespace KubeFed.Engine.Scheduling;

/// <summary>From what was read to what is to be written. Pure.</summary>
/// <remarks>rsp.md section 1, steps 5 to 9, with P-80, P-83, P-85 and P-86 repaired.</remarks>
internal sealed class SchedulingDecider(SchedulingView view, SchedulingSettings settings, DateTimeOffset now)
{
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(10);

    private readonly SchedulingPreference _preference = view.Stored.Preference;
    private readonly IReadOnlyDictionary<string, SchedulingMemory> _memories = SchedulingMemory.Read(view.Stored.Source);
    private readonly IReadOnlyDictionary<string, long> _written = ReplicaWriteBack.Read(view.Resource, view.Shape.ReplicasPath);
    private readonly SortedDictionary<string, ClusterDecision> _clusters = new(StringComparer.Ordinal);

    public SchedulingDecision Decide()
    {
        if (view.Namespace.Missing is { } missing)
        {
            return Stop(SchedulingReason.NamespaceNotFederated, missing);
        }

        if (Eligibility.Fault(view) is { } fault)
        {
            return Stop(SchedulingReason.NoClusterSelected, $"The placement cannot be evaluated: {fault}");
        }

        var eligible = Eligible();
        if (eligible.Count == 0)
        {
            return Stop(SchedulingReason.NoClusterSelected, $"No cluster can be used: {Reasons()}.");
        }

        var here = eligible.Where(cluster => cluster.Presence == Presence.Here).ToList();
        var kept = eligible.Where(cluster => cluster.Presence != Presence.Here).ToList();
        if (here.Count == 0)
        {
            return Stop(SchedulingReason.NoClusterAvailable, $"No cluster can be used now: {Failures(kept)}. Nothing was changed.");
        }

        // Suspending a cluster is somebody's decision, and no sign of an outage that this is only one end of.
        var gone = kept.Where(cluster => cluster.Presence != Presence.Suspended && !IsOrderedAway(cluster)).ToList();
        if (gone.Count > here.Count && gone.Any(cluster => _written.GetValueOrDefault(cluster.Reading.Name) > 0))
        {
            return Stop(
                SchedulingReason.MostClustersUnavailable,
                $"{gone.Count} of {eligible.Count} clusters cannot be reached, so nothing moves: {Failures(gone)}. Unjoin those that will not come back.");
        }

        var held = HoldAll(kept);
        return Plan(here, Math.Max(0, _preference.TotalReplicas - held));
    }

    private List<Availability> Eligible()
    {
        var eligible = new List<Availability>(view.Clusters.Count);
        foreach (var reading in view.Clusters)
        {
            var obstacle = Eligibility.Obstacle(view, reading.Cluster) ?? (reading.Served ? null : $"it does not serve {view.Resource.Type.Target.QualifiedName}");
            if (obstacle is null)
            {
                eligible.Add(Availability.Of(reading, Memory(reading.Name), settings, now));
            }
            else
            {
                _clusters[reading.Name] = new() { Cluster = reading.Name, Reason = obstacle };
            }
        }

        return eligible;
    }

    /// <summary>Decides on the clusters that were not read.</summary>
    /// <returns>The replicas they keep of the total.</returns>
    /// <remarks>
    /// To be out of reach is tolerated for a while; what somebody orders is done at once. So each keeps what it has, but no more than the preference as it is
    /// now gives it, and where the total was lowered its part of that.
    /// </remarks>
    private long HoldAll(List<Availability> kept)
    {
        var (total, all) = (_preference.TotalReplicas, _written.Values.Sum());
        var left = total;
        foreach (var cluster in kept)
        {
            var written = _written.GetValueOrDefault(cluster.Reading.Name);
            var part = all <= total ? written : (long)Math.Ceiling((decimal)written * total / all);
            var keeps = cluster.Presence == Presence.Lost ? 0 : Math.Min(left, Math.Min(part, Most(cluster.Reading.Name)));
            left -= Hold(cluster, keeps, written);
        }

        return total - left;
    }

    /// <summary>What the preference gives a cluster at most. Without a weight that is its minimum, and without a preference nothing.</summary>
    private long Most(string name)
    {
        var (_, own) = _preference.For(name);
        return own is null ? 0 : Math.Min(own.Weight > 0 ? long.MaxValue : own.MinReplicas, own.MaxReplicas ?? long.MaxValue);
    }

    /// <summary>Somebody ordered that the cluster has nothing, so that its loss loses nothing.</summary>
    private bool IsOrderedAway(Availability cluster) => Most(cluster.Reading.Name) == 0;

    /// <returns>The replicas it keeps of the total.</returns>
    private long Hold(Availability cluster, long keeps, long written)
    {
        var name = cluster.Reading.Name;
        var placed = view.Resource.PlacementClusters?.Contains(name, StringComparer.Ordinal) ?? false;
        var since = SchedulingMemory.Text(cluster.Since ?? now);
        _clusters[name] = new()
        {
            Cluster = name,
            Replicas = placed && !(_preference.OmitEmptyClusters && IsOrderedAway(cluster)) ? keeps : null,
            Reason = cluster.Presence == Presence.Suspended ? (placed ? $"keeps {keeps}: {cluster.Reading.Failure}" : cluster.Reading.Failure!)
                : !placed ? $"out of reach since {since}: {cluster.Reading.Failure}"
                : cluster.Presence == Presence.Missing && keeps < written
                    ? $"keeps {keeps} of {written}, as the preference says now; out of reach since {since}: {cluster.Reading.Failure}"
                : cluster.Presence == Presence.Missing ? $"keeps {keeps} although out of reach since {since}, for at most {settings.Toleration}: {cluster.Reading.Failure}"
                : $"out of reach since {since}, so its replicas moved; it stays in the placement for its return: {cluster.Reading.Failure}",
            Memory = Memory(name) with { UnavailableSince = cluster.Since },
        };
        return placed ? keeps : 0;
    }

    private SchedulingDecision Plan(List<Availability> here, long total)
    {
        var memories = new Dictionary<string, SchedulingMemory>(StringComparer.Ordinal);
        var states = new List<ClusterState>(here.Count);
        foreach (var reading in here.Select(cluster => cluster.Reading))
        {
            var (capacity, memory) = Fullness.Judge(reading, _preference.Mode, Memory(reading.Name), settings, now);
            memories[reading.Name] = memory;
            states.Add(new(reading.Name, reading.Replicas is null ? null : reading.Ready, capacity));
        }

        var plan = ReplicaPlanner.Plan(_preference with { TotalReplicas = total }, $"{view.Stored.Key.Namespace}/{view.Stored.Key.Name}", states);
        var written = _preference.Mode == SchedulingMode.Fair ? Pace(plan, here, total) : plan.Replicas;
        foreach (var cluster in plan.Clusters)
        {
            var replicas = written[cluster.Cluster];
            var reason = replicas == cluster.Replicas ? cluster.Reason : $"{cluster.Reason}; for now {replicas}, until replicas that move are ready elsewhere";
            _clusters[cluster.Cluster] = new()
            {
                Cluster = cluster.Cluster,
                Plan = cluster,
                Replicas = replicas == 0 && _preference.OmitEmptyClusters ? null : replicas,
                Reason = reason,
                Memory = memories[cluster.Cluster],
            };
        }

        var pacing = plan.Replicas.Any(entry => written[entry.Key] != entry.Value);
        var waiting = pacing || here.Any(cluster => cluster.Reading.Pods is { NeedsRecheck: true });
        return Decision(pacing ? SchedulingReason.Progressing : plan.Unplaced > 0 ? SchedulingReason.InsufficientCapacity : SchedulingReason.Scheduled) with
        {
            Plan = plan with { TotalReplicas = _preference.TotalReplicas },
            Message = plan.Unplaced > 0 ? $"{plan.Unplaced} of {_preference.TotalReplicas} replicas found no cluster: {Bounds(plan)}." : string.Empty,
            RecheckAfter = waiting ? _soon : null,
        };
    }

    private IReadOnlyDictionary<string, long> Pace(ReplicaPlan plan, List<Availability> here, long total)
    {
        var readings = here.ToDictionary(cluster => cluster.Reading.Name, cluster => cluster.Reading, StringComparer.Ordinal);
        var states = plan.Clusters.Select(cluster =>
            new PaceState(cluster.Cluster, readings[cluster.Cluster].Replicas ?? 0, readings[cluster.Cluster].Ready, cluster.Replicas)).ToList();
        var minimums = plan.Clusters.Sum(cluster => cluster.Preference?.MinReplicas ?? 0);
        return Pacing.Step(states, total, minimums, (long)Math.Ceiling(total * settings.MaxUnavailable));
    }

    private SchedulingMemory Memory(string cluster) => _memories.GetValueOrDefault(cluster) ?? SchedulingMemory.Empty;

    private string Reasons() => _clusters.Count == 0
        ? "none is registered"
        : string.Join("; ", _clusters.Values.GroupBy(cluster => cluster.Reason).Select(group => $"{string.Join(", ", group.Select(cluster => cluster.Cluster))}: {group.Key}"));

    private static string Failures(IEnumerable<Availability> gone) => string.Join("; ", gone.Select(cluster => $"{cluster.Reading.Name}: {cluster.Reading.Failure}"));

    private static string Bounds(ReplicaPlan plan) =>
        string.Join(", ", plan.Clusters.Select(cluster => $"{cluster.Cluster} {(cluster.Preference is null ? "has no preference" : $"takes {cluster.Planned}")}"));

    private SchedulingDecision Stop(SchedulingReason reason, string message)
    {
        // What was noticed is remembered, or every toleration and cool-down would begin anew with every run.
        foreach (var reading in view.Clusters.Where(reading => !_clusters.ContainsKey(reading.Name)))
        {
            _clusters[reading.Name] = new()
            {
                Cluster = reading.Name,
                Replicas = _written.TryGetValue(reading.Name, out var replicas) ? replicas : null,
                Reason = reading.Failure ?? "unchanged",
                Memory = Memory(reading.Name) with { UnavailableSince = Availability.Of(reading, Memory(reading.Name), settings, now).Since },
            };
        }

        return Decision(reason) with { Message = message };
    }

    private SchedulingDecision Decision(SchedulingReason reason) => new()
    {
        Key = view.Stored.Key,
        Stored = view.Stored,
        Reason = reason,
        Type = view.Resource.Type,
        ReplicasPath = view.Shape.ReplicasPath,
        Resource = view.Resource,
        Clusters = [.. _clusters.Values],
    };
}
