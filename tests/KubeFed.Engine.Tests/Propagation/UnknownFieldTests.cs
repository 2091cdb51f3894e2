using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane.Doctor;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>
/// A mistyped field of a federated object, from the host's server to the members. A server that prunes it leaves the opposite of what was meant: a selector of
/// everything (E-42), or a placement of nothing, by which every copy is deleted.
/// </summary>
public class UnknownFieldTests
{
    private const string Template = "'template':{'data':{'a':'1'}}";

    [Theory]
    [InlineData("{'placement':{'clusters':null,'clusterSelector':{'matchLabels':null,'matchLabel':{'tier':'edge'}}}}",
        "spec.placement.clusterSelector.matchLabel: unknown field; did you mean matchLabels?")]
    [InlineData("{'placement':{'clusters':null,'cluster':[{'name':'c1'}]}}", "spec.placement.cluster: unknown field; did you mean clusters?")]
    [InlineData("{'placement':{'clusters':null,'clusterselector':{}}}", "spec.placement.clusterselector: unknown field; did you mean clusterSelector?")]
    [InlineData("{'placement':null,'placment':{'clusterSelector':{}}}", "spec.placment: unknown field; did you mean placement?")]
    [InlineData("{'placement':null,'clusterSelector':{}}", "spec.clusterSelector: unknown field; did you mean placement.clusterSelector?")]
    [InlineData("{'template':null,'templete':{'data':{'a':'2'}}}", "spec.templete: unknown field; did you mean template?")]
    [InlineData("{'overides':[{'clusterName':'c1'}]}", "spec.overides: unknown field; did you mean overrides?")]
    public async Task P_55_A_mistyped_field_of_placement_or_spec_touches_no_copy_anywhere_and_is_named(string mistake, string message)
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.LabelAsync("c1", ("tier", "edge"));
        await bed.DeclareAsync("configmaps", "web", $"{{{Template},'placement':{{'clusters':[{{'name':'c1'}},{{'name':'c2'}}]}}}}");
        await bed.SyncAsync();
        await bed.ChangeAsync("configmaps", "web", $"{{'spec':{mistake}}}");
        bed.Clear();

        var outcomes = await bed.SyncAsync();

        Assert.Equal("False/ComputePlacementFailed c1=Ok c2=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.StartsWith(message, (await bed.StatusAsync("configmaps", "web")).Condition!.Message, StringComparison.Ordinal);
        var told = Assert.Single(outcomes, outcome => outcome.Aggregate == AggregateReason.ComputePlacementFailed);
        Assert.StartsWith(message, told.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(bed.Writes, write => !write.StartsWith("host ", StringComparison.Ordinal));
        Assert.Equal("c1,c2", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        Assert.Equal("""{"a":"1"}""", (await bed.MapAsync("c1"))!.Json["data"]!.ToJsonString());
    }

    [Fact]
    public async Task A_mistake_that_is_corrected_is_forgotten()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", $"{{{Template},'placement':{{'cluster':[{{'name':'c1'}}]}}}}");
        await bed.SyncAsync();
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));

        await bed.ChangeAsync("configmaps", "web", "{'spec':{'placement':{'cluster':null,'clusters':[{'name':'c1'}]}}}");
        await bed.SyncAsync();

        Assert.Equal("True c1=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task E_45_A_mistake_in_a_FederatedNamespace_leaves_the_namespace_and_what_is_in_it_alone()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", $"{{{Template},'placement':{{'clusterSelector':{{}}}}}}");
        await bed.SyncAsync();
        await bed.ChangeAsync("namespaces", "ns1", "{'spec':{'placement':{'clusterSelector':null,'clusterSelectors':{}}}}");
        bed.Clear();

        await bed.SyncAsync();

        Assert.Equal("c1,c2,c3", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        Assert.Equal("False/ComputePlacementFailed c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("namespaces", "ns1"));
        Assert.Contains(
            "FederatedNamespace ns1/ns1 can't be evaluated: spec.placement.clusterSelectors",
            (await bed.StatusAsync("configmaps", "web")).Condition!.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_holds_up_neither_a_deletion_nor_another_resource()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", $"{{{Template},'placement':{{'clusterSelector':{{}}}}}}");
        await bed.SyncAsync();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'placement':{'cluster':[]}}}");
        await bed.SyncAsync();
        await bed.DeclareAsync("configmaps", "other", $"{{{Template},'placement':{{'clusterSelector':{{}}}}}}");
        await bed.DeleteAsync("configmaps", "web");

        await bed.SyncAsync();

        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
        Assert.Equal("c1,c2,c3", await bed.WhereAsync(KnownResources.ConfigMaps, "other"));
    }

    [Fact]
    public async Task A_field_of_spec_that_resembles_none_is_told_once_in_a_run_and_changes_nothing()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", $"{{{Template},'placement':{{'clusterSelector':{{}}}},'team':'payments'}}");

        await bed.SyncAsync();

        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal(
            "FederatedConfigMap ns1/web: spec.team: unknown field; known here are template, placement, overrides and retainReplicas. It is ignored.",
            Assert.Single(bed.Warnings));
    }

    [Theory]
    [InlineData("of an operation: its own cluster", "[{'clusterName':'c2','clusterOverrides':[{'path':'/data/a','vlaue':'2'}]}]",
        "c1=Ok c2=ApplyOverridesFailed c3=Ok", "spec.overrides[0].clusterOverrides[0].vlaue: unknown field; did you mean value?")]
    [InlineData("of an entry: the cluster it names", "[{'clusterName':'c2','clusterOveride':[]}]",
        "c1=Ok c2=ApplyOverridesFailed c3=Ok", "spec.overrides[0].clusterOveride: unknown field; did you mean clusterOverrides?")]
    [InlineData("of the cluster's name: nobody can tell whom it meant", "[{'clustername':'c2','clusterOverrides':[{'path':'/data/a','value':'2'}]}]",
        "c1=ApplyOverridesFailed c2=ApplyOverridesFailed c3=ApplyOverridesFailed",
        "spec.overrides[0].clustername: unknown field; did you mean clusterName? (no cluster is written to while nobody can tell which ones are meant)")]
    [InlineData("of the selector: the same", "[{'clusterSelector':{'matchLabel':{'tier':'edge'}},'clusterOverrides':[{'path':'/data/a','value':'2'}]}]",
        "c1=ApplyOverridesFailed c2=ApplyOverridesFailed c3=ApplyOverridesFailed",
        "spec.overrides[0].clusterSelector.matchLabel: unknown field; did you mean matchLabels? (no cluster is written to while nobody can tell")]
    public async Task P_61_A_mistyped_field_of_an_override_fails_the_clusters_it_could_concern(string which, string overrides, string status, string message)
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", $"{{{Template},'placement':{{'clusterSelector':{{}}}}}}");
        await bed.SyncAsync();
        await bed.ChangeAsync("configmaps", "web", $"{{'spec':{{'overrides':{overrides}}}}}");

        var outcomes = await bed.SyncAsync();

        Assert.True($"False/CheckClusters {status}" == await bed.BriefAsync("configmaps", "web"), which);
        Assert.Contains(outcomes, outcome => outcome is { Cluster: "c2", Reason: PropagationReason.ApplyOverridesFailed }
            && outcome.Message.StartsWith(message, StringComparison.Ordinal));
        Assert.Equal("""{"a":"1"}""", (await bed.MapAsync("c2"))!.Json["data"]!.ToJsonString());
    }

    [Fact]
    public async Task P_55_An_edit_that_mistypes_a_field_is_refused_before_it_is_written()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", $"{{{Template},'placement':{{'clusterSelector':{{}}}}}}");
        var type = await bed.TypeAsync("configmaps");
        bed.Clear();

        var error = await Assert.ThrowsAsync<FederationException>(() => bed.Federation.Resources.EditAsync(
            type, new ObjectKey("ns1", "web"), resource => resource.Object.Spec!["placement"] = Make.Json("{'clusterSelectr':{}}"), dryRun: false, default));

        Assert.Equal("UnknownField", error.Id);
        Assert.Contains("spec.placement.clusterSelectr: unknown field; did you mean clusterSelector?", error.Message, StringComparison.Ordinal);
        Assert.Empty(bed.Writes);
    }

    [Theory]
    [InlineData("what kubefedctl federates", "{'template':{},'placement':{'clusterSelector':{'matchLabels':{}}}}")]
    [InlineData("what scheduling writes",
        "{'template':{},'placement':{'clusters':[{'name':'c1'}]},'overrides':[{'clusterName':'c1','clusterOverrides':[{'path':'/spec/replicas','value':2}]}]}")]
    [InlineData("all there is",
        "{'template':{},'retainReplicas':true,'placement':{'clusters':[],'clusterSelector':{'matchLabels':{'a':'b'},"
        + "'matchExpressions':[{'key':'a','operator':'In','values':['b']}]}},'overrides':[{'clusterName':'c1','clusterOverrides':[{'op':'add','path':'/data/a','value':{'any':1}}]},"
        + "{'clusterSelector':{'matchLabels':{}},'clusterOverrides':[{'path':'/data/b','valueTemplate':{'any':'x'}}]}]}")]
    [InlineData("nulls", "{'template':null,'placement':{'clusters':null,'clusterSelector':null},'overrides':null,'retainReplicas':null}")]
    [InlineData("nothing", "{}")]
    public void A_94_A_95_Whatever_KubeFed_writes_is_known(string which, string spec)
    {
        var resource = Make.Resource(spec);
        Assert.True(FederatedResourceValidation.Check(resource).Count == 0, which);
        Assert.True(Make.Plan(resource, "c1").Placement.IsKnown, which);
        Assert.Empty(new Engine.Propagation.Desired.DesiredSource(resource).Warnings);
    }

    [Fact]
    public async Task P_55_A_definition_that_drops_what_it_does_not_know_is_found_and_renewed_by_enabling_the_type_again()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await KubeFedDefinition.InstallAsync(bed);
        await bed.DeclareAsync("configmaps", "web", $"{{{Template},'placement':{{'clusterSelector':{{'matchLabel':{{'tier':'edge'}}}}}}}}");
        await bed.SyncAsync();
        Assert.Equal("c1,c2,c3", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        var finding = Assert.Single(await ExamineAsync(), finding => finding.Id == "UnknownFieldsDropped");
        Assert.Equal(FindingSeverity.Warning, finding.Severity);
        Assert.Contains("Enable-KubeFedType configmaps", finding.Remedy, StringComparison.Ordinal);

        await bed.Federation.Types.EnableAsync(new EnableRequest { Name = "configmaps" }, bed, default);
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'placement':{'clusterSelector':{'matchLabel':{'tier':'edge'}}}}}");
        await bed.SyncAsync();

        Assert.Equal("False/ComputePlacementFailed c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.DoesNotContain(await ExamineAsync(), finding => finding.Id == "UnknownFieldsDropped");

        Task<IReadOnlyList<Finding>> ExamineAsync() => bed.Federation.ControlPlane.ExamineAsync(askMembers: false, bed, default);
    }
}
