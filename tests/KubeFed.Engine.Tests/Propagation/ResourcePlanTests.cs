using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

public class ResourcePlanTests
{
    private const string Spec = "{'template':{'data':{'a':'1'}},'placement':{'clusters':[{'name':'c1'},{'name':'c2'}]}}";
    private const string Elsewhere = "{'template':{},'placement':{'clusters':[{'name':'c2'}]}}";

    private static readonly MemberState Dead = new MemberState.Unavailable(PropagationReason.ClusterNotReady, "refused");

    [Fact]
    public void A_selected_cluster_without_the_object_gets_it_and_needs_no_look_when_nothing_is_on_record_S_1()
    {
        var plan = Make.Plan(Make.Resource(Spec), "c1", "c2").Decide("c1", MemberState.NotListed);
        Assert.Equal(PlanAction.Create, plan.Action);
        Assert.False(plan.NeedsLook);
        Assert.True(plan.Writes);
    }

    [Theory]
    [InlineData("'observedVersion':'own:aa'", true)]
    [InlineData("'status':'AlreadyExists'", true)]
    [InlineData("'status':'ManagedLabelFalse'", true)]
    [InlineData("'status':'CreationFailed'", false)]
    public void A_copy_that_was_there_before_is_looked_for_by_name_first_S_15_S_16_E_59(string record, bool look)
    {
        var resource = Make.Resource(Spec, status: $"{{'clusters':[{{'name':'c1',{record}}}]}}");
        Assert.Equal(look, Make.Plan(resource, "c1").Decide("c1", MemberState.NotListed).NeedsLook);
        Assert.False(Make.Plan(resource, "c1").Decide("c1", MemberState.Absent).NeedsLook);
    }

    [Fact]
    public void An_object_at_the_recorded_version_with_the_recorded_hash_is_left_alone_S_2()
    {
        var (resource, hash) = Recorded("own:aa");
        Assert.Equal(PlanAction.None, Make.Plan(resource, "c1").Decide("c1", Make.Found(Make.Ours())).Action);
        Assert.NotEmpty(hash);
    }

    [Theory]
    [InlineData("S-17 a field of ours was changed", "own:aa", "bb", 0, false)]
    [InlineData("S-17 a field of ours was changed, and the generation with it", "own:aa,gen:1", "bb", 2, false)]
    [InlineData("S-18 the generation moved, and the replicas are ours", "own:aa,gen:1", "aa", 2, true)]
    [InlineData("never recorded", "", "aa", 0, false)]
    public void Drift_is_an_update(string id, string recorded, string ownership, long generation, bool ownsReplicas)
    {
        var (resource, _) = Recorded(recorded);
        var plan = Make.Plan(resource, "c1").Decide("c1", Make.Found(Make.Ours(ownership, generation) with { OwnsReplicas = ownsReplicas }));
        Assert.True(plan.Action == PlanAction.Update, id);
        Assert.False(plan.TakeOver);
    }

    [Fact]
    public void What_others_do_to_the_object_is_no_drift_S_19_S_20_P_40()
    {
        var (resource, _) = Recorded("own:aa");
        Assert.Equal(PlanAction.None, Make.Plan(resource, "c1").Decide("c1", Make.Found(Make.Ours() with { ResourceVersion = "99" })).Action);
        var (counted, _) = Recorded("own:aa,gen:1");
        Assert.Equal(PlanAction.None, Make.Plan(counted, "c1").Decide("c1", Make.Found(Make.Ours("aa", generation: 7))).Action);
    }

    [Theory]
    [InlineData(true, PlanAction.Adopt, PropagationReason.Ok)]
    [InlineData(false, PlanAction.Error, PropagationReason.AlreadyExists)]
    public void Adoption_is_a_decision_S_12_S_13(bool adopt, PlanAction action, PropagationReason reason)
    {
        var resource = Make.Resource(Spec);
        var plan = new ResourcePlan(resource, Make.Plan(resource, "c1").Placement) { Adopt = adopt }
            .Decide("c1", Make.Found(Make.Ours() with { Managed = ManagedMark.None, Ownership = null }));
        Assert.Equal((action, reason), (plan.Action, plan.Reason));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_object_that_opted_out_is_skipped_E_61_S_14_S_15_P_48(bool adopt)
    {
        var resource = Make.Resource(Spec);
        var plan = new ResourcePlan(resource, Make.Plan(resource, "c1").Placement) { Adopt = adopt }
            .Decide("c1", Make.Found(Make.Ours() with { Managed = ManagedMark.OptedOut }));
        Assert.Equal((PlanAction.Skip, PropagationReason.ManagedLabelFalse), (plan.Action, plan.Reason));
    }

    [Fact]
    public void The_hosts_own_namespace_is_adopted_even_where_adoption_is_disabled_and_unlabelled_instead_of_deleted_E_60_E_94_E_140_S_43_S_44_S_49()
    {
        var resource = Make.Resource(Spec, Make.Namespaces, "ns1");
        var placement = Placement.Compute(resource, NamespaceScope.Unrestricted, [Make.Cluster("c1"), Make.Cluster("c3")]);
        var plan = new ResourcePlan(resource, placement) { Adopt = false, HostNamespaceUid = "m-1" };
        Assert.Equal(PlanAction.Adopt, plan.Decide("c1", Make.Found(Make.Ours() with { Managed = ManagedMark.None, Ownership = null })).Action);
        Assert.Equal(PlanAction.Unmanage, plan.Decide("c3", Make.Found(Make.Ours())).Action);
        Assert.Equal(PlanAction.Delete, plan.Decide("c3", Make.Found(Make.Ours() with { Uid = "other" })).Action);
    }

    [Fact]
    public void Leaving_the_placement_deletes_with_what_depends_on_the_copy_whatever_the_annotation_says_then_waits_then_forgets_S_6_E_98()
    {
        var plan = Make.Plan(Make.Resource(Elsewhere).Finalized(annotation: KubeFedNames.DeleteOptionsAnnotation, value: "{\"gracePeriodSeconds\":5}"),
            "c1", "c2");
        var delete = plan.Decide("c1", Make.Found(Make.Ours()));
        Assert.Equal(PlanAction.Delete, delete.Action);
        Assert.Equal(new DeleteOptions { Propagation = DeletionPropagation.Background }, delete.Deletion);
        var wait = plan.Decide("c1", Make.Found(Make.Ours() with { Deleting = true }));
        Assert.Equal((PlanAction.Wait, PropagationReason.WaitingForRemoval, true), (wait.Action, wait.Reason, wait.Listed));
        Assert.False(plan.Decide("c1", MemberState.NotListed).Listed);
    }

    [Fact]
    public void A_dead_cluster_that_is_not_selected_is_left_out_unless_a_copy_is_known_there_S_11_E_33_P_37()
    {
        Assert.Equal((PlanAction.None, false), Brief(Make.Plan(Make.Resource(Elsewhere), "c1", "c2").Decide("c1", Dead)));
        var known = Make.Resource(Elsewhere, status: "{'clusters':[{'name':'c1','observedVersion':'own:aa','appliedHash':'x'}]}");
        var plan = Make.Plan(known, "c1", "c2").Decide("c1", Dead);
        Assert.Equal((PlanAction.Error, true), Brief(plan));
        Assert.Equal("own:aa", plan.ObservedVersion);
    }

    [Fact]
    public void A_dead_cluster_that_is_selected_is_said_to_be_not_ready_and_keeps_its_record_E_44_S_10()
    {
        var (resource, hash) = Recorded("own:aa");
        var plan = Make.Plan(resource, "c1").Decide("c1", Dead);
        Assert.Equal((PlanAction.Error, PropagationReason.ClusterNotReady, "own:aa", hash), (plan.Action, plan.Reason, plan.ObservedVersion, plan.AppliedHash));
    }

    [Fact]
    public void Deletion_goes_wherever_a_copy_is_with_the_options_of_the_annotation_E_92_S_33_S_36_P_37()
    {
        var resource = Make.Resource(Elsewhere).Finalized(true, KubeFedNames.DeleteOptionsAnnotation,
            "{\"propagationPolicy\":\"Orphan\",\"gracePeriodSeconds\":5}");
        var plan = Make.Plan(resource, "c1", "c2");
        Assert.Equal(ResourcePhase.Deleting, plan.Phase);
        foreach (var cluster in (string[])["c1", "c2"])
        {
            var cell = plan.Decide(cluster, Make.Found(Make.Ours()));
            Assert.Equal(PlanAction.Delete, cell.Action);
            Assert.Equal(new DeleteOptions { Propagation = DeletionPropagation.Orphan, GracePeriodSeconds = 5 }, cell.Deletion);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("{\"propagationPolicy\":\"\"}")]
    [InlineData("{\"gracePeriodSeconds\":5}")]
    public void A_deletion_takes_what_depends_on_the_copy_along_unless_the_annotation_says_otherwise(string? annotation)
    {
        var resource = Make.Resource(Elsewhere).Finalized(true, annotation is null ? null : KubeFedNames.DeleteOptionsAnnotation, annotation ?? string.Empty);
        var cell = Make.Plan(resource, "c1", "c2").Decide("c1", Make.Found(Make.Ours()));
        Assert.Equal((PlanAction.Delete, DeletionPropagation.Background), (cell.Action, cell.Deletion.Propagation));
    }

    [Fact]
    public void A_precondition_of_the_annotation_never_lets_another_object_go_than_the_copy_that_was_seen()
    {
        var resource = Make.Resource(Elsewhere).Finalized(true, KubeFedNames.DeleteOptionsAnnotation, "{\"preconditions\":{\"uid\":\"another\"}}");
        var cell = Make.Plan(resource, "c1", "c2").Decide("c1", Make.Found(Make.Ours()));
        Assert.Equal((PlanAction.Error, PropagationReason.DeletionFailed), (cell.Action, cell.Reason));
        Assert.Contains("preconditions.uid another", cell.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{bad")]
    [InlineData("{\"propagationPolicy\":\"Sometimes\"}")]
    [InlineData("{\"gracePeriodSeconds\":\"five\"}")]
    [InlineData("{\"gracePeriodSeconds\":-1}")]
    [InlineData("{\"gracePeriodSeconds\":1.5}")]
    [InlineData("{\"preconditions\":\"uid\"}")]
    [InlineData("{\"propagationPolcy\":\"Orphan\"}")]
    [InlineData("{\"preconditions\":{\"uuid\":\"x\"}}")]
    [InlineData("[]")]
    public void A_broken_delete_option_deletes_nothing_and_says_so_S_37(string annotation)
    {
        var plan = Make.Plan(Make.Resource(Spec).Finalized(true, KubeFedNames.DeleteOptionsAnnotation, annotation), "c1", "c2").Decide("c1",
            Make.Found(Make.Ours()));
        Assert.Equal((PlanAction.Error, PropagationReason.DeletionFailed, true), (plan.Action, plan.Reason, plan.Listed));
        Assert.Contains(KubeFedNames.DeleteOptionsAnnotation, plan.Message);
        Assert.Contains(annotation, plan.Message);
    }

    [Fact]
    public void An_unknown_delete_option_is_told_with_what_may_have_been_meant()
    {
        var read = DeletionAnnotation.Read(
            Make.Resource(Spec).Finalized(true, KubeFedNames.DeleteOptionsAnnotation, "{\"propagationPolcy\":\"Orphan\"}").Object);
        Assert.Contains("propagationPolcy: unknown field; did you mean propagationPolicy?", read.Error);
        Assert.Contains("until then no copy is deleted", read.Error);
    }

    [Fact]
    public void What_is_written_beside_stored_delete_options_keeps_them_unless_they_cannot_be_read_E_92()
    {
        const string Stored = "{\"propagationPolicy\":\"Orphan\",\"preconditions\":{\"uid\":\"x\"}}";
        var stored = Make.Resource(Spec).Finalized(true, KubeFedNames.DeleteOptionsAnnotation, Stored).Object;
        Assert.Equal(
            "{\"propagationPolicy\":\"Orphan\",\"preconditions\":{\"uid\":\"x\"},\"gracePeriodSeconds\":5}", DeletionAnnotation.Write(stored, null, 5));
        Assert.Contains("\"propagationPolicy\":\"Foreground\"", DeletionAnnotation.Write(stored, DeletionPropagation.Foreground, null));
        var unreadable = Make.Resource(Spec).Finalized(true, KubeFedNames.DeleteOptionsAnnotation, "{bad").Object;
        Assert.Equal("{\"gracePeriodSeconds\":5}", DeletionAnnotation.Write(unreadable, null, 5));
    }

    [Fact]
    public void What_KubeFed_and_we_write_as_delete_options_is_read_E_92()
    {
        var bare = Make.Resource(Spec).Object;
        foreach (var text in (string[])["{}", "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\",\"preconditions\":{\"uid\":\"x\"}}",
            DeletionAnnotation.Write(bare, DeletionPropagation.Foreground, 0)])
        {
            Assert.Null(DeletionAnnotation.Read(Make.Resource(Spec).Finalized(true, KubeFedNames.DeleteOptionsAnnotation, text).Object).Error);
        }

        Assert.Equal("{\"gracePeriodSeconds\":30,\"propagationPolicy\":\"Orphan\"}", DeletionAnnotation.Write(bare, DeletionPropagation.Orphan, 30));
        Assert.Equal("{\"gracePeriodSeconds\":5}", DeletionAnnotation.Write(bare, null, 5));
    }

    [Fact]
    public void Deletion_waits_for_a_dead_cluster_only_where_a_copy_may_be_E_93_S_38_S_39()
    {
        var plan = Make.Plan(Make.Resource(Elsewhere).Finalized(deleting: true), "c1", "c2");
        Assert.Equal((PlanAction.Error, true), Brief(plan.Decide("c2", Dead)));
        Assert.Equal((PlanAction.None, false), Brief(plan.Decide("c1", Dead)));
    }

    [Fact]
    public void A_member_that_stopped_serving_the_type_holds_up_no_deletion_P_50()
    {
        var resource = Make.Resource(Spec, status: "{'clusters':[{'name':'c1','observedVersion':'own:aa','appliedHash':'x'}]}").Finalized(deleting: true);
        var gone = new MemberState.Unavailable(PropagationReason.TypeNotServed, "no such type");
        Assert.Equal((PlanAction.None, false), Brief(Make.Plan(resource, "c1", "c2").Decide("c1", gone)));
    }

    [Theory]
    [InlineData("true", ResourcePhase.Orphaning, PlanAction.Unmanage)]
    [InlineData("True", ResourcePhase.Deleting, PlanAction.Delete)]
    [InlineData("yes", ResourcePhase.Deleting, PlanAction.Delete)]
    public void Orphaning_takes_the_label_off_and_only_the_exact_word_asks_for_it_E_91_S_34_S_35(string value, ResourcePhase phase, PlanAction action)
    {
        var plan = Make.Plan(Make.Resource(Spec).Finalized(true, KubeFedNames.OrphanAnnotation, value), "c1", "c2");
        Assert.Equal(phase, plan.Phase);
        Assert.Equal(action, plan.Decide("c1", Make.Found(Make.Ours())).Action);
    }

    [Fact]
    public void Without_our_finalizer_a_deletion_is_none_of_our_business_S_40_E_90()
    {
        var resource = Make.Resource(Spec);
        resource.Object.Metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z";
        Assert.Equal((PlanAction.None, false), Brief(Make.Plan(resource, "c1", "c2").Decide("c1", Make.Found(Make.Ours()))));
    }

    [Fact]
    public void An_unusable_placement_touches_nothing_and_forgets_nothing_S_9()
    {
        var resource = Make.Resource(
            "{'placement':{'clusterSelector':{'matchExpressions':[{'key':'a','operator':'Bad'}]}}}",
            status: "{'clusters':[{'name':'c1','observedVersion':'own:aa','appliedHash':'x'}]}");
        var plan = Make.Plan(resource, "c1", "c2").Decide("c1", Make.Found(Make.Ours("changed")));
        Assert.Equal((PlanAction.Skip, true), Brief(plan));
        Assert.Equal("own:aa", plan.ObservedVersion);
    }

    [Fact]
    public void Overrides_that_can_not_apply_fail_their_cluster_and_leave_its_object_as_it_is_P_61()
    {
        var resource = Make.Resource(
            """
            {'template':{'data':{'a':'1'}},'placement':{'clusters':[{'name':'c1'},{'name':'c2'}]},
             'overrides':[{'clusterName':'c1','clusterOverrides':[{'path':'/spec/x/y','value':1}]}]}
            """);
        var plan = Make.Plan(resource, "c1", "c2");
        var bad = plan.Decide("c1", Make.Found(Make.Ours()));
        Assert.Equal((PlanAction.Error, PropagationReason.ApplyOverridesFailed), (bad.Action, bad.Reason));
        Assert.Contains("/spec/x/y", bad.Message);
        Assert.Equal(PlanAction.Create, plan.Decide("c2", MemberState.NotListed).Action);
    }

    [Fact]
    public void An_object_a_KubeFed_controller_wrote_is_taken_over_unless_its_record_vouches_for_it_E_82_E_83_E_84_E_88_S_58()
    {
        var resource = Make.Resource(Spec);
        var written = Make.Ours() with { Ownership = null, Labels = new Dictionary<string, string> { [KubeFedNames.ManagedLabel] = "true" } };
        var bare = Make.Plan(resource, "c1").Decide("c1", Make.Found(written));
        Assert.Equal((PlanAction.Update, true), (bare.Action, bare.TakeOver));

        var vouched = Vouched(resource, "rv:10").Decide("c1", Make.Found(written));
        Assert.Equal(PlanAction.None, vouched.Action);
        Assert.Equal("rv:10", vouched.ObservedVersion);
        Assert.NotNull(vouched.AppliedHash);

        Assert.Equal(PlanAction.Update, Vouched(resource, "rv:9").Decide("c1", Make.Found(written)).Action);
        Assert.Equal(PlanAction.Update, Vouched(resource, "rv:10").Decide("c1", Make.Found(written with { Labels = new Dictionary<string, string>() })).Action);
        Assert.Equal(PlanAction.Update, Vouched(resource, "rv:10", template: "stale").Decide("c1", Make.Found(written)).Action);
    }

    [Fact]
    public void Planning_after_applying_yields_nothing()
    {
        Prop.ForAll(Situations(), situation =>
        {
            var (spec, versions) = situation;
            var resource = Make.Resource(spec);
            var plan = Make.Plan(resource, "c1", "c2", "c3");
            var after = new Dictionary<string, MemberState>();
            var results = new List<CellResult>();
            for (var i = 0; i < 3; i++)
            {
                var cluster = $"c{i + 1}";
                results.Add(Act(plan, cluster, State(versions[i]), after));
            }

            var recorded = resource.Recorded(plan.Placement, results);
            var again = Make.Plan(recorded, "c1", "c2", "c3");
            return after.All(pair => !again.Decide(pair.Key, pair.Value).Writes);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Only_clusters_in_the_placement_or_holding_a_managed_copy_are_touched()
    {
        Prop.ForAll(Situations(), situation =>
        {
            var (spec, versions) = situation;
            var plan = Make.Plan(Make.Resource(spec), "c1", "c2", "c3");
            return Enumerable.Range(0, 3).All(i =>
                !plan.Decide($"c{i + 1}", State(versions[i])).Writes || plan.Placement.Selects($"c{i + 1}")
                    || State(versions[i]) is MemberState.Known { Version.Managed: ManagedMark.Managed });
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_happens_to_one_cluster_changes_no_other_clusters_plan_and_order_does_not_matter()
    {
        Prop.ForAll(Situations(), situation =>
        {
            var (spec, versions) = situation;
            var forward = Make.Plan(Make.Resource(spec), "c1", "c2", "c3");
            var backward = Make.Plan(Make.Resource(spec), "c3", "c2", "c1");
            var first = forward.Decide("c1", State(versions[0]));
            backward.Decide("c3", Dead);
            backward.Decide("c2", State(versions[1]));
            var last = backward.Decide("c1", State(versions[0]));
            return (first.Action, first.Reason, first.Message, first.Desired?.Hash) == (last.Action, last.Reason, last.Message, last.Desired?.Hash);
        }).QuickCheckThrowOnFailure();
    }

    private static Arbitrary<(string Spec, int[] Versions)> Situations() =>
        (from placement in Gen.Elements("{'clusters':[{'name':'c1'},{'name':'c3'}]}", "{'clusters':[]}", "{'clusterSelector':{}}", "{}", "{'clusters':7}")
         from overrides in Gen.Elements("null", "[{'clusterName':'c1','clusterOverrides':[{'path':'/data/a','value':'2'}]}]",
             "[{'clusterName':'c3','clusterOverrides':[{'path':'/kind'}]}]")
         from versions in Gen.Choose(0, 6).ArrayOf(3)
         select ($"{{'template':{{'data':{{'a':'1'}}}},'placement':{placement},'overrides':{overrides}}}", versions)).ToArbitrary();

    private static MemberState State(int kind) => kind switch
    {
        0 => MemberState.NotListed,
        1 => Make.Found(Make.Ours()),
        2 => Make.Found(Make.Ours() with { Deleting = true }),
        3 => Make.Found(Make.Ours() with { Managed = ManagedMark.OptedOut }),
        4 => Make.Found(Make.Ours() with { Ownership = null, Labels = new Dictionary<string, string>() }),
        5 => Dead,
        _ => MemberState.Absent,
    };

    private static CellResult Act(ResourcePlan plan, string cluster, MemberState state, Dictionary<string, MemberState> after)
    {
        var cell = plan.Decide(cluster, state);
        switch (cell.Action)
        {
            case PlanAction.Create or PlanAction.Update or PlanAction.Adopt:
                after[cluster] = Make.Found(Make.Ours("after"));
                return cell.Applied(Make.Ours("after"));
            case PlanAction.Delete or PlanAction.Unmanage:
                after[cluster] = MemberState.NotListed;
                return cell.Gone();
            default:
                after[cluster] = state;
                return cell.Stand();
        }
    }

    private static (PlanAction Action, bool Listed) Brief(CellPlan plan) => (plan.Action, plan.Listed);

    private static (FederatedResource Resource, string Hash) Recorded(string version)
    {
        var hash = Make.Plan(Make.Resource(Spec), "c1").Source.For(Make.Facts("c1")).Hash;
        var resource = Make.Resource(Spec,
            status: version.Length == 0 ? string.Empty : $"{{'clusters':[{{'name':'c1','observedVersion':'{version}','appliedHash':'{hash}'}}]}}");
        return (resource, hash);
    }

    [Fact]
    public void What_KubeFed_recorded_says_nothing_of_overrides_it_did_not_know_P_60_P_65_E_83()
    {
        // KubeFed's hash has no room for our fields: the one it stored before they were added still fits.
        const string Known = "{'template':{'data':{}},'placement':{'clusterSelector':{}},"
            + "'overrides':[{'clusterName':'c1','clusterOverrides':[{'path':'/data/a'ADD}]}]}";
        var before = Make.Resource(Known.Replace("ADD", string.Empty, StringComparison.Ordinal));
        var after = Make.Resource(Known.Replace("ADD", ",'valueTemplate':'${cluster.name}'", StringComparison.Ordinal));
        Assert.Equal(LegacyHash.OfOverrides(before.Object.Spec), LegacyHash.OfOverrides(after.Object.Spec));
        Assert.NotSame(LegacyVersions.None, Vouched(before, "rv:10").Legacy);
        Assert.Same(LegacyVersions.None, Vouched(after, "rv:10").Legacy);
    }

    private static ResourcePlan Vouched(FederatedResource resource, string version, string? template = null)
    {
        var plan = Make.Plan(resource, "c1");
        var stored = new KubeObject((JsonObject)Make.Json(
            $$"""
            {'status':{'templateVersion':'{{template ?? LegacyHash.OfTemplate(resource.Template)}}',
             'overridesVersion':'{{LegacyHash.OfOverrides(resource.Object.Spec)}}',
             'clusterVersions':[{'clusterName':'c1','version':'{{version}}'}] } }
            """)!);
        return plan.WithLegacy(LegacyVersions.Read(resource, plan.Source, stored));
    }
}
