using KubeFed.Engine.Scheduling;

namespace KubeFed.Engine.Tests.Scheduling;

public class FairPlanTests
{
    [Theory]
    [InlineData(false, "A,B,C", 10, "*:w1", "", "", "A3 B4 C3")] // P-82: not 4, 4, 2; B has the smallest hash
    [InlineData(false, "A,B,C", 4, "*:w1", "", "", "A1 B2 C1")] // P-82: not 2, 2, 0
    [InlineData(false, "A,B,C", 11, "A:w2; B:w1; C:w1", "", "", "A5 B3 C3")]
    [InlineData(false, "A,B,C", 7, "A:w3; B:w2; C:w1", "", "", "A4 B2 C1")] // shares 3.5, 2.33, 1.17
    [InlineData(false, "A,B", 50, "*:w1", "A10 B70", "", "A10 B40")] // P-89: not 0, 50
    [InlineData(false, "A,B", 50, "*:w1", "A30", "", "A30 B20")]
    [InlineData(true, "A,B", 50, "*:w1", "A30", "", "A25 B25")]
    [InlineData(false, "A,B,C", 10, "*:w1", "A5 B5", "", "A5 B5 C0")]
    [InlineData(true, "A,B,C", 50, "*:w1", "", "C10", "A20 B20 C10")] // P-83: no overflow
    [InlineData(true, "A,B,C", 60, "A:w1; B:w2", "", "B10", "A50 B10 C0")]
    [InlineData(false, "A,B,C", 60, "A:w1; B:w1", "", "A10 B10", "A10 B10 C0")]
    [InlineData(false, "A,B,C", 50, "*:m20 w0", "", "", "A16 B17 C17")] // minimums beyond the total shrink alike, not 10, 20, 20
    [InlineData(false, "A,B,C", 9, "A:m4 M6 w1; B:m4 M8 w2", "", "", "A4 B5 C0")]
    [InlineData(false, "A,B", 10, "A:w0; B:w1", "A5 B3", "", "A5 B5")] // what runs without a weight stays
    [InlineData(true, "A,B", 10, "A:w0; B:w1", "A5 B3", "", "A0 B10")]
    [InlineData(false, "A,B", 6, "A:w0; B:w1", "A5 B3", "", "A3 B3")]
    [InlineData(false, "A,B", 0, "*:w1", "A3", "", "A0 B0")]
    [InlineData(false, "A,B,C", 8, "A:w0; B:w0; C:w1", "A30 B10", "", "A6 B2 C0")] // in proportion to what runs
    [InlineData(false, "A,B,C", 4, "A:w0; B:w0; C:w1", "A30 B10", "", "A3 B1 C0")]
    public void Shares_are_rounded_to_the_nearest_and_never_exceed_the_total(
        bool rebalance, string clusters, long total, string preferences, string current, string capacity, string planned)
    {
        var key = clusters == "A,B,C" && preferences == "*:m20 w0" ? string.Empty : "ns/web";
        var plan = CompatiblePlanTests.Plan(rebalance, key, clusters, total, preferences, current, capacity, SchedulingMode.Fair);

        Assert.Equal(planned, PlanNotation.Planned(plan));
        Assert.Equal(0, plan.Overflow);
    }

    [Fact]
    public void Replicas_that_fit_nowhere_are_reported_and_not_written() // P-83
    {
        var plan = CompatiblePlanTests.Plan(true, "ns/web", "A,B", 10, "*:w1", "", "A3 B4", SchedulingMode.Fair);

        Assert.Equal(("A3 B4", 3L), (PlanNotation.Planned(plan), plan.Unplaced));
    }

    [Fact]
    public void Two_thousand_million_replicas_over_very_uneven_weights_are_shared_exactly()
    {
        var plan = CompatiblePlanTests.Plan(
            false, "ns/web", "A,B,C", int.MaxValue, $"A:w1; B:w{long.MaxValue / 2}; C:w{long.MaxValue / 2}", "", "", SchedulingMode.Fair);

        Assert.Equal(int.MaxValue, plan.Planned);
        Assert.Equal(0, plan.Replicas["A"]);
        Assert.InRange(plan.Replicas["B"] - plan.Replicas["C"], -1, 1);
    }

    [Theory] // P-82: largest remainder, wherever plain rounding adds up to the total
    [InlineData("A:w5; B:w3; C:w2")]
    [InlineData("A:w7; B:w2; C:w1")]
    [InlineData("A:w13; B:w8; C:w5")]
    public void Shares_equal_the_largest_remainders_whenever_rounding_adds_up(string preferences)
    {
        var weights = PlanNotation.Preferences(preferences).ToDictionary(entry => entry.Key, entry => entry.Value.Weight);
        var sum = weights.Values.Sum();
        var compared = 0;
        for (var total = 1L; total <= 200; total++)
        {
            var rounded = weights.ToDictionary(entry => entry.Key, entry => ((2 * total * entry.Value) + sum) / (2 * sum));
            if (rounded.Values.Sum() == total && weights.Values.All(weight => 2 * total * weight % sum != 0 || total * weight % sum == 0))
            {
                compared++;
                Assert.Equal(
                    PlanNotation.Text(rounded),
                    PlanNotation.Planned(CompatiblePlanTests.Plan(true, "ns/web", "A,B,C", total, preferences, "", "", SchedulingMode.Fair)));
            }
        }

        Assert.InRange(compared, 100, 200);
    }
}
