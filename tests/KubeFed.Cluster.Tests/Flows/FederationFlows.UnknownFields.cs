using System.Text.Json.Nodes;
using KubeFed.Engine;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Cluster.Tests.Flows;

/// <content>What a host's server keeps of a mistyped federated object, and what a sync makes of it.</content>
public abstract partial class FederationFlows
{
    [Fact]
    public async Task E_42_P_55_P_61_A_mistyped_field_is_stored_named_and_touches_no_copy()
    {
        const string Shop = "flow-typo-shop";
        using var fleet = await InstalledAsync("flow-typo");
        foreach (var name in new[] { "namespaces", "configmaps" })
        {
            await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = name }, NullSink.Instance, None);
        }

        var settings = fleet.Clusters[1];
        await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = settings.Name, Member = settings }, NullSink.Instance, None);
        using var member = fleet.Factory.Create(settings);
        var type = (await fleet.Federation.Types.ResolveAsync("configmaps", None)).Federated;
        var key = new ObjectKey(Shop, "web");
        await EnsureNamespaceAsync(fleet.Host, Shop);
        await DeclareAsync(fleet, "namespaces", Shop, Shop, """{"placement":{"clusterSelector":{}}}""");
        await DeclareAsync(fleet, "configmaps", Shop, "web", """{"template":{"data":{"a":"1"}},"placement":{"clusterSelector":{}}}""");
        await SyncedAsync(fleet, Shop);
        var copy = await member.GetAsync(KnownResources.ConfigMaps, key, None);

        // Each is stored as it was written, which a closed schema would not do, and each is refused.
        await MistakenAsync("""{"placement":{"clusterSelector":{"matchLabel":{"tier":"edge"}}}}""", "spec.placement.clusterSelector.matchLabel: unknown field");
        await MistakenAsync(
            """{"placement":{"clusterSelector":{"matchExpressions":[{"key":"a","operator":"Exists","value":["b"]}]}}}""",
            "spec.placement.clusterSelector.matchExpressions[0].value: unknown field; did you mean values?");
        await MistakenAsync("""{"placement":{"cluster":[{"name":"two"}]}}""", "spec.placement.cluster: unknown field; did you mean clusters?");
        await MistakenAsync(
            """{"placement":{"clusters":[{"name":"two","weight":1}]}}""", "spec.placement.clusters[0].weight: unknown field; known here is name");
        await MistakenAsync("""{"placment":{"clusterSelector":{}}}""", "spec.placment: unknown field; did you mean placement?");
        await MistakenAsync(
            $$$"""
            {"placement":{"clusterSelector":{}},
             "overrides":[{"clusterName":"{{{settings.Name}}}","clusterOverrides":[{"path":"/data/a","vlaue":"2"}]}]}
            """,
            "spec.overrides[0].clusterOverrides[0].vlaue: unknown field; did you mean value?");
        await MistakenAsync(
            """{"placement":{"clusterSelector":{}},"overrides":[{"clusterSelectr":{},"clusterOverrides":[]}]}""",
            "spec.overrides[0].clusterSelectr: unknown field; did you mean clusterSelector?");
        Assert.Equal(copy.ResourceVersion, (await member.GetAsync(KnownResources.ConfigMaps, key, None)).ResourceVersion);

        // What is declared in the schema is checked and pruned by it as before, and nobody keeps book of the status's fields.
        await InvalidAsync("""{"placement":{"clusters":"two"}}""");
        await InvalidAsync("""{"placement":{"clusters":[{"weight":1}]}}""");
        await InvalidAsync("""{"overrides":[{"clusterOverrides":[{"vlaue":1}]}]}""");
        var stored = await fleet.Host.GetAsync(type, key, None);
        var ofStatus = stored.Metadata["managedFields"]!.AsArray().Select(entry => entry!["fieldsV1"]!["f:status"]).OfType<JsonObject>();
        Assert.NotEmpty(ofStatus);
        Assert.All(ofStatus, fields => Assert.Empty(fields));

        // Set right, it is propagated; and deleted, it goes.
        await WriteAsync("""{"placement":{"clusterSelector":{}}}""", "2");
        await SyncedAsync(fleet, Shop);
        Assert.Equal("2", (await member.GetAsync(KnownResources.ConfigMaps, key, None)).Json["data"]!["a"]!.GetValue<string>());
        await fleet.Host.DeleteAsync(type, key, DeleteOptions.Default, None);
        await SyncedAsync(fleet, Shop);
        Assert.Null(await member.FindAsync(KnownResources.ConfigMaps, key, None));

        async Task WriteAsync(string spec, string value)
        {
            var wanted = await fleet.Host.GetAsync(type, key, None);
            wanted.Json["spec"] = JsonNode.Parse(spec);
            wanted.Spec!["template"] = new JsonObject { ["data"] = new JsonObject { ["a"] = value } };
            var answer = await fleet.Host.ReplaceAsync(type, wanted, WriteOptions.Default, None);
            Assert.True(JsonNode.DeepEquals(wanted.Spec, answer.Spec), answer.Spec!.ToJsonString());
        }

        async Task MistakenAsync(string spec, string message)
        {
            await WriteAsync(spec, "2");
            await fleet.Federation.Sync.RunAsync(new SyncRequest { Namespaces = [Shop] }, NullSink.Instance, None).ToListAsync(None);
            var status = PropagationStatus.Read(await fleet.Host.GetAsync(type, key, None));
            Assert.Contains(
                status.Clusters.Select(cluster => cluster.Message).Append(status.Condition!.Message),
                text => text.StartsWith(message, StringComparison.Ordinal));
        }

        async Task InvalidAsync(string spec) =>
            Assert.Equal(422, (await Assert.ThrowsAsync<KubeApiException>(() => WriteAsync(spec, "2"))).Code);
    }
}
