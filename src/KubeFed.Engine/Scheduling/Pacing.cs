namespace KubeFed.Engine.Scheduling;

/// <summary>One cluster on its way to a planned number.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Replicas">Asked for now.</param>
/// <param name="Ready">Of these, running and ready.</param>
/// <param name="Target">Planned.</param>
public sealed record PaceState(string Cluster, long Replicas, long Ready, long Target);

/// <summary>
/// Walks from what is written now to a plan in steps that leave enough replicas available: replicas that serve are only taken away while all but
/// <c>maxUnavailable</c> of the total are ready, so the next step waits until what the last one moved is up again. No step writes more than the total.
/// </summary>
/// <remarks>P-83: the cool-down of <see cref="SchedulingMode.Fair"/>; KubeFed moves everything at once.</remarks>
public static class Pacing
{
    /// <param name="states">Every cluster of the plan.</param>
    /// <param name="total">What may be written in all.</param>
    /// <param name="atLeast">Ready replicas that must remain: the sum of the minimums.</param>
    /// <param name="maxUnavailable">How many of the total may be missing on the way, at least 1.</param>
    /// <returns>What to write now, by cluster.</returns>
    public static IReadOnlyDictionary<string, long> Step(IReadOnlyCollection<PaceState> states, long total, long atLeast, long maxUnavailable)
    {
        ArgumentNullException.ThrowIfNull(states);
        var ordered = states.OrderByDescending(state => Math.Abs(state.Replicas - state.Target)).ThenBy(state => state.Cluster, StringComparer.Ordinal).ToArray();
        var planned = ordered.Sum(state => state.Target);
        var floor = Math.Min(planned, Math.Max(atLeast, planned - Math.Max(1, maxUnavailable)));
        var mayStop = Math.Max(0, ordered.Sum(state => state.Ready) - floor);
        var written = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var state in ordered.Where(state => state.Target <= state.Replicas))
        {
            // Replicas that are not ready serve nobody: they go at once.
            var idle = Math.Max(0, state.Replicas - state.Ready);
            var surplus = state.Replicas - state.Target;
            var stopped = Math.Min(Math.Max(0, surplus - idle), mayStop);
            mayStop -= stopped;
            written[state.Cluster] = state.Replicas - Math.Min(surplus, idle) - stopped;
        }

        var room = total - written.Values.Sum() - ordered.Where(state => state.Target > state.Replicas).Sum(state => state.Replicas);
        foreach (var state in ordered.Where(state => state.Target > state.Replicas))
        {
            var added = Math.Clamp(room, 0, state.Target - state.Replicas);
            room -= added;
            written[state.Cluster] = state.Replicas + added;
        }

        return written;
    }
}
