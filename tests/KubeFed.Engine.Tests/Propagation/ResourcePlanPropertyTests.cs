using FsCheck;
using FsCheck.Fluent;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>What holds of every plan, whatever members hold, resources say and requests ask for.</summary>
public class ResourcePlanPropertyTests
{
    private static readonly FederationIdentity s_self = new("us/kube-federation-system");

    private static readonly string[] s_clusters = ["c1", "c2", "c3"];

    [Fact]
    public void P_56_Another_federations_copy_is_never_removed_or_unlabelled_and_written_only_to_take_it_over() => Check((situation, plan) =>
        s_clusters.Zip(situation.States).All(pair => pair.Second is not State.Theirs
            || plan.Decide(pair.First, Of(pair.Second)) is var cell && (!cell.Writes || (cell.Action == PlanAction.Adopt && situation.TakeOver
                && plan.Phase == ResourcePhase.Propagating && plan.Placement.Selects(pair.First)))));

    [Fact]
    public void P_47_A_strangers_object_is_written_only_where_administrator_and_policy_say_so_and_never_removed() => Check((situation, plan) =>
        s_clusters.Zip(situation.States).All(pair => pair.Second is not (State.Identical or State.Different)
            || plan.Decide(pair.First, Of(pair.Second)) is var cell && (!cell.Writes || (cell.Action == PlanAction.Adopt
                && (situation.Adopt || situation.TakeOver)
                && situation.Policy switch
                {
                    "Adopt" or null => true,
                    "AdoptIfIdentical" => pair.Second == State.Identical,
                    _ => false,
                }))));

    [Fact]
    public void P_48_What_opted_out_is_never_written() => Check((situation, plan) =>
        s_clusters.Zip(situation.States).All(pair => pair.Second != State.OptedOut || !plan.Decide(pair.First, Of(pair.Second)).Writes));

    [Fact]
    public void P_36_By_force_no_cluster_out_of_reach_holds_up_a_deletion_and_without_it_each_that_may_hold_a_copy_does() => Check((situation, plan) =>
        plan.Phase != ResourcePhase.Deleting || s_clusters.Zip(situation.States).All(pair => pair.Second != State.Dead
            || plan.Decide(pair.First, Of(pair.Second)).Listed == (!situation.Force && plan.MayHoldCopy(pair.First))));

    [Fact]
    public void P_36_Only_deletions_give_anything_up() => Check((situation, plan) =>
        plan.Phase == ResourcePhase.Deleting || s_clusters.Zip(situation.States).All(pair => plan.Decide(pair.First, Of(pair.Second)).Action
            != PlanAction.Abandon));

    [Fact]
    public void A_plan_that_was_carried_out_and_recorded_has_nothing_left_to_write() => Check((situation, plan) =>
    {
        var after = new Dictionary<string, MemberState>();
        var results = s_clusters.Zip(situation.States).Select(pair => Act(plan, pair.First, Of(pair.Second), after)).ToList();
        var recorded = plan.Resource.Recorded(plan.Placement, results);
        var again = Plan(situation, recorded, s_clusters);
        return after.All(pair => !again.Decide(pair.Key, pair.Value).Writes);
    });

    [Fact]
    public void Neither_order_nor_another_clusters_failure_changes_a_cell() => Check((situation, plan) =>
    {
        var backward = Plan(situation, Resource(situation), [.. s_clusters.Reverse()]);
        return s_clusters.Zip(situation.States).All(pair =>
        {
            foreach (var other in s_clusters.Where(name => name != pair.First))
            {
                backward.Decide(other, Of(State.Dead));
            }

            var (one, two) = (plan.Decide(pair.First, Of(pair.Second)), backward.Decide(pair.First, Of(pair.Second)));
            return (one.Action, one.Reason, one.Message, one.Note, one.Listed, one.Desired?.Hash)
                == (two.Action, two.Reason, two.Message, two.Note, two.Listed, two.Desired?.Hash);
        });
    });

    private enum State
    {
        Absent,
        Unseen,
        Ours,
        Drifted,
        Unmarked,
        Theirs,
        OptedOut,
        Deleting,
        Identical,
        Different,
        Dead,
        NotServed,
    }

    private sealed record Situation(
        string Placement, string? Policy, bool Adopt, bool TakeOver, bool Force, bool Deleting, bool Orphan, bool OnRecord, State[] States);

    private static void Check(Func<Situation, ResourcePlan, bool> property) => Prop.ForAll(
        (from placement in Gen.Elements("{'clusters':[{'name':'c1'},{'name':'c3'}]}", "{'clusters':[]}", "{'clusterSelector':{}}", "{'clusters':7}")
         from policy in Gen.Elements<string?>(null, "Adopt", "Abort", "AdoptIfIdentical", "nonsense")
         from flags in Gen.Elements(true, false).ArrayOf(6)
         from states in Gen.Elements(Enum.GetValues<State>()).ArrayOf(3)
         select new Situation(placement, policy, flags[0], flags[1], flags[2], flags[3], flags[4] && flags[3], flags[5], states)).ToArbitrary(),
        situation => property(situation, Plan(situation, Resource(situation), s_clusters)))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static FederatedResource Resource(Situation situation)
    {
        var status = situation.OnRecord ? "{'clusters':[{'name':'c2','observedVersion':'own:aa','appliedHash':'x'}]}" : string.Empty;
        var resource = Make.Resource($"{{'template':{{'data':{{'a':'1'}}}},'placement':{situation.Placement}}}", status: status)
            .Finalized(situation.Deleting, situation.Orphan ? KubeFedNames.OrphanAnnotation : null);
        if (situation.Policy is not null)
        {
            resource.Object.SetAnnotation(KubeFedNames.AdoptionPolicyAnnotation, situation.Policy);
        }

        return resource;
    }

    private static ResourcePlan Plan(Situation situation, FederatedResource resource, IReadOnlyList<string> clusters) =>
        new(resource, Placement.Compute(resource, NamespaceScope.Unrestricted, [.. clusters.Select(c => Make.Cluster(c))]), s_self)
        {
            Adopt = situation.Adopt,
            TakeOver = situation.TakeOver,
            AbandonUnreachable = situation.Force,
        };

    private static MemberState Of(State state)
    {
        var ours = Make.Ours() with { Federation = s_self.Value };
        return state switch
        {
            State.Absent => MemberState.Absent,
            State.Unseen => MemberState.NotListed,
            State.Ours => Make.Found(ours),
            State.Drifted => Make.Found(ours with { Ownership = "bb" }),
            State.Unmarked => Make.Found(ours with { Federation = null, Ownership = null }),
            State.Theirs => Make.Found(ours with { Federation = "them/kube-federation-system" }),
            State.OptedOut => Make.Found(ours with { Managed = ManagedMark.OptedOut }),
            State.Deleting => Make.Found(ours with { Deleting = true }),
            State.Identical => Stranger("1"),
            State.Different => Stranger("2"),
            State.Dead => new MemberState.Unavailable(PropagationReason.ClusterNotReady, "refused"),
            State.NotServed => new MemberState.Unavailable(PropagationReason.TypeNotServed, "no such type"),
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };
    }

    /// <summary>An object nobody labelled, with the value the template asks for or another, and extra content of its own.</summary>
    private static MemberState Stranger(string value)
    {
        var content = KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey("ns1", "web"));
        content.Json["data"] = Make.Json($"{{'a':'{value}','mine':'x'}}");
        return MemberState.Found(Make.Ours() with { Managed = ManagedMark.None, Ownership = null }, content);
    }

    private static CellResult Act(ResourcePlan plan, string cluster, MemberState state, Dictionary<string, MemberState> after)
    {
        var cell = plan.Decide(cluster, state);
        var done = Make.Ours("after") with { Federation = s_self.Value };
        (after[cluster], var result) = cell.Action switch
        {
            PlanAction.Create or PlanAction.Update or PlanAction.Adopt => (Make.Found(done), cell.Applied(done)),
            PlanAction.Delete or PlanAction.Unmanage => (MemberState.NotListed, cell.Gone()),
            _ => (state, cell.Stand()),
        };
        return result;
    }
}
