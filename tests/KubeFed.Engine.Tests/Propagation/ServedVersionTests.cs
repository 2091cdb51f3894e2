using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Comparison;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>A member that serves a type in another version than the one that is enabled.</summary>
public class ServedVersionTests
{
    private const string Everywhere = "{'template':{'spec':{'size':1}},'placement':{'clusterSelector':{}}}";

    private static readonly ApiResource s_v1 = new("example.io", "v1", "Widget", "widgets", true);
    private static readonly ApiResource s_v1beta1 = s_v1 with { Version = "v1beta1" };

    [Fact]
    public async Task P_53_A_member_that_serves_another_version_gets_its_copies_in_that_one()
    {
        await using var bed = await StartAsync();
        await bed.DeclareAsync("widgets.example.io", "w", Everywhere);
        var outcomes = await bed.SyncAsync();

        Assert.Equal("True c1=Ok c2=Ok", await bed.BriefAsync("widgets.example.io", "w"));
        Assert.All(outcomes, o => Assert.True(o.Succeeded, o.Message));
        Assert.Equal(1, (await bed.CopyAsync("c2", s_v1beta1, "w"))!.Spec!["size"]!.GetValue<int>());

        await bed.EditAsync("c2", s_v1beta1, "w", "{'spec':{'size':5}}");
        await bed.SyncAsync();
        Assert.Equal(1, (await bed.CopyAsync("c2", s_v1beta1, "w"))!.Spec!["size"]!.GetValue<int>());
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
        Assert.DoesNotContain(bed.Wire("c1").Requests, r => r.Path is "/apis" or "/api");

        await bed.DeleteAsync("widgets.example.io", "w");
        await bed.SyncAsync();
        Assert.Null(await bed.FederatedAsync("widgets.example.io", "w"));
        Assert.Null(await bed.CopyAsync("c1", s_v1, "w"));
        Assert.Null(await bed.CopyAsync("c2", s_v1beta1, "w"));
    }

    [Fact]
    public async Task P_53_Adoption_and_orphaning_go_by_the_version_the_member_serves()
    {
        await using var bed = await StartAsync();
        await bed.PutAsync("c2", s_v1beta1, "w", "{'spec':{'size':7}}");
        await bed.DeclareAsync("widgets.example.io", "w", Everywhere);
        var adopted = (await bed.SyncAsync()).Single(o => o is { Cluster: "c2", Resource.Name: "w" });
        Assert.Equal(PlanAction.Adopt, adopted.Action);
        await bed.DeleteAsync("widgets.example.io", "w", KubeFedNames.OrphanAnnotation);
        await bed.SyncAsync();
        Assert.Null((await bed.CopyAsync("c2", s_v1beta1, "w"))!.Label(KubeFedNames.ManagedLabel));

        await bed.PutAsync("c2", s_v1beta1, "stray", "{'metadata':{'labels':{'kubefed.io/managed':'true'}},'spec':{'size':7}}", manager: "hyperfed");
        await bed.SyncAsync();
        Assert.Null((await bed.CopyAsync("c2", s_v1beta1, "stray"))!.Label(KubeFedNames.ManagedLabel));
    }

    [Fact]
    public async Task P_53_Looking_at_copies_and_comparing_them_goes_by_the_version_the_member_serves()
    {
        await using var bed = await StartAsync();
        var value = await bed.DeclareAsync("widgets.example.io", "w", Everywhere);
        await bed.SyncAsync();
        await bed.EditAsync("c2", s_v1beta1, "w", "{'spec':{'size':5}}");
        var resource = new FederatedResource(await bed.TypeAsync("widgets.example.io"), value);

        var copies = new Dictionary<string, KubeObject?>();
        await foreach (var copy in bed.Federation.Resources.CopiesAsync(resource, null, default))
        {
            copies[copy.Cluster] = copy.Object;
        }

        Assert.Equal(["example.io/v1", "example.io/v1beta1"], copies.OrderBy(copy => copy.Key).Select(copy => copy.Value!.ApiVersion));

        var preview = await bed.Federation.Sync.PreviewAsync(bed, default);
        var fields = new Dictionary<string, string>();
        await foreach (var cell in preview.CompareAsync((await StoredAsync(bed))!, null, default))
        {
            fields[cell.Cluster] = string.Join(',', cell.Fields.Where(f => f.State != FieldState.Same).Select(f => $"{f.State} {f.Path}"));
        }

        Assert.Equal((string.Empty, "Differs /spec/size"), (fields["c1"], fields["c2"]));

        async Task<FederatedResource?> StoredAsync(FederationBed from) => new(resource.Type, (await from.FederatedAsync("widgets.example.io", "w"))!);
    }

    [Fact]
    public async Task P_53_A_version_that_the_template_chooses_is_the_only_one_that_will_do()
    {
        await using var bed = await StartAsync();
        await bed.DeclareAsync("widgets.example.io", "w", "{'template':{'apiVersion':'example.io/v1','spec':{'size':1}},'placement':{'clusterSelector':{}}}");
        var refused = (await bed.SyncAsync()).Single(o => o is { Cluster: "c2", Resource.Name: "w" });
        Assert.Equal(PropagationReason.TypeNotServed, refused.Reason);
        Assert.Equal("False/CheckClusters c1=Ok c2=TypeNotServed", await bed.BriefAsync("widgets.example.io", "w"));
    }

    [Fact]
    public async Task P_53_An_override_may_choose_the_version_for_its_cluster()
    {
        await using var bed = await StartAsync();
        await bed.DeclareAsync("widgets.example.io", "w",
            "{'template':{'spec':{'size':1}},'placement':{'clusterSelector':{}},'overrides':[{'clusterName':'c2','clusterOverrides':"
                + "[{'path':'/apiVersion','value':'example.io/v1beta1'}]}]}");
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok c2=Ok", await bed.BriefAsync("widgets.example.io", "w"));
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task P_53_A_member_that_upgrades_is_not_written_to_for_its_new_version()
    {
        await using var bed = await StartAsync();
        await bed.DeclareAsync("widgets.example.io", "w", Everywhere);
        await bed.SyncAsync();
        await DefineAsync(bed, "c2", "v1beta1", "v1");
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
        await bed.ChangeAsync("widgets.example.io", "w", "{'spec':{'template':{'spec':{'size':2}}}}");
        await bed.SyncAsync();
        Assert.Equal(2, (await bed.CopyAsync("c2", s_v1, "w"))!.Spec!["size"]!.GetValue<int>());
        Assert.Equal("True c1=Ok c2=Ok", await bed.BriefAsync("widgets.example.io", "w"));
    }

    [Fact]
    public async Task P_49_A_member_that_serves_no_version_is_said_not_to_serve_the_type()
    {
        await using var bed = await StartAsync();
        await bed.Admin("c2").DeleteAsync(KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped("widgets.example.io"), DeleteOptions.Default,
            default);
        await bed.DeclareAsync("widgets.example.io", "w", Everywhere);
        await bed.SyncAsync();
        Assert.Equal("False/CheckClusters c1=Ok c2=TypeNotServed", await bed.BriefAsync("widgets.example.io", "w"));
    }

    [Fact]
    public async Task P_14_P_53_A_cluster_that_leaves_loses_the_label_on_copies_in_its_own_version()
    {
        await using var bed = await StartAsync();
        await bed.DeclareAsync("widgets.example.io", "w", Everywhere);
        await bed.SyncAsync();
        await bed.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = "c2", Policy = LeavePolicy.Orphan }, bed, default);
        Assert.Null((await bed.CopyAsync("c2", s_v1beta1, "w"))!.Label(KubeFedNames.ManagedLabel));
    }

    private static async Task<FederationBed> StartAsync()
    {
        var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await DefineAsync(bed, "host", "v1");
        await DefineAsync(bed, "c1", "v1");
        await DefineAsync(bed, "c2", "v1beta1");
        await bed.Federation.Types.EnableAsync(new EnableRequest { Name = "widgets.example.io" }, bed, default);
        bed.Clear();
        return bed;
    }

    /// <summary>The last version is the one that is stored.</summary>
    private static async Task DefineAsync(FederationBed bed, string cluster, params string[] versions)
    {
        var definition = KubeObject.Create(KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped("widgets.example.io"));
        var served = versions.Select(version => Make.Json(
            $$"""
            {'name':'{{version}}','served':true,'storage':{{(version == versions[^1] ? "true" : "false")}},'schema':{'openAPIV3Schema':{'type':'object',
             'properties':{'spec':{'type':'object','properties':{'size':{'type':'integer'} } } } } } }
            """));
        definition.Json["spec"] = Make.Json("{'group':'example.io','scope':'Namespaced','names':{'kind':'Widget','plural':'widgets'}}");
        definition.Spec!["versions"] = new JsonArray([.. served]);
        if (await bed.CopyAsync(cluster, KnownResources.CustomResourceDefinitions, "widgets.example.io", null) is { } existing)
        {
            definition.ResourceVersion = existing.ResourceVersion;
            await bed.Admin(cluster).ReplaceAsync(KnownResources.CustomResourceDefinitions, definition, WriteOptions.Default, default);
        }
        else
        {
            await bed.Admin(cluster).CreateAsync(KnownResources.CustomResourceDefinitions, definition, WriteOptions.Default, default);
        }
    }
}
