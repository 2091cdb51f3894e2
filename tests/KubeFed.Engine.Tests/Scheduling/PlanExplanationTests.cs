using KubeFed.Engine.Scheduling;

namespace KubeFed.Engine.Tests.Scheduling;

public class PlanExplanationTests
{
    [Fact]
    public void Every_step_names_its_rule_and_leads_to_the_planned_number()
    {
        var plan = CompatiblePlanTests.Plan(false, "", "A,B,C", 60, "A:m5 w1; B:w1 M20", "A12", "A10");

        Assert.Equal(
            "minimum 5: 0 -> 5; keep 12 running, bound by the capacity: 5 -> 10; round 1: 50 x 1/2 rounded up is 25, 5 of it kept already: 10 -> 30; "
            + "round 1: cut to the capacity, 20 overflow: 30 -> 10; overflow 20: 10 -> 30",
            plan.Clusters[0].Reason);
        Assert.Equal("round 1: 50 x 1/2 rounded up is 25: 0 -> 25; round 1: cut to the maximum: 25 -> 20", plan.Clusters[1].Reason);
        Assert.Equal("no entry of its own and no * entry: nothing", plan.Clusters[2].Reason);
        Assert.Equal((30, 30, 10, 20), (plan.Unplaced, plan.Planned, plan.Clusters[0].Planned, plan.Clusters[0].Overflow));
        Assert.Equal([2, 1, 0], plan.Clusters.Select(cluster => cluster.Order));
    }

    [Fact] // why the last cluster gets less
    public void A_share_that_the_total_cuts_short_says_so() => Assert.Equal(
        "round 1: 10 x 1/3 rounded up is 4, bound by the total: 0 -> 2",
        CompatiblePlanTests.Plan(false, "", "A,B,C", 10, "*:w1", "", "").Clusters[0].Reason);

    [Fact]
    public void A_fair_step_says_what_bounds_it()
    {
        var plan = CompatiblePlanTests.Plan(false, "ns/web", "A,B,C", 20, "*:w1; C:w1 M4", "A2", "", SchedulingMode.Fair);

        Assert.Equal("keep 2 running: 0 -> 2; fair share of 20 by weight 1/3: 2 -> 8", plan.Clusters[0].Reason);
        Assert.Equal("fair share of 20 by weight 1/3, bound by the maximum: 0 -> 4", plan.Clusters[2].Reason);
    }

    [Fact]
    public void Steps_join_up_in_both_modes()
    {
        foreach (var mode in Enum.GetValues<SchedulingMode>())
        {
            var plan = CompatiblePlanTests.Plan(false, "ns/web", "A,B,C,D", 40, "*:w2 m1; B:w1 M3; D:w0", "A9 D4", "A11", mode);

            foreach (var cluster in plan.Clusters)
            {
                var at = 0L;
                foreach (var step in cluster.Steps)
                {
                    Assert.Equal(at, step.Before);
                    at = step.After;
                }

                Assert.Equal(cluster.Replicas, at);
            }
        }
    }
}
