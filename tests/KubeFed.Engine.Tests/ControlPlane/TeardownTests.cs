using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Tests.Propagation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.ControlPlane;

/// <summary>K-82: unjoin all clusters, delete all types, remove the control plane and its namespace; on clusters in memory.</summary>
public sealed class TeardownTests
{
    private const string Spec = "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}";

    [Fact]
    public async Task K_82_Tearing_down_removes_resources_copies_types_clusters_and_the_control_plane()
    {
        await using var bed = await Propagated();

        var plan = await UninstallAsync(bed, dryRun: true);
        Assert.Equal("c1,c2", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        var done = await UninstallAsync(bed);

        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        Assert.Empty((await bed.Admin("host").ListAsync(KnownResources.CustomResourceDefinitions, new ListQuery(), default)).Items);
        Assert.Null(await bed.CopyAsync("host", KnownResources.Namespaces, KubeFedNames.DefaultSystemNamespace, null));
        Assert.Null(await bed.CopyAsync("c1", KnownResources.Namespaces, "ns1", null));
        Assert.Null(await bed.CopyAsync("c1", KnownResources.Namespaces, KubeFedNames.DefaultSystemNamespace, null));
        Assert.NotNull(await bed.CopyAsync("host", KnownResources.Namespaces, "ns1", null));
        Assert.Subset(
            plan.Changes.Select(change => change.ToString()).ToHashSet(StringComparer.Ordinal),
            done.Changes.Select(change => change.ToString()).Where(change => !change.Contains(" Namespace ns1 ", StringComparison.Ordinal))
                .ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public async Task K_82_A_member_that_cannot_be_reached_ends_it_with_the_control_plane_still_there()
    {
        await using var bed = await Propagated();
        bed.Sandbox["c2"].Offline = true;

        var error = await Assert.ThrowsAsync<FederationException>(() => UninstallAsync(bed));

        Assert.Equal("ResourcesRemain", error.Id);
        Assert.Contains("c2", error.Message, StringComparison.Ordinal);
        Assert.NotNull(await bed.CopyAsync("host", KnownResources.Namespaces, KubeFedNames.DefaultSystemNamespace, null));

        bed.Sandbox["c2"].Offline = false;
        await UninstallAsync(bed);
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
    }

    private static Task<UninstallResult> UninstallAsync(FederationBed bed, bool dryRun = false) => bed.Federation.ControlPlane.UninstallAsync(
        new UninstallRequest { Teardown = true, DeleteDefinitions = true, DryRun = dryRun }, NullSink.Instance, default);

    private static async Task<FederationBed> Propagated()
    {
        var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("configmaps", "web", Spec);
        await bed.SyncAsync();
        return bed;
    }
}
