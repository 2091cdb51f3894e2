using KubeFed.Engine.Api;
using KubeFed.Engine.Tests.Propagation;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Types;

/// <summary>P-50: a type that is disabled leaves nothing that hangs, on clusters in memory with real finalizers.</summary>
public sealed class DisableCleanupTests
{
    private const string Spec = "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}";

    [Fact]
    public async Task P_50_Delete_removes_the_resources_their_copies_the_definition_and_the_type()
    {
        await using var bed = await Propagated();

        var plan = await DisableAsync(bed, dryRun: true);
        Assert.Equal("c1,c2", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        Assert.All(plan.Changes, change => Assert.False(change.Applied));

        var done = await DisableAsync(bed);

        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        Assert.Equal("c1,c2", await bed.WhereAsync(KnownResources.ConfigMaps, "kept"));
        Assert.Null(await bed.Admin("host").FindAsync(
            KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped("federatedconfigmaps.types.kubefed.io"), default));
        Assert.DoesNotContain(await bed.Federation.Types.ListAsync(default), type => type.Name == "configmaps");
        Assert.Equal(plan.Changes.Select(change => change.ToString()), done.Changes.Select(change => change.ToString()));
        Assert.Equal(
            [
                "Delete FederatedConfigMap ns1/kept in host",
                "Delete FederatedConfigMap ns1/web in host",
                "Delete ConfigMap ns1/web in c1",
                "Delete ConfigMap ns1/web in c2",
                "Update FederatedTypeConfig kube-federation-system/configmaps in host",
                "Delete CustomResourceDefinition federatedconfigmaps.types.kubefed.io in host",
                "Delete FederatedTypeConfig kube-federation-system/configmaps in host",
            ],
            done.Changes.Select(change => change.ToString()));
    }

    [Fact]
    public async Task P_50_While_a_copy_cannot_be_deleted_the_type_stays_enabled_and_the_cluster_is_named()
    {
        await using var bed = await Propagated();
        bed.Sandbox["c2"].Offline = true;

        var error = await Assert.ThrowsAsync<FederationException>(() => DisableAsync(bed));

        Assert.Equal("ResourcesRemain", error.Id);
        Assert.Contains("ns1/web in c2", error.Message, StringComparison.Ordinal);
        Assert.True((await bed.TypeAsync("configmaps")).PropagationEnabled);

        bed.Sandbox["c2"].Offline = false;
        await DisableAsync(bed);
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
    }

    [Fact]
    public async Task P_50_Release_lets_a_resource_be_deleted_by_anyone_and_its_copies_stay()
    {
        await using var bed = await Propagated();
        var type = await bed.TypeAsync("configmaps");

        await bed.Federation.Types.DisableAsync(
            new DisableRequest { Name = "configmaps", Resources = ResourcePolicy.Release }, NullSink.Instance, default);
        await bed.Admin("host").DeleteAsync(type.Federated, new ObjectKey("ns1", "web"), Kubernetes.Client.DeleteOptions.Default, default);

        Assert.Null(await bed.Admin("host").FindAsync(type.Federated, new ObjectKey("ns1", "web"), default));
        Assert.Equal("c1,c2", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
    }

    [Fact]
    public async Task Release_takes_the_marks_off_the_copies_and_leaves_those_of_others_alone()
    {
        await using var bed = await Propagated();
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "theirs", "{'metadata':{'labels':{'kubefed.io/managed':'true'}},'data':{'a':'b'}}");
        var request = new DisableRequest { Name = "configmaps", Resources = ResourcePolicy.Release };

        var planned = await bed.Federation.Types.DisableAsync(request with { DryRun = true }, bed, default);
        Assert.Equal("true", (await bed.MapAsync("c1"))!.Label(KubeFedNames.ManagedLabel));
        var done = await bed.Federation.Types.DisableAsync(request, bed, default);

        foreach (var cluster in (string[])["c1", "c2"])
        {
            var copy = (await bed.MapAsync(cluster))!;
            Assert.Null(copy.Label(KubeFedNames.ManagedLabel));
            Assert.Null(copy.Annotation(KubeFedNames.FederationAnnotation));
            Assert.Single(planned.Changes, change => change.Cluster == cluster && change.Name == "ns1/web");
            Assert.Single(done.Changes, change => change.Cluster == cluster && change.Name == "ns1/web");
        }

        Assert.Equal("true", (await bed.MapAsync("c1", "theirs"))!.Label(KubeFedNames.ManagedLabel));
    }

    [Fact]
    public async Task Release_names_the_cluster_whose_copies_keep_the_label()
    {
        await using var bed = await Propagated();
        bed.Sandbox["c2"].Offline = true;

        await bed.Federation.Types.DisableAsync(new DisableRequest { Name = "configmaps", Resources = ResourcePolicy.Release }, bed, default);

        Assert.Null((await bed.MapAsync("c1"))!.Label(KubeFedNames.ManagedLabel));
        Assert.Contains(bed.Warnings, warning => warning.StartsWith("The configmaps in c2 could not be released: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task P_51_Editing_the_config_of_a_disabled_type_propagates_nothing()
    {
        await using var bed = await Propagated();
        await SetPropagationAsync("Disabled");
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        await bed.Admin("host").PatchAsync(
            CoreResources.FederatedTypeConfigs, new ObjectKey(KubeFedNames.DefaultSystemNamespace, "configmaps"),
            Patch("{'metadata':{'labels':{'edited':'yes'}}}"), Kubernetes.Client.WriteOptions.Default, default);
        bed.Clear();

        await bed.SyncAsync();
        Assert.Empty(bed.Writes);

        await SetPropagationAsync("Enabled");
        await bed.SyncAsync();
        Assert.Equal("2", (await bed.MapAsync("c1"))!.Json["data"]!["a"]!.GetValue<string>());

        Task SetPropagationAsync(string value) => bed.Admin("host").PatchAsync(
            CoreResources.FederatedTypeConfigs, new ObjectKey(KubeFedNames.DefaultSystemNamespace, "configmaps"),
            Patch($"{{'spec':{{'propagation':'{value}'}}}}"), Kubernetes.Client.WriteOptions.Default, default);

        static Kubernetes.Client.KubePatch Patch(string json) =>
            Kubernetes.Client.KubePatch.Merge((System.Text.Json.Nodes.JsonObject)Make.Json(json)!);
    }

    private static Task<DisableResult> DisableAsync(FederationBed bed, bool dryRun = false) => bed.Federation.Types.DisableAsync(
        new DisableRequest { Name = "configmaps", Resources = ResourcePolicy.Delete, DeleteCrd = true, DryRun = dryRun }, NullSink.Instance, default);

    /// <summary>Two ConfigMaps in two members; the one called kept is marked to leave its copies.</summary>
    private static async Task<FederationBed> Propagated()
    {
        var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("configmaps", "web", Spec);
        await bed.DeclareAsync("configmaps", "kept", Spec);
        await bed.ChangeAsync("configmaps", "kept", "{'metadata':{'annotations':{'kubefed.io/orphan':'true'}}}");
        await bed.SyncAsync();
        return bed;
    }
}
