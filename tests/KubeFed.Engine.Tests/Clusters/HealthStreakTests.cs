using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Clusters;

/// <summary>P-20: what counts changes after so many probes in a row, and not before.</summary>
public sealed class HealthStreakTests
{
    private const string Letters = "RNUM";

    /// <summary>Each letter is a probe or what counts after it: Ready, NotReady, Unreachable, Malformed.</summary>
    [Theory]
    [InlineData(3, 1, "R", "R")]
    [InlineData(3, 1, "U", "U")] // the first probe counts at once
    [InlineData(3, 1, "RUURUUR", "RRRRRRR")] // never three in a row
    [InlineData(3, 1, "RUUU", "RRRU")]
    [InlineData(3, 1, "RUNM", "RRRM")] // any kind of failure counts; the last one names it
    [InlineData(3, 1, "UR", "UR")]
    [InlineData(1, 1, "RURU", "RURU")]
    [InlineData(3, 2, "URURR", "UUUUR")]
    [InlineData(3, 2, "RUUUURURR", "RRRUUUUUR")]
    [InlineData(3, 2, "UNUM", "UNUM")] // trouble of another kind is no change of side
    public void P_20_Probes_count_in_a_row(int failures, int successes, string probes, string expected)
    {
        var policy = HealthPolicy.Default with { FailureThreshold = failures, SuccessThreshold = successes };
        var streak = new HealthStreak(null, 0);
        var counted = string.Empty;
        foreach (var probe in probes)
        {
            streak = streak.Next((ProbeOutcome)Letters.IndexOf(probe, StringComparison.Ordinal), policy);
            counted += Letters[(int)streak.Settled!.Value];
        }

        Assert.Equal(expected, counted);
    }

    [Theory]
    [InlineData("RU", true)]
    [InlineData("RUU", true)]
    [InlineData("RUUU", false)]
    [InlineData("RUR", false)]
    public void A_row_is_open_while_the_last_probe_contradicts_what_counts(string probes, bool open) =>
        Assert.Equal(open, probes.Aggregate(new HealthStreak(null, 0), (s, p) => s.Next((ProbeOutcome)Letters.IndexOf(p, StringComparison.Ordinal), HealthPolicy.Default)).IsOpen);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_recorded_of_a_probe_is_where_the_next_check_begins(int outcome)
    {
        var seen = (ProbeOutcome)outcome;
        var recorded = ClusterConditions.From(new ProbeResult(seen, "why", null, TimeSpan.Zero), [], DateTimeOffset.UnixEpoch);

        Assert.Equal(new HealthStreak(seen, 0), HealthStreak.Of(recorded));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void P_22_Ready_and_Offline_are_always_said(int outcome)
    {
        var types = ClusterConditions.From(new ProbeResult((ProbeOutcome)outcome, "why", null, TimeSpan.Zero), [], DateTimeOffset.UnixEpoch).Select(c => c.Type).ToList();

        Assert.Contains("Ready", types);
        Assert.Contains("Offline", types);
    }

    [Fact]
    public void Nothing_recorded_is_nothing_to_hold_on_to() => Assert.Null(HealthStreak.Of([]).Settled);

    [Theory]
    [InlineData("{}", "00:00:10", "00:00:03", 3, 1)]
    [InlineData("""{"clusterHealthCheck":{"period":"1m0s","timeout":"500ms","failureThreshold":5,"successThreshold":2}}""", "00:01:00", "00:00:00.5", 5, 2)]
    [InlineData("""{"clusterHealthCheck":{"period":"soon","timeout":"0s","failureThreshold":0,"successThreshold":-1}}""", "00:00:10", "00:00:03", 3, 1)]
    public void The_policy_is_the_configs_with_KubeFeds_defaults(string spec, string period, string timeout, int failures, int successes)
    {
        var config = KubeObject.Parse($$"""{"apiVersion":"core.kubefed.io/v1beta1","kind":"KubeFedConfig","spec":{{spec}}}""");

        var invariant = System.Globalization.CultureInfo.InvariantCulture;
        Assert.Equal(new HealthPolicy(TimeSpan.Parse(period, invariant), TimeSpan.Parse(timeout, invariant), failures, successes), HealthPolicy.Read(config));
    }
}
