using System.Text.Json.Nodes;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Health;
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
    public void P_74_An_update_of_the_content_moves_the_time_of_the_update_and_no_other_though_status_is_not_collected()
    {
        var first = Next(PropagationStatus.None, Then, Placed, Ok("c1"), Ok("c2"));
        var second = Next(first, Later, Placed, Ok("c1"), Ok("c2") with { AppliedHash = "another" });
        Assert.Equal((Then, Later), (second.Condition!.LastTransitionTime, second.Condition.LastUpdateTime));
        Assert.Equal(Then, second.Find("c2")!.LastTransitionTime);
    }

    [Fact]
    public void A_cluster_that_was_not_looked_at_keeps_its_record_and_one_that_left_the_federation_loses_it()
    {
        var first = Next(PropagationStatus.None, Then, Placed, Ok("c1"), Ok("c2"));
        var second = StatusComposer.Next(first, 1, Placed, [Bad("c1", "no")], new HashSet<string> { "c1", "c2" }, false, Later);
        Assert.Equal(first.Find("c2"), second.Find("c2"));
        Assert.Equal(["c1"], StatusComposer.Next(first, 1, Placed, [], new HashSet<string> { "c1" }, false, Later).Clusters.Select(c => c.Name));
    }

    [Fact]
    public void A_removed_copy_leaves_the_list_S_6() =>
        Assert.Empty(Next(Next(PropagationStatus.None, Then, Placed, Ok("c1")), Later, Placed, Ok("c1") with { Listed = false }).Clusters);

    [Fact]
    public void A_new_generation_alone_is_worth_a_write_E_112_E_114()
    {
        var first = Next(PropagationStatus.None, Then, Placed, Ok("c1"));
        var second = StatusComposer.Next(first, 2, Placed, [Ok("c1")], new HashSet<string> { "c1" }, false, Later);
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

    [Fact]
    public void P_76_The_summary_counts_the_clusters_in_sync_among_those_asked_for()
    {
        var placement = Placed with
        {
            Clusters =
            [
                new ClusterPlacement("c1", PlacementVerdict.Listed),
                new ClusterPlacement("c2", PlacementVerdict.Listed),
                new ClusterPlacement("c3", PlacementVerdict.NotListed),
                new ClusterPlacement("mars", PlacementVerdict.NotRegistered),
            ],
        };
        Assert.Equal("1/3", Next(PropagationStatus.None, Then, placement, Ok("c1"), Bad("c2", "no")).Summary!.Clusters);

        // One that was left to be looked at another time is asked for as well, and one on its way out is not.
        Assert.Equal("1/3", Next(PropagationStatus.None, Then, placement, Ok("c1"), Bad("c3", "going")).Summary!.Clusters);
    }

    [Fact]
    public void P_76_While_the_placement_can_not_be_known_the_clusters_on_record_count()
    {
        var unknown = Placed with { Failure = AggregateReason.ComputePlacementFailed, Message = "why" };
        Assert.Equal("1/2", Next(PropagationStatus.None, Then, unknown, Ok("c1"), Bad("c2", "no")).Summary!.Clusters);
    }

    [Fact]
    public void P_70_The_summarys_health_is_the_worst_of_the_clusters_and_absent_where_status_is_not_collected()
    {
        var well = Ok("c1") with { Health = ObjectHealth.Healthy };
        var ill = Ok("c2") with { Health = new ObjectHealth(HealthStatus.Degraded, "quota") };
        var collected = Collected(PropagationStatus.None, Then, well, ill);
        Assert.Equal(HealthStatus.Degraded, collected.Summary!.Health);
        Assert.Equal("quota", collected.Find("c2")!.Health!.Message);
        Assert.True(collected.Condition!.Propagated);

        var switchedOff = Next(collected, Later, Placed, well, ill);
        Assert.Null(switchedOff.Summary!.Health);
        Assert.All(switchedOff.Clusters, c => Assert.Null(c.Health));
        var patch = switchedOff.ToJson(Stored(collected))["summary"]!.AsObject();
        Assert.True(patch.ContainsKey("health") && patch["health"] is null, "a merge patch removes only what it names");
        Assert.Same(switchedOff, Next(switchedOff, Later, Placed, well, ill));
    }

    [Fact]
    public void A_change_of_health_or_of_its_message_is_worth_a_write_and_the_same_again_is_not()
    {
        var first = Collected(PropagationStatus.None, Then, Ok("c1") with { Health = new ObjectHealth(HealthStatus.Progressing, "1 of 2") });
        Assert.Same(first, Collected(first, Later, Ok("c1") with { Health = new ObjectHealth(HealthStatus.Progressing, "1 of 2") }));
        var second = Collected(first, Later, Ok("c1") with { Health = new ObjectHealth(HealthStatus.Progressing, "2 of 2") });
        Assert.Equal("2 of 2", second.Find("c1")!.Health!.Message);
        Assert.Equal(Then, second.Find("c1")!.LastTransitionTime);
        Assert.Equal((Then, Later), (second.Condition!.LastTransitionTime, second.Condition.LastUpdateTime));
    }

    [Fact]
    public void Health_and_summary_that_an_older_definition_prunes_are_not_written_again_and_again()
    {
        var result = Ok("c1") with { Health = ObjectHealth.Healthy };
        var stored = Collected(PropagationStatus.None, Then, result);
        var pruned = stored with { Summary = null, Clusters = [stored.Clusters[0] with { Health = null }] };
        Assert.Same(pruned, Collected(pruned, Later, result));

        var changed = Collected(pruned, Later, result, Bad("c2", "no"));
        Assert.NotNull(changed.Summary);
        Assert.NotNull(changed.Find("c1")!.Health);
    }

    [Theory]
    [InlineData("{'replicas':1}", "{'replicas':1.0}", true)]
    [InlineData("{'ratio':0.5,'big':9007199254740993}", "{'big':9007199254740993,'ratio':5e-1}", true)]
    [InlineData("{'big':9007199254740993}", "{'big':9007199254740992}", false)]
    [InlineData("{'conditions':[{'type':'Ready','lastProbeTime':null}]}", "{'conditions':[{'type':'Ready'}]}", true)]
    [InlineData("{'a':1,'b':{'c':[1,2]}}", "{'b':{'c':[1,2.0]},'a':1}", true)]
    [InlineData("{'b':{'c':[1,2]}}", "{'b':{'c':[2,1]}}", false)]
    [InlineData("{'a':1}", "{'a':'1'}", false)]
    [InlineData("{'a':1}", "{'a':1,'b':false}", false)]
    [InlineData("{'a':1e+30}", "{'a':10e29}", true)]
    [InlineData("{'a':1e400}", "{'a':1e500}", false)]
    public void P_77_E_121_What_a_member_says_is_compared_by_meaning_so_that_nothing_is_rewritten_endlessly(string stored, string seen, bool same)
    {
        var first = Collected(PropagationStatus.None, Then, Ok("c1") with { RemoteStatus = Make.Json(stored) });
        var second = Collected(first, Later, Ok("c1") with { RemoteStatus = Make.Json(seen) });
        Assert.Equal(same, ReferenceEquals(first, second));
    }

    [Fact]
    public void P_77_A_number_counts_the_same_whether_it_was_parsed_or_made()
    {
        var first = Collected(PropagationStatus.None, Then, Ok("c1") with { RemoteStatus = new JsonObject { ["replicas"] = 1 } });
        Assert.Same(first, Collected(first, Later, Ok("c1") with { RemoteStatus = new JsonObject { ["replicas"] = 1.0 } }));
        Assert.Same(first, Collected(first, Later, Ok("c1") with { RemoteStatus = Make.Json("{'replicas':1.00}") }));
    }

    private static PropagationStatus Next(PropagationStatus stored, DateTimeOffset now, Placement placement, params CellResult[] results) =>
        StatusComposer.Next(stored, 1, placement, results, new HashSet<string> { "c1", "c2" }, false, now);

    private static PropagationStatus Collected(PropagationStatus stored, DateTimeOffset now, params CellResult[] results) =>
        StatusComposer.Next(stored, 1, Placed, results, new HashSet<string> { "c1", "c2" }, true, now);

    private static KubeFed.Kubernetes.Objects.KubeObject Stored(PropagationStatus status)
    {
        var value = Make.Resource("{}").Object;
        value.Json["status"] = status.ToJson(value);
        return value;
    }

    private static CellResult Ok(string cluster) =>
        new() { Cluster = cluster, Action = PlanAction.None, Listed = true, ObservedVersion = "own:aa", AppliedHash = "h" };

    private static CellResult Bad(string cluster, string message) =>
        new() { Cluster = cluster, Action = PlanAction.Update, Listed = true, Reason = PropagationReason.UpdateFailed, Message = message, Succeeded = false };
}
