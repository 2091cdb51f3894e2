using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>Taking a host over from a KubeFed controller in place.</summary>
public class TakeOverTests
{
    private const string Spec = "{'template':{'data':{'a':'1','b':'2'}},'placement':{'clusterSelector':{}}}";

    [Fact]
    public async Task S_58_P_46_What_KubeFed_recorded_is_believed_so_that_no_member_is_written_to()
    {
        await using var bed = await Controlled();
        bed.Clear();
        var outcomes = await bed.SyncAsync(new SyncRequest { Types = ["configmaps"] });
        Assert.All(outcomes, o => Assert.Equal(PlanAction.None, o.Action));
        Assert.Equal(["host PATCH"], bed.Writes.Select(w => string.Join(' ', w.Split(' ').Take(2))));
        bed.Clear();
        await bed.SyncAsync(new SyncRequest { Types = ["configmaps"] });
        Assert.Empty(bed.Writes);
    }

    [Fact] // KubeFed sent by PUT what an apply of the same would be refused for
    public async Task The_plan_says_which_copies_the_members_would_not_take()
    {
        await using var bed = await Controlled();
        await Forget(bed);
        bed.Faults("c2").When(
            request => request.RequestUri!.Query.Contains("dryRun=All", StringComparison.Ordinal),
            Fault.Refuse(System.Net.HttpStatusCode.UnprocessableEntity, "Invalid", "duplicate entries for key [name=\"a\"]"));

        var plan = await bed.SyncAsync(new SyncRequest { Types = ["configmaps"], DryRun = true });

        var refused = Assert.Single(plan, outcome => !outcome.Succeeded);
        Assert.Equal(("c2", PropagationReason.UpdateFailed), (refused.Cluster, refused.Reason));
        Assert.Contains("duplicate entries for key", refused.Message, StringComparison.Ordinal);
        Assert.True(Assert.Single(plan, outcome => outcome.Cluster == "c1").Succeeded);
    }

    [Fact]
    public async Task S_59_A_PropagatedVersion_deleted_after_the_take_over_is_not_missed()
    {
        await using var bed = await Controlled();
        await bed.SyncAsync();
        await Forget(bed);
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        await bed.SyncAsync();
        Assert.Equal("2", (await bed.MapAsync("c2"))!.Json["data"]!["a"]!.GetValue<string>());
        Assert.Empty((await bed.Admin("host").ListAsync(CoreResources.PropagatedVersions, new ListQuery(), default)).Items);
    }

    [Fact]
    public async Task S_59_A_PropagatedVersion_deleted_before_it_costs_each_copy_one_take_over_and_changes_nothing_in_it()
    {
        await using var bed = await Controlled();
        await Forget(bed);
        var before = (await bed.MapAsync("c1"))!.Json["data"]!.ToJsonString();
        bed.Clear();
        await bed.SyncAsync(new SyncRequest { Types = ["configmaps"] });
        Assert.Equal(["c1", "c1", "c2", "c2", "host"], bed.Writes.Select(w => w.Split(' ')[0]));
        Assert.Equal(before, (await bed.MapAsync("c1"))!.Json["data"]!.ToJsonString());
        Assert.Equal("True c1=Ok c2=Ok", await bed.BriefAsync("configmaps", "web"));
        bed.Clear();
        await bed.SyncAsync(new SyncRequest { Types = ["configmaps"] });
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task Fields_removed_from_the_template_of_an_object_KubeFed_wrote_go_away_and_those_of_others_stay()
    {
        await using var bed = await Controlled();
        await bed.EditAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'mine':'x'}}");
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'b':null}}}}");
        await bed.SyncAsync();
        Assert.Equal("{\"a\":\"1\",\"mine\":\"x\"}", (await bed.MapAsync("c1"))!.Json["data"]!.ToJsonString());
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task A_copy_that_changed_since_KubeFed_recorded_it_is_repaired()
    {
        await using var bed = await Controlled();
        await bed.EditAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'x'}}");
        bed.Clear();
        await bed.SyncAsync();
        Assert.Equal("1", (await bed.MapAsync("c1"))!.Json["data"]!["a"]!.GetValue<string>());
        Assert.Equal(["c1", "c1", "host"], bed.Writes.Select(w => w.Split(' ')[0]));
    }

    [Fact]
    public void Only_the_writer_of_the_managed_label_hands_over_and_what_is_ours_already_is_joined()
    {
        var patch = OwnershipTakeOver.Patch(Owned(
            """
            {'manager':'hyperfed','operation':'Update','fieldsV1':{'f:data':{'f:a':{}},'f:metadata':{'f:labels':{'f:kubefed.io/managed':{}}}}},
            {'manager':'kubectl','operation':'Update','fieldsV1':{'f:data':{'f:b':{}}}},
            {'manager':'kubefed','operation':'Apply','fieldsV1':{'f:data':{'f:c':{}}}},
            {'manager':'hyperfed','operation':'Update','subresource':'status','fieldsV1':{'f:metadata':{'f:labels':{'f:kubefed.io/managed':{}}}}}
            """));
        var expected = Make.Json(
            """
            {'metadata':{'uid':'','resourceVersion':'7','managedFields':[
             {'manager':'kubefed','operation':'Apply','fieldsV1':{'f:data':{'f:a':{},'f:c':{}},'f:metadata':{'f:labels':{'f:kubefed.io/managed':{}}}}},
             {'manager':'kubectl','operation':'Update','fieldsV1':{'f:data':{'f:b':{}}}},
             {'manager':'hyperfed','operation':'Update','subresource':'status','fieldsV1':{'f:metadata':{'f:labels':{'f:kubefed.io/managed':{}}}}}]}}
            """);
        Assert.True(JsonNode.DeepEquals(expected, patch!.Body), patch.Body.ToJsonString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{'manager':'kubefed','operation':'Apply','fieldsV1':{'f:metadata':{'f:labels':{'f:kubefed.io/managed':{}}}}}")]
    [InlineData("{'manager':'kubectl','operation':'Update','fieldsV1':{'f:data':{'f:b':{}}}}")]
    public void Where_nobody_else_wrote_the_label_nothing_is_handed_over(string entries) => Assert.Null(OwnershipTakeOver.Patch(Owned(entries)));

    private static Task<KubeObject?> Forget(FederationBed bed) =>
        bed.Admin("host").DeleteAsync(CoreResources.PropagatedVersions, new ObjectKey("ns1", "configmap-web"), DeleteOptions.Default, default);

    private static KubeObject Owned(string entries) =>
        new((JsonObject)Make.Json($"{{'metadata':{{'resourceVersion':'7','managedFields':[{entries}]}}}}")!);

    /// <summary>
    /// One ConfigMap as a KubeFed controller leaves it: copies made by POST, its record in a PropagatedVersion, its status without our fields.
    /// </summary>
    private static async Task<FederationBed> Controlled()
    {
        var bed = await FederationBed.WithNamespaceAsync(members: 2);
        var value = await bed.DeclareAsync("configmaps", "web", Spec);
        var type = await bed.TypeAsync("configmaps");
        var resource = new FederatedResource(type, value);
        var versions = new JsonArray();
        foreach (var cluster in (string[])["c1", "c2"])
        {
            var copy = await bed.PutAsync(cluster, KnownResources.ConfigMaps, "web",
                "{'metadata':{'labels':{'kubefed.io/managed':'true'}},'data':{'a':'1','b':'2'}}", manager: "hyperfed");
            versions.Add(new JsonObject { ["clusterName"] = cluster, ["version"] = $"rv:{copy.ResourceVersion}" });
        }

        await bed.ChangeAsync("configmaps", "web", "{'metadata':{'finalizers':['kubefed.io/sync-controller']}}");
        await Status(type.Federated, "web", (JsonObject)Make.Json(
            "{'observedGeneration':1,'clusters':[{'name':'c2'},{'name':'c1'}],'conditions':[{'type':'Propagation','status':'True',"
            + "'lastUpdateTime':'2026-01-01T00:00:00Z','lastTransitionTime':'2026-01-01T00:00:00Z'}]}")!);
        await bed.Admin("host").CreateAsync(
            CoreResources.PropagatedVersions, KubeObject.Create(CoreResources.PropagatedVersions, new ObjectKey("ns1", "configmap-web")),
                WriteOptions.Default, default);
        await Status(CoreResources.PropagatedVersions, "configmap-web", new JsonObject
        {
            ["templateVersion"] = LegacyHash.OfTemplate(resource.Template),
            ["overridesVersion"] = LegacyHash.OfOverrides(resource.Object.Spec),
            ["clusterVersions"] = versions,
        });
        return bed;

        Task<KubeObject> Status(ApiResource kind, string name, JsonObject status) => bed.Admin("host").PatchAsync(
            kind, new ObjectKey("ns1", name), KubePatch.Merge(new JsonObject { ["status"] = status }), new WriteOptions { FieldManager = "hyperfed",
                Subresource = "status" }, default);
    }
}
