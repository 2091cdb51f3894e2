using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Health;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>The scenario matrix of KubeFed (engine.md section 15), one test per row, on clusters in memory.</summary>
public class SyncScenarioTests
{
    private const string Everywhere = "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}";

    [Fact]
    public async Task S_1_A_new_resource_is_created_in_every_selected_cluster_for_one_write_each_and_two_on_the_host()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);

        var outcomes = await bed.SyncAsync();

        Assert.Equal(["c1", "c2", "c3"], outcomes.Where(o => o.Action == PlanAction.Create).Select(o => o.Cluster).Order());
        Assert.All(outcomes, o => Assert.True(o.Succeeded));
        foreach (var cluster in (string[])["c1", "c2", "c3"])
        {
            var copy = await bed.MapAsync(cluster);
            Assert.Equal("true", copy!.Label(KubeFedNames.ManagedLabel));
            Assert.Equal("1", copy.Json["data"]!["a"]!.GetValue<string>());
        }

        Assert.Contains(KubeFedNames.SyncFinalizer, (await bed.FederatedAsync("configmaps", "web"))!.Finalizers);
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal(
            [
                "c1 PATCH /api/v1/namespaces/ns1/configmaps/web", "c2 PATCH /api/v1/namespaces/ns1/configmaps/web",
                    "c3 PATCH /api/v1/namespaces/ns1/configmaps/web",
                "host PATCH /apis/types.kubefed.io/v1beta1/namespaces/ns1/federatedconfigmaps/web",
                "host PATCH /apis/types.kubefed.io/v1beta1/namespaces/ns1/federatedconfigmaps/web/status",
            ],
            bed.Writes);
    }

    [Fact]
    public async Task S_2_A_second_sync_writes_nothing_and_neither_does_one_of_a_new_process()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.DeclareAsync("deployments.apps", "app", Workload(3));
        await bed.SyncAsync();
        await bed.SyncAsync();
        bed.Clear();
        bed.Open();

        var outcomes = await bed.SyncAsync();

        Assert.Empty(bed.Writes);
        Assert.All(outcomes, o => Assert.Equal(PlanAction.None, o.Action));
        Assert.Equal(9, outcomes.Count);
    }

    [Fact]
    public async Task S_3_Without_a_FederatedNamespace_nothing_is_propagated_and_the_condition_says_why()
    {
        await using var bed = await FederationBed.StartAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);

        var outcome = Assert.Single(await bed.SyncAsync());

        Assert.Equal((null, AggregateReason.NamespaceNotFederated, false), (outcome.Cluster, outcome.Aggregate, outcome.Succeeded));
        Assert.Contains("create a FederatedNamespace named ns1", outcome.Message);
        Assert.Equal("False/NamespaceNotFederated", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
    }

    [Fact]
    public async Task S_4_S_45_E_101_Deleting_the_FederatedNamespace_removes_its_content_and_then_the_namespaces()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        await bed.DeleteAsync("namespaces", "ns1");

        var outcomes = await bed.SyncAsync();
        await bed.Sandbox.SettleAsync();
        await bed.SyncAsync();

        Assert.Contains(outcomes, o => o is { Cluster: "c1", Action: PlanAction.Delete, Type.Name: "configmaps", Written: true });
        Assert.Equal("host", await bed.WhereAsync(KnownResources.Namespaces, "ns1"));
        Assert.Null(await bed.FederatedAsync("namespaces", "ns1"));
        Assert.Equal("False/NamespaceNotFederated", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task S_5_The_namespaces_placement_narrows_its_contents()
    {
        await using var bed = await FederationBed.StartAsync();
        await bed.FederateNamespaceAsync("ns1", "{'clusters':[{'name':'c1'}]}");
        await bed.DeclareAsync("configmaps", "web", "{'template':{},'placement':{'clusters':[{'name':'c1'},{'name':'c2'}]}}");
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal("c1", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
    }

    [Fact]
    public async Task S_6_Removing_a_cluster_from_placement_deletes_the_target_there()
    {
        await using var bed = await Synced();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'placement':{'clusterSelector':null,'clusters':[{'name':'c1'},{'name':'c3'}]}}}");
        bed.Clear();
        await bed.SyncAsync();
        Assert.Equal("c1,c3", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        Assert.Equal("True c1=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
        var deletion = Assert.Single(bed.Wire("c2").Writes);
        Assert.Contains("\"propagationPolicy\":\"Background\"", deletion.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("gracePeriodSeconds", deletion.Body, StringComparison.Ordinal);
        Assert.Empty(bed.Wire("c1").Writes);
    }

    [Fact]
    public async Task S_7_An_empty_placement_removes_it_everywhere()
    {
        await using var bed = await Synced();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'placement':{'clusters':[]}}}");
        await bed.SyncAsync();
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        Assert.Equal("True", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task S_8_A_cluster_that_gets_the_label_gets_the_resource()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", "{'template':{},'placement':{'clusterSelector':{'matchLabels':{'foo':'bar'}}}}");
        await bed.SyncAsync();
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        await bed.Federation.Clusters.LabelAsync("c2", new Dictionary<string, string?> { ["foo"] = "bar" }, default);
        await bed.SyncAsync();
        Assert.Equal("c2", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
    }

    [Fact]
    public async Task S_9_A_selector_that_can_not_be_evaluated_touches_nothing()
    {
        await using var bed = await Synced();
        await bed.ChangeAsync("configmaps", "web",
            "{'spec':{'template':{'data':{'a':'2'}},'placement':{'clusterSelector':{'matchExpressions':[{'key':'a','operator':'Bad'}]}}}}");
        bed.Clear();
        var outcomes = await bed.SyncAsync();
        Assert.Contains(outcomes, o => o is { Cluster: null, Aggregate: AggregateReason.ComputePlacementFailed }
            && o.Message.Contains("matchExpressions[0].operator", StringComparison.Ordinal));
        Assert.Equal("False/ComputePlacementFailed c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal("1", (await bed.MapAsync("c1"))!.Json["data"]!["a"]!.GetValue<string>());
        Assert.Single(bed.Writes);
    }

    [Fact]
    public async Task S_10_A_cluster_that_can_not_be_reached_costs_only_its_own_cells()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        bed.Sandbox["c2"].Offline = true;
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        var outcomes = await bed.SyncAsync();
        Assert.Equal("False/CheckClusters c1=Ok c2=ClusterNotReady c3=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Contains("refused", outcomes.First(o => o is { Cluster: "c2", Succeeded: false }).Message);

        bed.Sandbox["c2"].Offline = false;
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task S_12_An_object_that_was_there_before_is_adopted_and_keeps_what_is_not_ours()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'old','mine':'x'}}");
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        var outcomes = await bed.SyncAsync();
        Assert.Contains(outcomes, o => o is { Cluster: "c1", Action: PlanAction.Adopt, Written: true });
        var copy = (await bed.MapAsync("c1"))!;
        Assert.Equal("true", copy.Label(KubeFedNames.ManagedLabel));
        Assert.Equal(("1", "x"), (copy.Json["data"]!["a"]!.GetValue<string>(), copy.Json["data"]!["mine"]!.GetValue<string>()));
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task S_13_Where_adoption_is_disabled_an_object_that_was_there_before_is_reported_and_left_alone_without_further_attempts()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(adopt: false);
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'old'}}");
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        var outcomes = await bed.SyncAsync();
        Assert.Equal("False/CheckClusters c1=AlreadyExists c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal("old", (await bed.MapAsync("c1"))!.Json["data"]!["a"]!.GetValue<string>());
        Assert.Contains("adoptResources", outcomes.Single(o => o is { Cluster: "c1", Type.Name: "configmaps" }).Message);
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task S_14_S_15_An_object_that_opts_out_is_left_alone_even_when_the_resource_goes()
    {
        await using var bed = await Synced();
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "other", "{'metadata':{'labels':{'kubefed.io/managed':'false'}},'data':{'a':'old'}}");
        await bed.DeclareAsync("configmaps", "other", Everywhere);
        await bed.EditAsync("c1", KnownResources.ConfigMaps, "web", "{'metadata':{'labels':{'kubefed.io/managed':'false'}},'data':{'a':'mine'}}");
        await bed.SyncAsync();
        Assert.Equal("False/CheckClusters c1=ManagedLabelFalse c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal("False/CheckClusters c1=ManagedLabelFalse c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "other"));
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);

        await bed.DeleteAsync("configmaps", "web");
        await bed.SyncAsync();
        Assert.Equal("c1", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        Assert.Equal("mine", (await bed.MapAsync("c1"))!.Json["data"]!["a"]!.GetValue<string>());
    }

    [Fact]
    public async Task S_16_A_label_taken_off_in_a_member_comes_back()
    {
        await using var bed = await Synced();
        await bed.EditAsync("c1", KnownResources.ConfigMaps, "web", "{'metadata':{'labels':{'kubefed.io/managed':null}}}");
        var outcomes = await bed.SyncAsync();
        Assert.Contains(outcomes, o => o is { Cluster: "c1", Action: PlanAction.Adopt });
        Assert.Equal("true", (await bed.MapAsync("c1"))!.Label(KubeFedNames.ManagedLabel));
    }

    [Fact]
    public async Task S_17_A_field_of_ours_edited_by_hand_is_repaired_and_only_there()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("deployments.apps", "app", Workload(3));
        await bed.SyncAsync();
        await bed.EditAsync("c1", KnownResources.Deployments, "app", "{'spec':{'replicas':9}}");
        bed.Clear();
        await bed.SyncAsync();
        Assert.Equal(3, (await bed.CopyAsync("c1", KnownResources.Deployments, "app"))!.Spec!["replicas"]!.GetValue<int>());
        Assert.Equal(["c1 PATCH", "host PATCH"], bed.Writes.Select(w => string.Join(' ', w.Split(' ').Take(2))));
    }

    [Fact]
    public async Task S_18_P_39_Retained_replicas_stay_what_the_member_made_them_even_across_a_template_change()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("deployments.apps", "app", Workload(3).Replace("{'template'", "{'retainReplicas':true,'template'", StringComparison.Ordinal));
        await bed.SyncAsync();
        Assert.Equal(3, Replicas((await bed.CopyAsync("c2", KnownResources.Deployments, "app"))!));
        await bed.EditAsync("c1", KnownResources.Deployments, "app", "{'spec':{'replicas':9}}");
        await bed.SyncAsync();
        Assert.Equal(9, Replicas((await bed.CopyAsync("c1", KnownResources.Deployments, "app"))!));

        await bed.ChangeAsync("deployments.apps", "app", "{'spec':{'template':{'metadata':{'labels':{'x':'y'}},'spec':{'replicas':5}}}}");
        await bed.SyncAsync();
        Assert.Equal("y", (await bed.CopyAsync("c1", KnownResources.Deployments, "app"))!.Label("x"));
        Assert.Equal(9, Replicas((await bed.CopyAsync("c1", KnownResources.Deployments, "app"))!));
        Assert.Equal(3, Replicas((await bed.CopyAsync("c2", KnownResources.Deployments, "app"))!));
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task S_19_A_copy_whose_status_changes_costs_no_write()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("deployments.apps", "app", Workload(3));
        await bed.SyncAsync();
        var before = (await bed.CopyAsync("c1", KnownResources.Deployments, "app"))!;
        var after = await bed.Admin("c1").PatchAsync(
            KnownResources.Deployments,
            new ObjectKey("ns1", "app"),
            Merge("{'status':{'readyReplicas':1}}"),
            new Kubernetes.Client.WriteOptions { FieldManager = "kube-controller-manager", Subresource = "status" },
            default);
        Assert.NotEqual(before.ResourceVersion, after.ResourceVersion);
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task P_39_An_autoscaler_has_the_say_over_replicas_that_the_template_leaves_out()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("deployments.apps", "app", Workload(3).Replace("'replicas':3,", string.Empty, StringComparison.Ordinal));
        await bed.SyncAsync();
        var scale = Merge("{'spec':{'replicas':7}}");
        await bed.Admin("c1").PatchAsync(
            KnownResources.Deployments,
            new ObjectKey("ns1", "app"),
            scale,
            new Kubernetes.Client.WriteOptions { FieldManager = "horizontal-pod-autoscaler", Subresource = "scale" },
            default);
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
        await bed.ChangeAsync("deployments.apps", "app", "{'spec':{'template':{'metadata':{'labels':{'x':'y'}}}}}");
        await bed.SyncAsync();
        var copy = (await bed.CopyAsync("c1", KnownResources.Deployments, "app"))!;
        Assert.Equal(("y", 7), (copy.Label("x"), Replicas(copy)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_edit_of_a_field_that_nobody_declared_costs_no_write_where_the_template_has_replicas_and_scaling_is_repaired(bool workloads)
    {
        await using var bed = await FederationBed.StartAsync(members: 1, workloads: workloads);
        await bed.FederateNamespaceAsync("ns1");
        await bed.DeclareAsync("deployments.apps", "app", Workload(3));
        await bed.SyncAsync();
        await bed.Sandbox.SettleAsync();
        await bed.SyncAsync();
        var before = (await bed.CopyAsync("c1", KnownResources.Deployments, "app"))!;
        var after = await bed.EditAsync("c1", KnownResources.Deployments, "app", "{'spec':{'minReadySeconds':7}}");
        Assert.NotEqual(before.Generation, after.Generation);
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);

        await bed.Admin("c1").PatchAsync(
            KnownResources.Deployments,
            new ObjectKey("ns1", "app"),
            Merge("{'spec':{'replicas':7}}"),
            new Kubernetes.Client.WriteOptions { FieldManager = "kubectl", Subresource = "scale" },
            default);
        await bed.SyncAsync();
        Assert.Equal(3, Replicas((await bed.CopyAsync("c1", KnownResources.Deployments, "app"))!));
    }

    [Fact]
    public async Task S_19_S_20_P_39_P_40_What_others_add_to_a_copy_is_theirs_and_costs_no_write()
    {
        await using var bed = await Synced();
        await bed.EditAsync("c1", KnownResources.ConfigMaps, "web",
            "{'metadata':{'annotations':{'theirs':'1'},'labels':{'theirs':'2'}},'data':{'theirs':'3'}}");
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);

        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        await bed.SyncAsync();
        var copy = (await bed.MapAsync("c1"))!;
        Assert.Equal(("1", "2", "3", "2"),
            (copy.Annotation("theirs"), copy.Label("theirs"), copy.Json["data"]!["theirs"]!.GetValue<string>(), copy.Json["data"]!["a"]!.GetValue<string>()));
    }

    [Fact]
    public async Task S_21_A_copy_deleted_by_hand_is_made_again()
    {
        await using var bed = await Synced();
        await bed.Admin("c1").DeleteAsync(KnownResources.ConfigMaps, new ObjectKey("ns1", "web"), Kubernetes.Client.DeleteOptions.Default, default);
        await bed.SyncAsync();
        Assert.NotNull(await bed.MapAsync("c1"));
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task S_22_A_template_change_reaches_every_cluster_and_removed_fields_disappear()
    {
        await using var bed = await Synced();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'metadata':{'labels':{'x':'y'}},'data':{'a':null,'b':'2'}}}}");
        bed.Clear();
        await bed.SyncAsync();
        foreach (var cluster in (string[])["c1", "c2", "c3"])
        {
            var copy = (await bed.MapAsync(cluster))!;
            Assert.Equal("y", copy.Label("x"));
            Assert.Equal("{\"b\":\"2\"}", copy.Json["data"]!.ToJsonString());
        }

        Assert.Equal(4, bed.Writes.Count);
    }

    [Fact]
    public async Task S_23_P_46_An_override_for_one_cluster_is_sent_to_that_cluster_alone()
    {
        await using var bed = await Synced();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'overrides':[{'clusterName':'c1','clusterOverrides':[{'path':'/data/a','value':'9'}]}]}}");
        bed.Clear();
        await bed.SyncAsync();
        Assert.Equal("9", (await bed.MapAsync("c1"))!.Json["data"]!["a"]!.GetValue<string>());
        Assert.Equal("1", (await bed.MapAsync("c2"))!.Json["data"]!["a"]!.GetValue<string>());
        Assert.Equal(["c1", "host"], bed.Writes.Select(w => w.Split(' ')[0]));
    }

    [Fact]
    public async Task S_24_S_25_P_41_Annotations_and_finalizers_can_be_propagated_beside_those_of_others()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web",
            "{'template':{'metadata':{'annotations':{'a':'b'},'finalizers':['example.com/x']}},'placement':{'clusterSelector':{}},"
            + "'overrides':[{'clusterName':'c2','clusterOverrides':[{'op':'add','path':'/metadata/annotations/c','value':'d'}]}]}");
        await bed.SyncAsync();
        await bed.EditAsync("c1", KnownResources.ConfigMaps, "web", "{'metadata':{'annotations':{'theirs':'1'}}}");
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
        Assert.Equal(["example.com/x"], (await bed.MapAsync("c1"))!.Finalizers);
        Assert.Equal(("b", "1"), ((await bed.MapAsync("c1"))!.Annotation("a"), (await bed.MapAsync("c1"))!.Annotation("theirs")));
        Assert.Equal("d", (await bed.MapAsync("c2"))!.Annotation("c"));
    }

    [Fact]
    public async Task S_26_P_63_Removing_by_override_what_is_not_there_changes_nothing()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", OverrideC1("{'op':'remove','path':'/metadata/annotations/foo'}"));
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task S_27_An_override_may_add_a_field_by_replacing_it()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", OverrideC1("{'op':'replace','path':'/data/notThere','value':'1'}"));
        await bed.SyncAsync();
        Assert.Equal("1", (await bed.MapAsync("c1"))!.Json["data"]!["notThere"]!.GetValue<string>());
        Assert.Null((await bed.MapAsync("c2"))!.Json["data"]?["notThere"]);
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Theory]
    [InlineData("S-28 kind", "{'path':'/kind','value':'X'}", "another object")]
    [InlineData("P-62 no slash", "{'path':'data/a','value':'X'}", "/data/a")]
    [InlineData("an override that can't apply", "{'path':'/spec/x/y','value':'X'}", "can't be applied")]
    public async Task S_28_P_61_A_bad_override_fails_its_own_cluster_and_says_why(string id, string operation, string text)
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", OverrideC1(operation));
        var outcomes = await bed.SyncAsync();
        Assert.True(await bed.BriefAsync("configmaps", "web") == "False/CheckClusters c1=ApplyOverridesFailed c2=Ok c3=Ok", id);
        var failed = Assert.Single(outcomes, o => !o.Succeeded);
        Assert.Contains(text, failed.Message);
        Assert.Equal(failed.Message, (await bed.StatusAsync("configmaps", "web")).Find("c1")!.Message);
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task S_29_P_61_A_cluster_overridden_twice_fails_alone()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web",
            "{'template':{},'placement':{'clusterSelector':{}},'overrides':[{'clusterName':'c1'},{'clusterName':'c1'}]}");
        await bed.SyncAsync();
        Assert.Equal("False/CheckClusters c1=ApplyOverridesFailed c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task S_30_P_42_An_immutable_field_is_named_with_its_remedy()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("deployments.apps", "app", Workload(1));
        await bed.SyncAsync();
        await bed.ChangeAsync("deployments.apps", "app",
            "{'spec':{'template':{'spec':{'selector':{'matchLabels':{'a':'z'}},'template':{'metadata':{'labels':{'a':'z'}}}}}}}");
        var outcomes = await bed.SyncAsync();
        Assert.Equal("False/CheckClusters c1=UpdateFailed c2=UpdateFailed c3=UpdateFailed", await bed.BriefAsync("deployments.apps", "app"));
        Assert.All(outcomes.Where(o => o is { Cluster: not null, Type.Name: "deployments.apps" }), o => Assert.Contains("delete the copy there", o.Message));
    }

    [Fact]
    public async Task S_31_A_member_that_rejects_costs_only_its_own_cell()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        bed.Faults("c2").When(r => r.Method == HttpMethod.Patch, TestSupport.Transport.Fault.Refuse(System.Net.HttpStatusCode.Forbidden, "Forbidden",
            "no way"));
        await bed.SyncAsync();
        Assert.Equal("False/CheckClusters c1=Ok c2=CreationFailed c3=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Contains("no way", (await bed.StatusAsync("configmaps", "web")).Find("c2")!.Message);
        bed.Faults("c2").Heal();
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task S_33_P_37_E_96_E_97_Deleting_a_resource_deletes_every_copy_then_lets_it_go()
    {
        await using var bed = await Synced();
        await bed.DeleteAsync("configmaps", "web");
        bed.Clear();
        var outcomes = await bed.SyncAsync();
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        Assert.Null(await bed.FederatedAsync("configmaps", "web"));

        // One in each member, and on the host what was deleted is written down before the finalizer goes.
        Assert.Equal(5, bed.Writes.Count);
        Assert.Contains(outcomes, o => o is { Cluster: null, Action: PlanAction.Delete, Written: true });
    }

    [Fact]
    public async Task P_37_A_copy_outside_of_the_placement_is_deleted_with_the_resource_and_not_just_let_go()
    {
        await using var bed = await Synced();
        bed.Sandbox["c3"].Offline = true;
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'placement':{'clusterSelector':null,'clusters':[{'name':'c1'}]}}}");
        await bed.SyncAsync();
        bed.Sandbox["c3"].Offline = false;
        Assert.Equal("c1,c3", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        await bed.DeleteAsync("configmaps", "web");
        await bed.SyncAsync();
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
    }

    [Fact]
    public async Task S_34_An_orphaned_resource_leaves_its_copies_unlabelled()
    {
        await using var bed = await Synced();
        await bed.DeleteAsync("configmaps", "web", KubeFedNames.OrphanAnnotation);
        await bed.SyncAsync();
        Assert.Equal("c1,c2,c3", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        Assert.Null((await bed.MapAsync("c1"))!.Label(KubeFedNames.ManagedLabel));
        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
    }

    [Theory]
    [InlineData("True")]
    [InlineData("yes")]
    public async Task S_35_Only_the_exact_word_orphans(string value)
    {
        await using var bed = await Synced();
        await bed.DeleteAsync("configmaps", "web", KubeFedNames.OrphanAnnotation, value);
        await bed.SyncAsync();
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
    }

    [Fact]
    public async Task S_36_P_37_The_delete_options_travel_with_every_delete()
    {
        await using var bed = await Synced();
        await bed.DeleteAsync("configmaps", "web", KubeFedNames.DeleteOptionsAnnotation, "{\"propagationPolicy\":\"Orphan\",\"gracePeriodSeconds\":5}");
        bed.Clear();
        await bed.SyncAsync();
        foreach (var cluster in (string[])["c1", "c2", "c3"])
        {
            var body = Assert.Single(bed.Wire(cluster).Writes, w => w.Method == "DELETE").Body;
            Assert.Contains("\"propagationPolicy\":\"Orphan\"", body);
            Assert.Contains("\"gracePeriodSeconds\":5", body);
        }
    }

    [Fact]
    public async Task S_37_P_36_Delete_options_that_can_not_be_read_delete_nothing()
    {
        await using var bed = await Synced();
        await bed.DeleteAsync("configmaps", "web", KubeFedNames.DeleteOptionsAnnotation, "{bad");
        await bed.SyncAsync();
        Assert.Equal("c1,c2,c3", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        Assert.Equal("False/CheckClusters c1=DeletionFailed c2=DeletionFailed c3=DeletionFailed", await bed.BriefAsync("configmaps", "web"));
        await bed.ChangeAsync("configmaps", "web", "{'metadata':{'annotations':{'kubefed.io/deleteoption':null}}}");
        await bed.SyncAsync();
        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
    }

    [Fact]
    public async Task S_38_P_36_Deletion_goes_on_where_it_can_and_waits_for_the_cluster_that_is_away()
    {
        await using var bed = await Synced();
        bed.Sandbox["c2"].Offline = true;
        await bed.DeleteAsync("configmaps", "web");
        await bed.SyncAsync();
        Assert.Equal("False/CheckClusters c2=ClusterNotReady", await bed.BriefAsync("configmaps", "web"));
        bed.Sandbox["c2"].Offline = false;
        Assert.Equal("c2", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        await bed.SyncAsync();
        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
    }

    [Fact]
    public async Task S_39_Deletion_does_not_wait_for_a_dead_cluster_that_never_had_a_copy()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", "{'template':{},'placement':{'clusters':[{'name':'c1'}]}}");
        await bed.SyncAsync();
        bed.Sandbox["c3"].Offline = true;
        await bed.DeleteAsync("configmaps", "web");
        await bed.SyncAsync();
        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
    }

    [Fact]
    public async Task S_40_A_resource_that_goes_without_our_finalizer_is_none_of_our_business()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.ChangeAsync("configmaps", "web", "{'metadata':{'finalizers':['example.com/x']}}");
        await bed.DeleteAsync("configmaps", "web");
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task S_41_E_23_E_105_A_labelled_object_that_nothing_stands_behind_loses_the_label_and_nothing_else()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.PutAsync(
            "c1", KnownResources.ConfigMaps, "stray", "{'metadata':{'labels':{'kubefed.io/managed':'true'}},'data':{'a':'1'}}", manager: "controller-manager");
        bed.Clear();
        await bed.SyncAsync();
        var stray = (await bed.MapAsync("c1", "stray"))!;
        Assert.Null(stray.Label(KubeFedNames.ManagedLabel));
        Assert.Equal("1", stray.Json["data"]!["a"]!.GetValue<string>());
        Assert.Single(bed.Writes);
    }

    [Fact]
    public async Task S_43_S_44_S_49_The_hosts_own_namespace_is_adopted_and_only_ever_unlabelled()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1, adopt: false, hostIsMember: true);
        Assert.Equal("True c1=Ok host=Ok", await bed.BriefAsync("namespaces", "ns1"));
        Assert.Equal("true", (await bed.CopyAsync("host", KnownResources.Namespaces, "ns1"))!.Label(KubeFedNames.ManagedLabel));
        await bed.ChangeAsync("namespaces", "ns1", "{'spec':{'placement':{'clusterSelector':null,'clusters':[{'name':'c1'}]}}}");
        await bed.SyncAsync();
        var own = (await bed.CopyAsync("host", KnownResources.Namespaces, "ns1"))!;
        Assert.Null(own.Label(KubeFedNames.ManagedLabel));
        Assert.False(own.IsDeleting);
        Assert.Equal("True c1=Ok", await bed.BriefAsync("namespaces", "ns1"));
    }

    [Theory]
    [InlineData("kube-system")]
    [InlineData("kube-public")]
    [InlineData("kube-node-lease")]
    [InlineData("default")]
    [InlineData("kube-federation-system")]
    public async Task S_47_P_33_E_20_System_namespaces_are_passed_over_and_said_to_be(string name)
    {
        await using var bed = await FederationBed.StartAsync(members: 1);
        await bed.FederateNamespaceAsync(name);
        bed.Clear();
        var outcome = Assert.Single(await bed.SyncAsync());
        Assert.Equal((PlanAction.Skip, true), (outcome.Action, outcome.Succeeded));
        Assert.Equal($"namespace {name} exists in every cluster and is never propagated; this object only places what is in it", outcome.Message);
        Assert.Empty(bed.Writes);
        Assert.Empty((await bed.FederatedAsync("namespaces", name, name))!.Finalizers);
    }

    [Fact]
    public async Task S_48_P_31_E_24_A_FederatedNamespace_of_another_name_is_refused_in_words()
    {
        await using var bed = await FederationBed.StartAsync();
        await bed.DeclareAsync("namespaces", "other", "{'placement':{'clusterSelector':{}}}");
        bed.Clear();
        var outcome = Assert.Single(await bed.SyncAsync());
        Assert.False(outcome.Succeeded);
        Assert.Contains("rename it to ns1", outcome.Message);
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task S_46_Deleting_the_hosts_namespace_ends_its_federation_everywhere()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2, hostIsMember: true);
        await bed.Admin("host").DeleteAsync(KnownResources.Namespaces, ObjectKey.ClusterScoped("ns1"), Kubernetes.Client.DeleteOptions.Default, default);
        Assert.True((await bed.FederatedAsync("namespaces", "ns1"))!.IsDeleting);
        await bed.SyncAsync();
        await bed.Sandbox.SettleAsync();
        await bed.SyncAsync();
        await bed.Sandbox.SettleAsync();
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.Namespaces, "ns1"));
    }

    [Fact]
    public async Task S_50_E_46_In_a_control_plane_of_one_namespace_the_resources_own_placement_decides()
    {
        await using var bed = await FederationBed.StartAsync(members: 2, scope: ControlPlaneScope.Namespaced, types: ["configmaps"], namespaces: []);
        var home = bed.Federation.SystemNamespace;
        await bed.DeclareAsync("configmaps", "web", "{'template':{'data':{'a':'1'}},'placement':{'clusters':[{'name':'c1'}]}}", home);
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok", await bed.BriefAsync("configmaps", "web", home));
        Assert.Equal("c1", await bed.WhereAsync(KnownResources.ConfigMaps, "web", home));
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task S_51_E_46_E_47_There_a_FederatedNamespace_only_restricts_and_cluster_scoped_types_are_not_synchronised()
    {
        await using var bed = await FederationBed.StartAsync(members: 2, scope: ControlPlaneScope.Namespaced, types: ["configmaps"], namespaces: []);
        var home = bed.Federation.SystemNamespace;
        await bed.Federation.Types.EnableAsync(new Engine.Types.EnableRequest { Name = "namespaces" }, bed, default);
        await bed.DeclareAsync("configmaps", "web", "{'template':{},'placement':{'clusterSelector':{}}}", home);
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok c2=Ok", await bed.BriefAsync("configmaps", "web", home));
        await bed.FederateNamespaceAsync(home, "{'clusters':[]}");
        await bed.SyncAsync();
        Assert.Equal("True", await bed.BriefAsync("configmaps", "web", home));
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web", home));
        await bed.SyncAsync(new SyncRequest { Types = ["namespaces"] });
        Assert.Contains(bed.Warnings, w => w.Contains("cluster-scoped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task E_48_A_reserved_namespace_is_not_propagated_but_places_what_is_in_it()
    {
        await using var bed = await FederationBed.StartAsync(members: 2);
        await bed.FederateNamespaceAsync("default", "{'clusters':[{'name':'c2'}]}");
        await bed.DeclareAsync("configmaps", "web", "{'template':{},'placement':{'clusterSelector':{}}}", "default");
        await bed.SyncAsync();
        Assert.Equal("True c2=Ok", await bed.BriefAsync("configmaps", "web", "default"));
        Assert.Null((await bed.CopyAsync("c2", KnownResources.Namespaces, "default"))!.Label(KubeFedNames.ManagedLabel));
    }

    [Fact]
    public async Task S_52_S_53_P_70_E_120_E_121_The_members_status_is_collected_where_it_is_asked_for_and_nowhere_else()
    {
        await using var bed = await Collecting("deployments.apps");
        await bed.DeclareAsync("deployments.apps", "app", Workload(2));
        await bed.DeclareAsync("services", "front", "{'template':{'spec':{'ports':[{'port':80}]}},'placement':{'clusterSelector':{}}}");
        await bed.SyncAsync();
        await bed.Sandbox.SettleAsync();
        await bed.SyncAsync();
        Assert.Equal(2, (await bed.StatusAsync("deployments.apps", "app")).Find("c1")!.RemoteStatus!["replicas"]!.GetValue<int>());
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("deployments.apps", "app"));
        Assert.Equal(HealthStatus.Healthy, (await bed.StatusAsync("deployments.apps", "app")).Find("c1")!.Health!.Status);
        Assert.Equal(new StatusSummary(3, 3, HealthStatus.Healthy), (await bed.StatusAsync("deployments.apps", "app")).Summary);
        var front = await bed.StatusAsync("services", "front");
        Assert.Equal((null, null), (front.Find("c1")!.RemoteStatus, front.Find("c1")!.Health));
        Assert.Equal(new StatusSummary(3, 3, null), front.Summary);
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task P_70_One_cluster_without_room_is_seen_in_the_summary_while_propagation_is_well_and_costs_one_write_in_all()
    {
        await using var bed = await Collecting("deployments.apps");
        await bed.DeclareAsync("deployments.apps", "app", Workload(2));
        await bed.ChangeAsync("deployments.apps", "app",
            "{'spec':{'overrides':[{'clusterName':'c2','clusterOverrides':[{'op':'add','path':'/spec/template/spec/containers/0/resources',"
            + "'value':{'requests':{'cpu':'1000'}}}]}]}}");
        await bed.SyncAsync();
        await bed.Sandbox.SettleAsync();
        bed.Clear();
        await bed.SyncAsync();
        var status = await bed.StatusAsync("deployments.apps", "app");
        Assert.Equal(new StatusSummary(3, 3, HealthStatus.Progressing), status.Summary);
        Assert.Equal("0 of 2 replicas are available", status.Find("c2")!.Health!.Message);
        Assert.Equal(HealthStatus.Healthy, status.Find("c1")!.Health!.Status);
        Assert.True(status.Condition!.Propagated);
        Assert.Single(bed.Writes);
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task P_70_What_is_missing_or_can_not_be_looked_at_says_so()
    {
        await using var bed = await Collecting("deployments.apps");
        await bed.DeclareAsync("deployments.apps", "app", Workload(0));
        await bed.SyncAsync();
        await bed.Sandbox.SettleAsync();
        bed.Sandbox["c1"].Offline = true;
        await bed.Admin("c2").DeleteAsync(KnownResources.Deployments, new ObjectKey("ns1", "app"), Kubernetes.Client.DeleteOptions.Default, default);
        bed.Faults("c2").When(
            r => r.Method == HttpMethod.Patch,
            KubeFed.TestSupport.Transport.Fault.Refuse(System.Net.HttpStatusCode.Forbidden, "Forbidden", "quota"));
        await bed.SyncAsync();
        var status = await bed.StatusAsync("deployments.apps", "app");
        Assert.Equal(
            [HealthStatus.Unknown, HealthStatus.Missing, HealthStatus.Healthy],
            status.Clusters.Select(c => c.Health!.Status));
        Assert.Equal(new StatusSummary(1, 3, HealthStatus.Unknown), status.Summary);
        Assert.NotNull(status.Find("c1")!.RemoteStatus);
    }

    [Fact]
    public async Task S_54_P_71_A_type_without_a_status_is_well_with_collection_on_and_costs_no_writes()
    {
        await using var bed = await Collecting("configmaps");
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal(new StatusSummary(3, 3, HealthStatus.Healthy), (await bed.StatusAsync("configmaps", "web")).Summary);
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task S_55_P_44_Allocated_addresses_and_ports_survive_a_change_of_the_template()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("services", "front",
            "{'template':{'spec':{'type':'NodePort','selector':{'a':'b'},'ports':[{'name':'http','port':80}]}},'placement':{'clusterSelector':{}}}");
        await bed.SyncAsync();
        var others = "'ipFamilyPolicy':'PreferDualStack','ipFamilies':['IPv4','IPv6'],'loadBalancerClass':'theirs','healthCheckNodePort':31000";
        await bed.EditAsync("c1", KnownResources.Services, "front", $"{{'spec':{{{others}}}}}");
        var before = (await bed.CopyAsync("c1", KnownResources.Services, "front"))!.Spec!;
        await bed.ChangeAsync("services", "front", "{'spec':{'template':{'spec':{'selector':{'a':'c'}}}}}");
        await bed.SyncAsync();
        var after = (await bed.CopyAsync("c1", KnownResources.Services, "front"))!.Spec!;
        Assert.Equal("c", after["selector"]!["a"]!.GetValue<string>());
        Assert.Equal(before["ports"]![0]!["nodePort"]!.ToJsonString(), after["ports"]![0]!["nodePort"]!.ToJsonString());
        foreach (var field in (string[])["clusterIP", "ipFamilyPolicy", "ipFamilies", "loadBalancerClass", "healthCheckNodePort"])
        {
            Assert.Equal(before[field]!.ToJsonString(), after[field]!.ToJsonString());
        }
    }

    [Fact]
    public async Task S_56_Secrets_generated_for_a_ServiceAccount_survive_a_change_of_a_template_without_any()
    {
        await using var bed = await FederationBed.StartAsync(members: 1, types: ["namespaces", "serviceaccounts"]);
        await bed.FederateNamespaceAsync("ns1");
        await bed.DeclareAsync("serviceaccounts", "robot", "{'template':{'metadata':{'labels':{'x':'1'}}},'placement':{'clusterSelector':{}}}");
        await bed.SyncAsync();
        await bed.EditAsync("c1", KnownResources.ServiceAccounts, "robot", "{'secrets':[{'name':'robot-token'}]}");
        await bed.ChangeAsync("serviceaccounts", "robot", "{'spec':{'template':{'metadata':{'labels':{'x':'2'}}}}}");
        await bed.SyncAsync();
        var copy = (await bed.CopyAsync("c1", KnownResources.ServiceAccounts, "robot"))!;
        Assert.Equal(("2", "robot-token"), (copy.Label("x"), copy.Json["secrets"]![0]!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task P_43_A_Job_needs_no_manual_selector_and_keeps_what_its_member_generated()
    {
        var jobs = new ApiResource("batch", "v1", "Job", "jobs", Namespaced: true);
        await using var bed = await FederationBed.StartAsync(members: 1, types: ["namespaces", "jobs.batch"]);
        await bed.FederateNamespaceAsync("ns1");
        await bed.DeclareAsync("jobs.batch", "once",
            "{'template':{'spec':{'template':{'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'i'}]}}}},'placement':{'clusterSelector':{}}}");
        await bed.SyncAsync();
        var made = (await bed.CopyAsync("c1", jobs, "once"))!;
        var generated = made.Spec!["selector"]!["matchLabels"]!["controller-uid"]!.GetValue<string>();
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
        await bed.ChangeAsync("jobs.batch", "once", "{'spec':{'template':{'metadata':{'labels':{'x':'2'}}}}}");
        await bed.SyncAsync();
        var copy = (await bed.CopyAsync("c1", jobs, "once"))!;
        Assert.Equal("2", copy.Label("x"));
        Assert.Equal(generated, copy.Spec!["selector"]!["matchLabels"]!["controller-uid"]!.GetValue<string>());
        Assert.Equal(generated, copy.Spec!["template"]!["metadata"]!["labels"]!["controller-uid"]!.GetValue<string>());
        Assert.Equal("True c1=Ok", await bed.BriefAsync("jobs.batch", "once"));
    }

    [Fact]
    public async Task S_57_P_43_Secrets_in_a_ServiceAccounts_template_are_the_secrets_of_its_copies_beside_those_that_others_added()
    {
        await using var bed = await FederationBed.StartAsync(members: 1, types: ["namespaces", "serviceaccounts"]);
        await bed.FederateNamespaceAsync("ns1");
        await bed.DeclareAsync("serviceaccounts", "robot", "{'template':{'secrets':[{'name':'x'}]},'placement':{'clusterSelector':{}}}");
        await bed.SyncAsync();
        Assert.Equal("x", await SecretsAsync());

        // What a token controller, or a person, puts there is theirs.
        await bed.EditAsync("c1", KnownResources.ServiceAccounts, "robot", "{'secrets':[{'name':'x'},{'name':'robot-token'}]}");
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);

        await bed.ChangeAsync("serviceaccounts", "robot", "{'spec':{'template':{'secrets':[{'name':'z'}]}}}");
        await bed.SyncAsync();
        Assert.Equal("robot-token,z", await SecretsAsync());
        await bed.ChangeAsync("serviceaccounts", "robot", "{'spec':{'template':{'secrets':null}}}");
        await bed.SyncAsync();
        Assert.Equal("robot-token", await SecretsAsync());
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);

        async Task<string> SecretsAsync() => string.Join(',', ((await bed.CopyAsync("c1", KnownResources.ServiceAccounts, "robot"))!.Json["secrets"]!
            .AsArray().Select(secret => secret!["name"]!.GetValue<string>()).Order()));
    }

    [Fact]
    public async Task S_59_P_46_A_record_that_is_lost_is_found_again_by_one_apply_per_copy_that_changes_nothing()
    {
        await using var bed = await Synced();
        var before = await Versions();
        var type = await bed.TypeAsync("configmaps");
        await bed.Admin("host").PatchAsync(
            type.Federated,
            new ObjectKey("ns1", "web"),
            Kubernetes.Client.KubePatch.Merge(new System.Text.Json.Nodes.JsonObject { ["status"] = null }),
            Kubernetes.Client.WriteOptions.Default with { Subresource = "status" },
            default);
        await bed.SyncAsync();
        Assert.Equal(["c1", "c2", "c3", "host"], bed.Writes.Select(w => w.Split(' ')[0]));
        Assert.Equal(before, await Versions());
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);

        async Task<string> Versions() => string.Join(',',
            await Task.WhenAll(((string[])["c1", "c2", "c3"]).Select(async c => (await bed.MapAsync(c))!.ResourceVersion)));
    }

    [Fact]
    public async Task P_32_E_102_A_namespace_that_leaves_the_placement_is_kept_while_it_holds_what_others_put_there()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "theirs", "{'data':{'a':'1'}}");
        await bed.ChangeAsync("namespaces", "ns1", "{'spec':{'placement':{'clusterSelector':null,'clusters':[]}}}");

        var planned = await bed.SyncAsync(new SyncRequest { DryRun = true });
        var outcomes = await bed.SyncAsync();
        foreach (var refused in (SyncOutcome[])[planned.Single(o =>
            o is { Cluster: "c1", Type.Name: "namespaces" }), outcomes.Single(o => o is { Cluster: "c1", Type.Name: "namespaces" })])
        {
            Assert.Equal((PropagationReason.DeletionFailed, false), (refused.Reason, refused.Succeeded));
            Assert.Contains("ConfigMap theirs", refused.Message);
            Assert.Contains(KubeFedNames.DeleteUnmanagedAnnotation, refused.Message);
        }

        Assert.NotNull(await bed.MapAsync("c1", "theirs"));
        Assert.Equal("host,c1", await bed.WhereAsync(KnownResources.Namespaces, "ns1"));
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);

        await bed.ChangeAsync("namespaces", "ns1", $"{{'metadata':{{'annotations':{{'{KubeFedNames.DeleteUnmanagedAnnotation}':'true'}}}}}}");
        await bed.SyncAsync();
        await bed.SyncAsync();
        Assert.Equal("host", await bed.WhereAsync(KnownResources.Namespaces, "ns1"));
        Assert.Equal("True", await bed.BriefAsync("namespaces", "ns1"));
    }

    private static async Task<FederationBed> Collecting(string type)
    {
        var bed = await FederationBed.WithNamespaceAsync();
        var home = bed.Federation.SystemNamespace;
        await bed.Admin("host").PatchAsync(CoreResources.KubeFedConfigs, new ObjectKey(home, KubeFedNames.ConfigName),
            Merge("{'spec':{'featureGates':[{'name':'RawResourceStatusCollection','configuration':'Enabled'}]}}"), Kubernetes.Client.WriteOptions.Default,
                default);
        await bed.Admin("host").PatchAsync(CoreResources.FederatedTypeConfigs, new ObjectKey(home, type), Merge("{'spec':{'statusCollection':'Enabled'}}"),
            Kubernetes.Client.WriteOptions.Default, default);
        return bed;
    }

    private static int Replicas(KubeObject value) => value.Spec!["replicas"]!.GetValue<int>();

    private static Kubernetes.Client.KubePatch Merge(string body) => Kubernetes.Client.KubePatch.Merge((System.Text.Json.Nodes.JsonObject)Make.Json(body)!);

    private static string Workload(int replicas) =>
        """
        {'template':{'spec':{'replicas':REPLICAS,'selector':{'matchLabels':{'a':'b'}},
         'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i','ports':[{'containerPort':80}]}]}}}},
         'placement':{'clusterSelector':{}}}
        """.Replace("REPLICAS", $"{replicas}", StringComparison.Ordinal);

    private static string OverrideC1(string operation) =>
        $"{{'template':{{'data':{{'a':'1'}}}},'placement':{{'clusterSelector':{{}}}},'overrides':[{{'clusterName':'c1','clusterOverrides':[{operation}]}}]}}";

    private static async Task<FederationBed> Synced()
    {
        var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        bed.Clear();
        return bed;
    }
}
