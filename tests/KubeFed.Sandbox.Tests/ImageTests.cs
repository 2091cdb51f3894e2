using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Sandbox.Tests;

/// <summary>Clusters that go back to what they were.</summary>
public sealed class ImageTests
{
    private static readonly SandboxOptions Plain = new() { Clusters = ["host", "other"], SimulateWorkloads = false };
    private static readonly ApiResource Gadgets = new("example.com", "v1", "Gadget", "gadgets", Namespaced: true);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restored_cluster_has_what_it_had_and_nothing_that_came_later()
    {
        await using var fixture = new SandboxFixture(Plain);
        var kept = await fixture.Client.CreateAsync(KnownResources.ConfigMaps, Map("kept", "1"), WriteOptions.Default, Cancel);
        await fixture.Client.CreateAsync(KnownResources.ConfigMaps, Map("deleted", "1"), WriteOptions.Default, Cancel);
        var image = fixture.Cluster.Save();
        await fixture.Client.CreateAsync(KnownResources.ConfigMaps, Map("later", "1"), WriteOptions.Default, Cancel);
        await fixture.Client.DeleteAsync(KnownResources.ConfigMaps, Key("deleted"), DeleteOptions.Default, Cancel);
        var change = KubePatch.Merge(new JsonObject { ["data"] = new JsonObject { ["a"] = "2" } });
        await fixture.Client.PatchAsync(KnownResources.ConfigMaps, Key("kept"), change, WriteOptions.Default, Cancel);

        fixture.Cluster.Restore(image);

        Assert.Equal(kept.Json.ToJsonString(), (await fixture.Client.GetAsync(KnownResources.ConfigMaps, Key("kept"), Cancel)).Json.ToJsonString());
        Assert.NotNull(await fixture.Client.FindAsync(KnownResources.ConfigMaps, Key("deleted"), Cancel));
        Assert.Null(await fixture.Client.FindAsync(KnownResources.ConfigMaps, Key("later"), Cancel));
        Assert.Equal(image.ResourceVersion, fixture.Cluster.ResourceVersion);
        var next = await fixture.Client.CreateAsync(KnownResources.ConfigMaps, Map("next", "1"), WriteOptions.Default, Cancel);
        Assert.Equal($"{image.ResourceVersion + 1}", next.ResourceVersion);
    }

    [Fact]
    public async Task Types_defined_later_are_not_served_after_a_restore_and_owners_still_take_their_dependents_along()
    {
        await using var fixture = new SandboxFixture(Plain);
        var owner = await fixture.Client.CreateAsync(KnownResources.ConfigMaps, Map("owner", "1"), WriteOptions.Default, Cancel);
        var owned = Map("owned", "1");
        owned.Metadata["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["name"] = "owner", ["uid"] = owner.Uid,
        });
        await fixture.Client.CreateAsync(KnownResources.ConfigMaps, owned, WriteOptions.Default, Cancel);
        var image = fixture.Cluster.Save();
        fixture.Cluster.Seed(Definition());
        await fixture.Client.ListAsync(Gadgets, new ListQuery(), Cancel);

        fixture.Cluster.Restore(image);

        Assert.True((await Assert.ThrowsAsync<KubeApiException>(() => fixture.Client.ListAsync(Gadgets, new ListQuery(), Cancel))).IsNotFound);
        await fixture.Client.DeleteAsync(KnownResources.ConfigMaps, Key("owner"), DeleteOptions.Default, Cancel);
        Assert.Null(await fixture.Client.FindAsync(KnownResources.ConfigMaps, Key("owned"), Cancel));
    }

    [Fact]
    public async Task An_image_is_of_one_cluster_and_of_no_simulated_workloads()
    {
        await using var fixture = new SandboxFixture(Plain);
        await using var simulated = new SandboxFixture();

        var foreign = Assert.Throws<ArgumentException>(() => fixture.Sandbox["other"].Restore(fixture.Cluster.Save()));
        var running = Assert.Throws<InvalidOperationException>(() => simulated.Cluster.Restore(simulated.Cluster.Save()));

        Assert.Contains("'host'", foreign.Message, StringComparison.Ordinal);
        Assert.Contains("SimulateWorkloads", running.Message, StringComparison.Ordinal);
    }

    private static ObjectKey Key(string name) => new("default", name);

    private static KubeObject Map(string name, string value)
    {
        var map = KubeObject.Create(KnownResources.ConfigMaps, Key(name));
        map.Json["data"] = new JsonObject { ["a"] = value };
        return map;
    }

    private static KubeObject Definition() => KubeObject.Parse(
        """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"gadgets.example.com"},
         "spec":{"group":"example.com","scope":"Namespaced","names":{"kind":"Gadget","plural":"gadgets","singular":"gadget","listKind":"GadgetList"},
         "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}
        """);
}
