using KubeFed.Engine.Api;

namespace KubeFed.Engine.Clusters;

/// <summary>
/// What counts as a cluster's health while its probes come in: one that was ready stays ready until enough probes in a row failed, and the other way round.
/// Pure; a loop keeps one per cluster, a single check begins with what is recorded.
/// </summary>
/// <param name="Settled">What counts; null before the first probe.</param>
/// <param name="Against">How many probes in a row, up to the last one, say otherwise.</param>
/// <remarks>P-20: KubeFed's thresholds let one failed probe take a cluster offline.</remarks>
internal sealed record HealthStreak(ProbeOutcome? Settled, int Against)
{
    /// <summary>The last probe disagrees with what counts, and it takes more of its kind to prevail.</summary>
    public bool IsOpen => Against > 0;

    /// <summary>Begins with what is recorded.</summary>
    public static HealthStreak Of(IReadOnlyList<ClusterCondition> recorded) => new(
        Is(recorded, "ConfigMalformed") ? ProbeOutcome.Malformed
            : Is(recorded, "Offline") ? ProbeOutcome.Unreachable
            : recorded.FirstOrDefault(condition => condition.Type == "Ready") is not { } ready ? null
            : ready.Status == "True" ? ProbeOutcome.Ready
            : ProbeOutcome.NotReady,
        0);

    /// <summary>
    /// After one more probe. The first one counts at once, as there is nothing to hold on to; so does another kind of trouble, as long as there was trouble.
    /// </summary>
    public HealthStreak Next(ProbeOutcome seen, HealthPolicy policy)
    {
        var good = seen == ProbeOutcome.Ready;
        if (Settled is not { } settled || good == (settled == ProbeOutcome.Ready))
        {
            return new(seen, 0);
        }

        return Against + 1 >= (good ? policy.SuccessThreshold : policy.FailureThreshold) ? new(seen, 0) : this with { Against = Against + 1 };
    }

    private static bool Is(IReadOnlyList<ClusterCondition> recorded, string type) =>
        recorded.Any(condition => condition.Type == type && condition.Status == "True");
}
