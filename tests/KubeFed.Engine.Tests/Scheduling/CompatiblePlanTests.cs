using KubeFed.Engine.Scheduling;

namespace KubeFed.Engine.Tests.Scheduling;

public class CompatiblePlanTests
{
    private const string Deployment = "test-ns/test-deployment";
    private const string Web = "ns/web";
    private const string AtMost20InC = "*:w1; C:w1 M20";
    private const string Two = "A:m4 M6 w1; B:m4 M8 w2";

    // T-80 to T-119.
    [Theory]
    [InlineData(1, "A,B,C", 50, "*:w1", "A16 B17 C17")]
    [InlineData(2, "A,B", 50, "*:w1", "A25 B25")]
    [InlineData(3, "A,B", 1, "*:w1", "A0 B1")]
    [InlineData(5, "A", 1, "*:w1", "A1")]
    [InlineData(6, "", 1, "*:w1", "")]
    [InlineData(7, "A,B,C", 50, "*:m2 w0", "A2 B2 C2")]
    [InlineData(8, "A,B,C", 50, "*:m20 w0", "A10 B20 C20")]
    [InlineData(10, "A,B,C", 50, "*:m10 w1 M12", "A12 B12 C12")]
    [InlineData(11, "A,B,C", 50, "*:w1 M2", "A2 B2 C2")]
    [InlineData(12, "A,B,C", 50, "*:w0 M2", "A0 B0 C0")]
    [InlineData(13, "A,B,C", 60, "A:w1; B:w2", "A20 B40 C0")]
    [InlineData(14, "A,B,C", 50, "A:w10000; B:w1", "A50 B0 C0")]
    [InlineData(15, "B,C", 50, "A:w10000; B:w1", "B50 C0")]
    [InlineData(17, "A,B,C", 50, "A:w10000 M10; B:w1; C:w1 M10", "A10 B30 C10")]
    [InlineData(18, "A,B,C,D", 71, "A:w10000 M10; B:w1; C:w1 M21; D:w1 M10", "A10 B30 C21 D10")]
    public void A_fresh_placement_follows_minimums_weights_and_maximums(int row, string clusters, long total, string preferences, string planned) =>
        Check(row, rebalance: false, key: "", clusters, total, preferences, current: "", capacity: "", planned, overflow: "");

    // rsp.md 3.3.
    [Theory]
    [InlineData(20, "A,B,C", 50, "C30", "A10 B10 C30")]
    [InlineData(21, "A,B", 50, "A30", "A30 B20")]
    [InlineData(23, "A,B", 15, "A1 B8", "A7 B8")]
    [InlineData(24, "A,B", 15, "A4 B8", "A7 B8")]
    [InlineData(25, "A,B", 15, "A5 B8", "A7 B8")]
    [InlineData(27, "A,B", 15, "A7 B8", "A7 B8")]
    [InlineData(28, "A,B", 500000, "A300000", "A300000 B200000")]
    [InlineData(29, "A,B", 50, "A10", "A25 B25")]
    [InlineData(31, "A,B", 1, "A30", "A1 B0")]
    [InlineData(32, "A,B", 50, "A10 B20", "A25 B25")]
    [InlineData(89, "A,B", 50, "A10 B70", "A0 B50")] // P-89: what Fair mode repairs.
    public void Running_replicas_stay_unless_rebalancing(int row, string clusters, long total, string current, string planned) =>
        Check(row, rebalance: false, key: "", clusters, total, "*:w1", current, capacity: "", planned, overflow: "");

    // rsp.md 3.5, R-51.
    [Theory]
    [InlineData(33, true, "A,B,C", 50, "*:w1", "C10", "A20 B20 C10", "C7")]
    [InlineData(35, true, "A,B,C", 60, "A:w1; B:w2", "B10", "A50 B10 C0", "B30")]
    [InlineData(37, false, "A,B,C", 60, "A:w1; B:w1", "A10 B10", "A10 B10 C0", "A20 B20")]
    [InlineData(39, false, "A,B,C", 50, "*:m20 w0", "B10", "A20 B10 C20", "")]
    public void A_full_cluster_passes_its_share_on_and_keeps_overflow(
        int row, bool rebalance, string clusters, long total, string preferences, string capacity, string planned, string overflow) =>
        Check(row, rebalance, key: "", clusters, total, preferences, current: "", capacity, planned, overflow);

    //
    [Theory]
    [InlineData(41, false, Deployment, "A,B,C", 9, "*:w1", "", "", "A3 B3 C3")]
    [InlineData(42, false, Deployment, "A,B,C", 9, "A:w1; B:w2", "", "", "A3 B6 C0")]
    [InlineData(43, false, Deployment, "A,B,C", 9, Two, "", "", "A4 B5 C0")]
    [InlineData(45, false, Deployment, "A,C", 50, AtMost20InC, "", "", "A30 C20")]
    [InlineData(46, false, Deployment, "C", 50, AtMost20InC, "", "", "C20")]
    [InlineData(48, false, Web, "A,B,C", 1, "*:w1", "", "", "A0 B1 C0")]
    [InlineData(49, false, Web, "A,B,C", 2, "*:w1", "", "", "A1 B1 C0")]
    [InlineData(50, false, Web, "A,B,C", 4, "*:w1", "", "", "A2 B2 C0")]
    [InlineData(51, false, Web, "cluster1,cluster2,cluster3", 10, "*:w1", "", "", "cluster1=4 cluster2=4 cluster3=2")]
    [InlineData(52, false, Web, "A,B", 10, "A:m2 w0; B:w1", "", "", "A2 B8")]
    [InlineData(53, false, Web, "A,B", 10, "A:m2 w0", "", "", "A2 B0")]
    [InlineData(55, false, Web, "A", 5, "A:m5 M2 w1", "", "", "A5")]
    [InlineData(56, true, Web, "A,B", 10, "*:w1", "A8 B2", "", "A5 B5")]
    [InlineData(57, false, Web, "A,B", 10, "*:w1", "A8 B2", "", "A8 B2")]
    [InlineData(58, false, Web, "A,B,C", 10, "*:w1", "A5 B5", "", "A5 B5 C0")]
    [InlineData(59, true, Web, "A,B,C", 10, "*:w1", "A5 B5", "", "A4 B4 C2")]
    [InlineData(61, false, Web, "A,B,C", 9, "*:w1", "", "A1", "A1 B4 C4")]
    [InlineData(62, false, Web, "A,B", 0, "*:w1", "A3", "", "A0 B0")]
    public void Examples_run_on_the_original_come_out_the_same(
        int row, bool rebalance, string key, string clusters, long total, string preferences, string current, string capacity, string planned) =>
        Check(row, rebalance, key, clusters, total, preferences, current, capacity, planned, overflow: "");

    // rsp.md section 5, T-240 to T-243.
    [Theory]
    [InlineData(240, "c1,c2", 4, "", "c1=2 c2=2")]
    [InlineData(241, "c1,c2", 6, "c1:w2; c2:w1", "c1=4 c2=2")]
    [InlineData(242, "c1,c2", 6, "c1:m3 w2; c2:m3 w1", "c1=3 c2=3")]
    [InlineData(243, "c1", 6, "c1:m3 w2; c2:m3 w1", "c1=6")]
    public void The_end_to_end_expectations_hold(int row, string clusters, long total, string preferences, string planned) =>
        Check(row, rebalance: false, "e2e/test", clusters, total, preferences, current: "", capacity: "", planned, overflow: "");

    [Fact]
    public void A_minimum_above_the_maximum_is_cut_by_the_next_round_which_gives_the_difference_back()
    {
        var plan = Plan(false, Web, "A,B", 10, "A:m5 M2 w1; B:w1", "", "");

        Assert.Equal("A2 B8", PlanNotation.Planned(plan));
        Assert.Equal(0, plan.Unplaced);
    }

    [Fact]
    public void Weights_of_64_bits_do_not_wrap_around()
    {
        var plan = Plan(false, Web, "A,B", 2_000_000_000, $"A:w{long.MaxValue}; B:w{long.MaxValue}", "", "");

        Assert.Equal("A1000000000 B1000000000", PlanNotation.Planned(plan));
    }

    [Fact]
    public void A_cluster_that_runs_replicas_but_has_no_preference_is_written_as_zero() // R-40, rsp.md section 1 step 9
    {
        var plan = Plan(false, Web, "A,B", 5, "A:w1", "B3", "");

        Assert.Equal(0, plan.Replicas["B"]);
        Assert.Equal(PlanRule.NoPreference, Assert.Single(plan.Clusters[1].Steps).Rule);
    }

    [Fact]
    public void The_same_cluster_twice_is_refused() =>
        Assert.Contains("\"A\"", Assert.Throws<ArgumentException>(() => Plan(false, Web, "A,A", 5, "", "", "")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("A", "", 84696414u)]
    [InlineData("A", Web, 3286031072u)]
    [InlineData("A", Deployment, 1330018495u)]
    [InlineData("B", "", 84696413u)]
    [InlineData("B", Web, 2977502635u)]
    [InlineData("B", Deployment, 1063602982u)]
    [InlineData("C", "", 84696412u)]
    [InlineData("C", Web, 3329396490u)]
    [InlineData("C", Deployment, 4038548405u)]
    [InlineData("D", "", 84696411u)]
    [InlineData("D", Web, 2362000101u)]
    [InlineData("D", Deployment, 1972230604u)]
    [InlineData("E", "", 84696410u)]
    [InlineData("E", Web, 1634589324u)]
    [InlineData("E", Deployment, 1366294291u)]
    [InlineData("cluster1", "", 1449693054u)]
    [InlineData("cluster1", Web, 3143261312u)]
    [InlineData("cluster1", Deployment, 1574246239u)]
    [InlineData("cluster2", "", 1449693053u)]
    [InlineData("cluster2", Web, 2834733131u)]
    [InlineData("cluster2", Deployment, 2720231878u)]
    [InlineData("cluster3", "", 1449693052u)]
    [InlineData("cluster3", Web, 3186523818u)]
    [InlineData("cluster3", Deployment, 2632983509u)]
    public void Ties_are_ordered_by_FNV_1_of_cluster_and_key(string cluster, string key, uint hash) => Assert.Equal(hash, TieHash.Of(cluster, key));

    [Fact]
    public void A_long_name_hashes_like_any_other()
    {
        var name = new string('x', 300);

        Assert.Equal(Transcription.Fnv1(name + Web), TieHash.Of(name, Web));
    }

    internal static ReplicaPlan Plan(
        bool rebalance, string key, string clusters, long total, string preferences, string current, string capacity, SchedulingMode mode = SchedulingMode.Compatible) =>
        ReplicaPlanner.Plan(
            new() { TotalReplicas = total, Rebalance = rebalance, Mode = mode, Clusters = PlanNotation.Preferences(preferences) },
            key,
            PlanNotation.States(clusters, current, capacity));

    private static void Check(
        int row, bool rebalance, string key, string clusters, long total, string preferences, string current, string capacity, string planned, string overflow)
    {
        var plan = Plan(rebalance, key, clusters, total, preferences, current, capacity);

        Assert.Equal((row, planned, overflow), (row, PlanNotation.Planned(plan), PlanNotation.Overflow(plan)));
        Assert.Equal(total, plan.Planned + plan.Unplaced);
    }
}
