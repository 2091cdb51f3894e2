using System.Text.Json.Nodes;
using KubeFed.Cluster.Tests.Flows;
using KubeFed.Cluster.Tests.Servers;
using KubeFed.Engine;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Cluster.Tests;

/// <summary>
/// Overrides by selector and values made for each cluster, on real API servers: what depends on how a server stores, prunes and validates them. The first
/// cluster is the host and a member too, in the region eu; the second is a member in the region us.
/// </summary>
[Collection(nameof(RealServers))]
public sealed class OverrideTests(TwoClusters servers)
{
    private readonly string _namespace = $"override-{Guid.NewGuid():N}"[..18];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P_60_P_65_Clusters_get_what_their_labels_say_and_a_changed_label_is_sent_to_its_cluster_alone()
    {
        using var fleet = await StartAsync("namespaces", "deployments.apps");
        var type = await fleet.Federation.Types.ResolveAsync("deployments.apps", Token);
        var draft = fleet.Federation.Resources.Draft(new NewFederatedResource
        {
            Type = type,
            Key = Key("web"),
            Template = Json(
                "{'spec':{'replicas':1,'selector':{'matchLabels':{'a':'b'}},"
                + "'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i'}]}}}}"),
            Placement = PlacementSpec.All,
            Overrides =
            [
                new OverrideEntry("second", null, "/spec/replicas", 9),
                new OverrideEntry(null, null, "/spec/replicas", 3) { Selector = Json("{'matchLabels':{'region':'us'}}") },
                new OverrideEntry(null, null, "/spec/template/spec/containers/0/image", null)
                {
                    Selector = Json("{'matchExpressions':[{'key':'region','operator':'Exists'}]}"),
                    ValueTemplate = "${cluster.labels.region}.example.com/${cluster.name}:${cluster.labels.tier:-stable}",
                },
            ],
        });
        await fleet.Federation.Resources.CreateAsync(draft, dryRun: false, Token);

        Assert.All(await SyncAsync(fleet), outcome => Assert.True(outcome.Succeeded, outcome.Message));

        using var second = fleet.Factory.Create(fleet.Clusters[1]);
        Assert.Equal("1 eu.example.com/first:stable", await ShownAsync(fleet.Host));
        Assert.Equal("9 us.example.com/second:stable", await ShownAsync(second));
        fleet.ClearCounts();
        await SyncAsync(fleet);
        Assert.Empty(fleet.Writes);

        await fleet.Federation.Clusters.LabelAsync("first", new Dictionary<string, string?> { ["region"] = "us", ["tier"] = "canary" }, Token);
        fleet.ClearCounts();
        await SyncAsync(fleet);

        Assert.Equal("3 us.example.com/first:canary", await ShownAsync(fleet.Host));
        Assert.Equal("9 us.example.com/second:stable", await ShownAsync(second));
        Assert.Single(fleet.Writes, write => write.Path.EndsWith($"/{_namespace}/deployments/web", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task P_60_P_65_What_KubeFeds_definition_would_prune_is_refused_until_the_type_is_enabled_again()
    {
        using var fleet = await StartAsync("namespaces", "limitranges");
        var type = await fleet.Federation.Types.ResolveAsync("limitranges", Token);
        var resources = fleet.Federation.Resources;
        await ForgetOurFieldsAsync(fleet.Host, $"{type.Federated.Plural}.{type.Federated.Group}");
        var plain = new NewFederatedResource { Type = type, Key = Key("limits"), Template = Json("{'spec':{'limits':[]}}"), Placement = PlacementSpec.All };
        await resources.CreateAsync(resources.Draft(plain), dryRun: false, Token);
        var selecting = new OverrideEntry(null, null, "/metadata/labels/site", null) { Selector = [], ValueTemplate = "${cluster.name}" };

        // A server takes a moment to serve a changed definition.
        FederationException? refused = null;
        while (refused is null)
        {
            try
            {
                await resources.EditAsync(type, plain.Key, resource => OverrideEdit.Add(resource, selecting), dryRun: false, Token);
                await resources.EditAsync(type, plain.Key, resource => OverrideEdit.Remove(resource, selecting.Target), dryRun: false, Token);
            }
            catch (FederationException error)
            {
                refused = error;
            }
        }

        Assert.Equal("FederatedDefinitionTooOld", refused.Id);
        Assert.Null((await resources.FindAsync(type, plain.Key, Token))!.Overrides);
        await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = "limitranges" }, NullSink.Instance, Token);
        JsonArray? stored = null;
        while (stored is null)
        {
            try
            {
                stored = (await resources.EditAsync(type, plain.Key, resource => OverrideEdit.Add(resource, selecting), dryRun: false, Token)).Overrides;
            }
            catch (FederationException error) when (error.Id == "FederatedDefinitionTooOld")
            {
                await Task.Delay(100, Token);
            }
        }

        Assert.True(JsonNode.DeepEquals(
            Json("{'clusterOverrides':[{'path':'/metadata/labels/site','valueTemplate':'${cluster.name}'}],'clusterSelector':{}}"), Assert.Single(stored)));
        await SyncAsync(fleet);
        Assert.Equal("first", (await fleet.Host.GetAsync(type.Target, plain.Key, Token)).Label("site"));
    }

    /// <summary>A control plane with both clusters joined, the types enabled, and a federated namespace for this test.</summary>
    private async Task<Fleet> StartAsync(params string[] types)
    {
        var clusters = await servers.GetAsync(Token);
        var fleet = new Fleet([.. clusters.Clusters.Select(cluster => cluster.ToConnectionSettings())], "kubefed-override-tests", []);
        await fleet.Federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, Token);
        foreach (var (name, region, settings) in new[] { ("first", "eu", fleet.Clusters[0]), ("second", "us", fleet.Clusters[1]) })
        {
            await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = name, Member = settings }, NullSink.Instance, Token);
            await fleet.Federation.Clusters.LabelAsync(name, new Dictionary<string, string?> { ["region"] = region, ["tier"] = null }, Token);
        }

        foreach (var type in types)
        {
            await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = type }, NullSink.Instance, Token);
        }

        await fleet.Host.CreateAsync(
            KnownResources.Namespaces, KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped(_namespace)), WriteOptions.Default, Token);
        var namespaces = await fleet.Federation.Types.ResolveAsync("namespaces", Token);
        var draft = fleet.Federation.Resources.Draft(new NewFederatedResource
        {
            Type = namespaces, Key = new ObjectKey(_namespace, _namespace), Template = [], Placement = PlacementSpec.All,
        });
        await fleet.Federation.Resources.CreateAsync(draft, dryRun: false, Token);
        return fleet;
    }

    /// <summary>Takes from a definition what KubeFed's does not have.</summary>
    private static async Task ForgetOurFieldsAsync(IKubeClient host, string name)
    {
        var definition = await host.GetAsync(KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped(name), Token);
        var spec = definition.Spec!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!;
        var entry = spec["properties"]!["overrides"]!["items"]!["properties"]!;
        entry.AsObject().Remove("clusterSelector");
        entry["clusterOverrides"]!["items"]!["properties"]!.AsObject().Remove("valueTemplate");
        Close(spec);
        await host.ReplaceAsync(KnownResources.CustomResourceDefinitions, definition, WriteOptions.Default, Token);
    }

    private static void Close(JsonNode? schema)
    {
        if (schema?["properties"] is JsonObject properties)
        {
            schema.AsObject().Remove("x-kubernetes-preserve-unknown-fields");
            foreach (var (_, property) in properties)
            {
                Close(property);
            }
        }

        if (schema?["items"] is { } items)
        {
            Close(items);
        }
    }

    private async Task<IReadOnlyList<SyncOutcome>> SyncAsync(Fleet fleet)
    {
        var outcomes = new List<SyncOutcome>();
        await foreach (var outcome in fleet.Federation.Sync.RunAsync(new SyncRequest { Namespaces = [_namespace] }, NullSink.Instance, Token))
        {
            outcomes.Add(outcome);
        }

        return outcomes;
    }

    private async Task<string> ShownAsync(IKubeClient cluster)
    {
        var spec = (await cluster.GetAsync(KnownResources.Deployments, Key("web"), Token)).Spec!;
        return $"{spec["replicas"]} {spec["template"]!["spec"]!["containers"]![0]!["image"]}";
    }

    private ObjectKey Key(string name) => new(_namespace, name);

    private static JsonObject Json(string text) => (JsonObject)JsonNode.Parse(text.Replace('\'', '"'))!;
}
