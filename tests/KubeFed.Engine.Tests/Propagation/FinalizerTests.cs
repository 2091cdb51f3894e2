using System.Net;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>When a federated resource gets the finalizer that makes its deletion a sync's (E-27).</summary>
public class FinalizerTests
{
    [Fact]
    public async Task What_is_created_here_has_it_from_the_beginning_so_that_its_first_sync_writes_nothing_but_status_to_the_host()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);

        var created = await CreateAsync(bed, "configmaps");
        bed.Clear();
        await bed.SyncAsync();

        Assert.True(created.HasSyncFinalizer);
        Assert.EndsWith("/federatedconfigmaps/web/status", Assert.Single(bed.Writes, write => write.StartsWith("host", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal("True c1=Ok c2=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task Deleted_before_its_first_sync_it_goes_with_that_sync()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        var created = await CreateAsync(bed, "configmaps");
        await bed.Federation.Resources.DeleteAsync(created.Type, created.Key, orphan: false, dryRun: false, TestContext.Current.CancellationToken);
        Assert.True((await bed.FederatedAsync("configmaps", "web"))!.IsDeleting);

        await bed.SyncAsync();

        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
        Assert.Null(await bed.MapAsync("c1"));
    }

    [Fact]
    public async Task Finalizers_of_its_own_stay()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        var type = await bed.TypeAsync("configmaps");
        var draft = Draft(bed, type, "ns1");
        draft.Object.Metadata["finalizers"] = new JsonArray("example.com/x");

        var created = await bed.Federation.Resources.CreateAsync(draft, dryRun: false, TestContext.Current.CancellationToken);

        Assert.Equal(["example.com/x", KubeFedNames.SyncFinalizer], created.Object.Finalizers);
        Assert.Equal(["example.com/x"], draft.Object.Finalizers);
    }

    [Fact]
    public async Task A_type_that_is_not_propagated_gives_none_for_nobody_would_take_it_off()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.Admin("host").PatchAsync(
            CoreResources.FederatedTypeConfigs,
            new ObjectKey("kube-federation-system", "secrets"),
            KubePatch.Merge(new JsonObject { ["spec"] = new JsonObject { ["propagation"] = "Disabled" } }),
            WriteOptions.Default,
            TestContext.Current.CancellationToken);

        Assert.False((await CreateAsync(bed, "secrets")).HasSyncFinalizer);
    }

    [Theory]
    [InlineData("ns1", false)]
    [InlineData("kube-federation-system", true)]
    public async Task A_control_plane_of_one_namespace_gives_it_only_there(string @namespace, bool expected)
    {
        await using var bed = await FederationBed.StartAsync(members: 1, scope: ControlPlaneScope.Namespaced, types: ["configmaps"]);

        Assert.Equal(expected, (await CreateAsync(bed, "configmaps", @namespace)).HasSyncFinalizer);
    }

    [Theory]
    [InlineData("default", false)]
    [InlineData("ns1", true)]
    public async Task A_federated_namespace_that_is_passed_over_gets_none_E20(string name, bool expected)
    {
        await using var bed = await FederationBed.StartAsync(members: 1, types: ["namespaces"]);

        Assert.Equal(expected, (await CreateAsync(bed, "namespaces", name, name)).HasSyncFinalizer);
    }

    [Fact]
    public async Task Whoever_may_not_read_the_configuration_creates_all_the_same_and_the_first_sync_adds_it()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        bed.Faults("host").When(
            request => request.RequestUri!.AbsolutePath.Contains("/kubefedconfigs/", StringComparison.Ordinal), Fault.Refuse(HttpStatusCode.Forbidden, "Forbidden"), times: 1);

        Assert.False((await CreateAsync(bed, "configmaps")).HasSyncFinalizer);
        await bed.SyncAsync();

        Assert.Contains(KubeFedNames.SyncFinalizer, (await bed.FederatedAsync("configmaps", "web"))!.Finalizers);
    }

    private static async Task<FederatedResource> CreateAsync(FederationBed bed, string typeName, string @namespace = "ns1", string name = "web")
    {
        var type = await bed.TypeAsync(typeName);
        return await bed.Federation.Resources.CreateAsync(Draft(bed, type, @namespace, name), dryRun: false, TestContext.Current.CancellationToken);
    }

    private static FederatedResource Draft(FederationBed bed, FederatedType type, string @namespace, string name = "web") =>
        bed.Federation.Resources.Draft(new NewFederatedResource
        {
            Type = type,
            Key = new ObjectKey(@namespace, name),
            Template = new JsonObject { ["data"] = new JsonObject { ["a"] = "MQ==" } },
            Placement = PlacementSpec.All,
        });
}
