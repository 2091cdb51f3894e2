using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Propagation.Recording;

namespace KubeFed.Engine.Tests.Propagation;

public class StatusComposerTests
{
    private static readonly DateTimeOffset Then = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = Then.AddMinutes(5);
    private static readonly Placement Placed = new() { Clusters = [] };

    [Fact]
    public void All_is_well_when_every_listed_cluster_is_and_the_list_is_sorted_P_74()
    {
        var status = Next(PropagationStatus.None, Then, Placed, Ok("c2"), Ok("c1"));
        Assert.True(status.Condition!.Propagated);
        Assert.Equal(AggregateReason.None, status.Condition.Reason);
        Assert.Equal(["c1", "c2"], status.Clusters.Select(c => c.Name));
        Assert.Equal(Then, status.Clusters[0].LastTransitionTime);
    }

    [Fact]
    public void With_no_cluster_selected_the_condition_is_true_and_the_list_empty_E_116_S_7() =>
        Assert.True(Next(PropagationStatus.None, Then, Placed).Condition!.Propagated);

    [Fact]
    public void One_bad_cluster_makes_it_CheckClusters_with_its_own_message_P_73()
    {
        var status = Next(PropagationStatus.None, Then, Placed, Ok("c1"), Bad("c2", "no"));
        Assert.Equal((false, AggregateReason.CheckClusters), (status.Condition!.Propagated, status.Condition.Reason));
        Assert.Equal("no", status.Find("c2")!.Message);
        Assert.Equal(PropagationReason.Ok, status.Find("c1")!.Reason);
    }

    [Theory]
    [InlineData(AggregateReason.NamespaceNotFederated)]
    [InlineData(AggregateReason.ComputePlacementFailed)]
    public void A_failed_placement_is_the_reason_whatever_the_clusters_say_S_3_S_9(AggregateReason failure)
    {
        var status = Next(PropagationStatus.None, Then, Placed with { Failure = failure, Message = "why" }, Bad("c2", "no"));
        Assert.Equal((failure, "why"), (status.Condition!.Reason, status.Condition.Message));
    }

    [Fact]
    public void The_same_again_is_the_same_object_so_that_nothing_is_written_E_112()
    {
        var first = Next(PropagationStatus.None, Then, Placed, Ok("c1"));
        Assert.Same(first, Next(first, Later, Placed, Ok("c1")));
    }

    [Fact]
    public void Times_move_only_with_what_they_are_about_E_110_E_111()
    {
        var first = Next(PropagationStatus.None, Then, Placed, Ok("c1"), Ok("c2"));
        var second = Next(first, Later, Placed, Ok("c1"), Bad("c2", "no"));
        Assert.Equal(Then, second.Find("c1")!.LastTransitionTime);
        Assert.Equal(Later, second.Find("c2")!.LastTransitionTime);
        Assert.Equal((Later, Later), (second.Condition!.LastTransitionTime, second.Condition.LastUpdateTime));
        var third = Next(second, Later.AddMinutes(1), Placed, Ok("c1"), Bad("c2", "still no"));
        Assert.Equal(Later, third.Condition!.LastTransitionTime);
        Assert.Equal(Later.AddMinutes(1), third.Condition.LastUpdateTime);
        Assert.Equal(Later, third.Find("c2")!.LastTransitionTime);
    }

    [Fact]
    public void A_cluster_that_was_not_looked_at_keeps_its_record_and_one_that_left_the_federation_loses_it()
    {
        var first = Next(PropagationStatus.None, Then, Placed, Ok("c1"), Ok("c2"));
        var second = StatusComposer.Next(first, 1, Placed, [Bad("c1", "no")], new HashSet<string> { "c1", "c2" }, Later);
        Assert.Equal(first.Find("c2"), second.Find("c2"));
        Assert.Equal(["c1"], StatusComposer.Next(first, 1, Placed, [], new HashSet<string> { "c1" }, Later).Clusters.Select(c => c.Name));
    }

    [Fact]
    public void A_removed_copy_leaves_the_list_S_6() =>
        Assert.Empty(Next(Next(PropagationStatus.None, Then, Placed, Ok("c1")), Later, Placed, Ok("c1") with { Listed = false }).Clusters);

    [Fact]
    public void A_new_generation_alone_is_worth_a_write_E_112_E_114()
    {
        var first = Next(PropagationStatus.None, Then, Placed, Ok("c1"));
        var second = StatusComposer.Next(first, 2, Placed, [Ok("c1")], new HashSet<string> { "c1" }, Later);
        Assert.Equal(2, second.ObservedGeneration);
        Assert.Equal(Then, second.Condition!.LastUpdateTime);
    }

    [Fact]
    public void Reading_what_was_written_gives_it_back_and_conditions_of_others_survive()
    {
        var stored = Make.Resource("{}", status: "{'conditions':[{'type':'Theirs','status':'True'}]}").Object;
        var status = Next(PropagationStatus.None, Then, Placed, Ok("c1"), Bad("c2", "no"));
        stored.Json["status"] = status.ToJson(stored);
        Assert.Equal(2, stored.Status!["conditions"]!.AsArray().Count);
        var read = PropagationStatus.Read(stored);
        Assert.Same(read, Next(read, Later, Placed, Ok("c1"), Bad("c2", "no")));
    }

    private static PropagationStatus Next(PropagationStatus stored, DateTimeOffset now, Placement placement, params CellResult[] results) =>
        StatusComposer.Next(stored, 1, placement, results, new HashSet<string> { "c1", "c2" }, now);

    private static CellResult Ok(string cluster) =>
        new() { Cluster = cluster, Action = PlanAction.None, Listed = true, ObservedVersion = "own:aa", AppliedHash = "h" };

    private static CellResult Bad(string cluster, string message) =>
        new() { Cluster = cluster, Action = PlanAction.Update, Listed = true, Reason = PropagationReason.UpdateFailed, Message = message, Succeeded = false };
}
