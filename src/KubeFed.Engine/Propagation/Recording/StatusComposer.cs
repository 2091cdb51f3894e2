using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Engine.Propagation.Recording;

/// <summary>Makes the next status of a federated object from the stored one and what became of its cells.</summary>
/// <remarks>E-110 to E-116, P-70 to P-74, P-76, P-77.</remarks>
public static class StatusComposer
{
    /// <summary>
    /// The status to store, or the very <paramref name="stored"/> one when nothing is worth a write (E-112).
    /// </summary>
    /// <param name="stored">The status as read.</param>
    /// <param name="generation">The generation of the spec that was processed (E-114).</param>
    /// <param name="placement">The placement; its failure, if any, is the condition's reason.</param>
    /// <param name="results">The cells that were decided; clusters without one keep what is on record.</param>
    /// <param name="registered">Names of all registered clusters; records of others are dropped unless there is a result for them.</param>
    /// <param name="collects">Whether the copies' status is collected, and their health with it.</param>
    /// <param name="now">The time of the status.</param>
    /// <param name="waiting">What a deletion under way waits for; empty when there is none.</param>
    public static PropagationStatus Next(
        PropagationStatus stored,
        long generation,
        Placement placement,
        IReadOnlyCollection<CellResult> results,
        IReadOnlySet<string> registered,
        bool collects,
        DateTimeOffset now,
        string waiting = "")
    {
        var clusters = new SortedDictionary<string, ClusterRecord>(StringComparer.Ordinal);
        foreach (var record in stored.Clusters.Where(r => registered.Contains(r.Name)))
        {
            clusters[record.Name] = collects ? record : record with { Health = null };
        }

        foreach (var result in results)
        {
            if (!result.Listed)
            {
                clusters.Remove(result.Cluster);
                continue;
            }

            var before = stored.Find(result.Cluster);
            clusters[result.Cluster] = new ClusterRecord
            {
                Name = result.Cluster,
                Reason = result.Reason,
                Message = Printable.Of(result.Message),
                LastTransitionTime = before is not null && before.Reason == result.Reason ? before.LastTransitionTime ?? now : now,
                ObservedVersion = result.ObservedVersion,
                AppliedHash = result.AppliedHash,
                RemoteStatus = result.RemoteStatus,
                Health = collects ? result.Health : null,
            };
        }

        IReadOnlyList<ClusterRecord> next = [.. clusters.Values];
        var sameClusters = Same(stored.Clusters, next);
        var reason = placement.Failure != AggregateReason.None ? placement.Failure
            : next.Any(c => c.Reason != PropagationReason.Ok) ? AggregateReason.CheckClusters
            : AggregateReason.None;
        var propagated = reason == AggregateReason.None;
        var old = stored.Condition;
        var transition = old is null || old.Propagated != propagated || old.Reason != reason;
        var message = placement.Failure != AggregateReason.None ? placement.Message : waiting;

        var summary = StatusSummary.Of(placement, next);

        // A definition that a KubeFed installed has no room for message and summary; their absence alone must not be written again and again.
        var update = transition
            || !sameClusters
            || (old!.Message.Length > 0 && old.Message != message)
            || (stored.Summary is not null && stored.Summary != summary);
        if (!update && stored.ObservedGeneration == generation)
        {
            return stored;
        }

        return new PropagationStatus
        {
            ObservedGeneration = generation,
            Condition = new PropagationCondition(propagated, reason, message, transition ? now : old!.LastTransitionTime, update ? now : old!.LastUpdateTime),
            Clusters = next,
            Summary = summary,
        };
    }

    private static bool Same(IReadOnlyList<ClusterRecord> left, IReadOnlyList<ClusterRecord> right) =>
        left.Count == right.Count && left.Zip(right).All(pair => pair.First.IsAsGoodAs(pair.Second));
}
