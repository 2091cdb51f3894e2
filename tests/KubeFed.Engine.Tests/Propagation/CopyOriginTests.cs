using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>The managed label alone makes nothing a copy: what Kubernetes and its users make with copied labels is left alone.</summary>
public class CopyOriginTests
{
    private const string Everywhere = "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}";
    private const string Labelled = "'labels':{'kubefed.io/managed':'true'}";

    private static readonly WriteOptions Ours = new() { FieldManager = KubeFedNames.FieldManager, Force = true };

    [Theory]
    [InlineData("user")]
    [InlineData("kube-controller-manager")]
    [InlineData("k3s")]
    [InlineData("kubefed")]
    [InlineData("manager")]
    public async Task A_label_that_no_federation_wrote_is_left_alone(string manager)
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "stray", $"{{'metadata':{{{Labelled}}},'data':{{'a':'1'}}}}", manager: manager);
        await TwiceNothingAsync(bed);
    }

    [Fact]
    public async Task A_label_and_a_mark_that_were_copied_from_a_copy_are_left_alone()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        var mark = await MarkAsync(bed);
        await bed.PutAsync(
            "c1", KnownResources.ConfigMaps, "child", $"{{'metadata':{{{Labelled},'annotations':{{'kubefed.io/federation':'{mark}'}}}},'data':{{'a':'1'}}}}");
        await bed.PutAsync(
            "c1",
            KnownResources.ConfigMaps,
            "controlled",
            $"{{'metadata':{{{Labelled},'annotations':{{'kubefed.io/federation':'{mark}'}},'ownerReferences':"
                + "[{'apiVersion':'v1','kind':'Service','name':'web','uid':'2f5e0b3e-0d3e-4d3a-9a1f-6d6f0b6e9c11','controller':true}]}}",
            manager: "controller-manager");
        await TwiceNothingAsync(bed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("another/kube-federation-system")]
    public async Task What_this_field_manager_applied_without_our_mark_is_left_alone(string? mark)
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await ApplyAsync(bed, "stray", mark);
        await TwiceNothingAsync(bed);
    }

    [Fact]
    public async Task What_this_federation_applied_and_nothing_stands_behind_any_more_is_given_back()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await ApplyAsync(bed, "stray", await MarkAsync(bed));
        bed.Clear();
        await bed.SyncAsync();
        Assert.Equal(["c1 PATCH /api/v1/namespaces/ns1/configmaps/stray"], bed.Writes);
        Assert.Null((await bed.MapAsync("c1", "stray"))!.Label(KubeFedNames.ManagedLabel));
        await TwiceNothingAsync(bed);
    }

    [Fact]
    public async Task Endpoints_that_Kubernetes_makes_of_a_copied_Service_are_neither_given_back_nor_updated_nor_deleted()
    {
        await using var bed = await FederationBed.StartAsync(members: 2, types: ["namespaces", "services", "endpoints"]);
        await bed.FederateNamespaceAsync("ns1");
        await bed.DeclareAsync("services", "web", "{'template':{'spec':{'ports':[{'port':80}]}},'placement':{'clusterSelector':{}}}");
        await bed.SyncAsync();
        var endpoints = await bed.Federation.Types.ResolveAsync("endpoints", default);
        foreach (var cluster in (string[])["c1", "c2"])
        {
            await bed.PutAsync(
                cluster,
                endpoints.Target,
                "web",
                $"{{'metadata':{{{Labelled}}},'subsets':[{{'addresses':[{{'ip':'10.0.0.1'}}],'ports':[{{'port':80,'protocol':'TCP'}}]}}]}}",
                manager: "kube-controller-manager");
        }

        await TwiceNothingAsync(bed);
        await bed.DeclareAsync(
            "endpoints",
            "web",
            "{'template':{'subsets':[{'addresses':[{'ip':'10.9.9.9'}],'ports':[{'port':80}]}]},'placement':{'clusters':[{'name':'c1'}]}}");
        var refused = Assert.Single(await bed.SyncAsync(), outcome => outcome is { Cluster: "c1", Resource.Name: "web", Type.Name: "endpoints" });
        Assert.Equal((PlanAction.Error, PropagationReason.AlreadyExists, false), (refused.Action, refused.Reason, refused.Succeeded));
        Assert.Contains("kube-controller-manager makes it from another object", refused.Message, StringComparison.Ordinal);
        Assert.Equal("c1,c2", await bed.WhereAsync(endpoints.Target, "web"));
        await TwiceNothingAsync(bed);
        await bed.DeleteAsync("endpoints", "web");
        await bed.SyncAsync();
        Assert.Null(await bed.FederatedAsync("endpoints", "web"));
        Assert.Equal("c1,c2", await bed.WhereAsync(endpoints.Target, "web"));
    }

    [Fact]
    public async Task What_every_namespace_has_of_its_own_is_refused()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "kube-root-ca.crt", "{'template':{'data':{'ca.crt':'of the host'}},'placement':{'clusterSelector':{}}}");
        var refused = Assert.Single(await bed.SyncAsync(), outcome => outcome is { Cluster: "c1", Resource.Name: "kube-root-ca.crt" });
        Assert.Contains("every namespace has one", refused.Message, StringComparison.Ordinal);
        await TwiceNothingAsync(bed);
    }

    [Fact]
    public void Rules_of_an_aggregated_role_and_the_contents_of_a_token_are_the_clusters_own()
    {
        var role = Desired(
            Make.ClusterRoles,
            "{'template':{'aggregationRule':{'clusterRoleSelectors':[{}]},'rules':[{'verbs':['get'],'resources':['pods'],'apiGroups':['']}]}}");
        Assert.False(role.ContainsKey("rules"));
        Assert.True(role.ContainsKey("aggregationRule"));
        var plain = Desired(Make.ClusterRoles, "{'template':{'rules':[]}}");
        Assert.True(plain.ContainsKey("rules"));
        var token = Desired(
            Make.Type("secrets", KnownResources.Secrets),
            "{'template':{'type':'kubernetes.io/service-account-token','data':{'token':'eA==','ca.crt':'eA==','namespace':'eA==','extra':'eA=='},"
                + "'metadata':{'annotations':{'kubernetes.io/service-account.name':'a','kubernetes.io/service-account.uid':'u'}}}}");
        Assert.Equal("""{"extra":"eA=="}""", token["data"]!.ToJsonString());
        Assert.Equal("a", (string?)token["metadata"]!["annotations"]!["kubernetes.io/service-account.name"]);
        Assert.False(token["metadata"]!["annotations"]!.AsObject().ContainsKey("kubernetes.io/service-account.uid"));
    }

    private static JsonObject Desired(FederatedType type, string spec) => new DesiredSource(Make.Resource(spec, type)).For(Make.Facts("c1")).Json;

    private static async Task TwiceNothingAsync(FederationBed bed)
    {
        await bed.SyncAsync();
        bed.Clear();
        await bed.SyncAsync();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    private static async Task<string> MarkAsync(FederationBed bed)
    {
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        return (await bed.MapAsync("c1", "web"))!.Annotation(KubeFedNames.FederationAnnotation)!;
    }

    private static async Task ApplyAsync(FederationBed bed, string name, string? mark)
    {
        var stray = KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey("ns1", name)).SetLabel(KubeFedNames.ManagedLabel, "true");
        if (mark is not null)
        {
            stray.SetAnnotation(KubeFedNames.FederationAnnotation, mark);
        }

        await bed.Admin("c1").ApplyAsync(KnownResources.ConfigMaps, stray, Ours, default);
    }
}
