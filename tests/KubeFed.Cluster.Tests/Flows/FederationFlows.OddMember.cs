using System.Text.Json.Nodes;
using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Cluster.Tests.Flows;

public abstract partial class FederationFlows
{
    [Fact]
    public async Task One_members_odd_answer_over_a_real_socket_is_that_members_failure_and_nobody_elses()
    {
        const string Shop = "flow-odd-shop";
        using var fleet = await InstalledAsync("flow-odd");
        foreach (var name in new[] { "namespaces", "configmaps" })
        {
            await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = name }, NullSink.Instance, None);
        }

        var (good, odd) = (fleet.Clusters[1], fleet.Clusters[2]);
        foreach (var settings in new[] { good, odd })
        {
            await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = settings.Name, Member = settings }, NullSink.Instance, None);
        }

        await using var member = await OddMember.StartAsync(HandlerFor(fleet, odd), odd.Server);
        await MergeAsync(
            fleet,
            CoreResources.KubeFedClusters,
            new ObjectKey("flow-odd", odd.Name),
            $$"""{"spec":{"apiEndpoint":"{{member.Server.AbsoluteUri.TrimEnd('/')}}"} }""");
        await EnsureNamespaceAsync(fleet.Host, Shop);
        await DeclareAsync(fleet, "namespaces", Shop, Shop, """{"placement":{"clusterSelector":{}}}""");
        await DeclareAsync(fleet, "configmaps", Shop, "web", """{"template":{"data":{"a":"None"}},"placement":{"clusterSelector":{}}}""");
        await SyncedAsync(fleet, Shop);
        var type = await fleet.Federation.Types.ResolveAsync("configmaps", None);
        using var goodClient = fleet.Factory.Create(good);
        using var oddClient = fleet.Factory.Create(odd);

        foreach (var oddity in Enum.GetValues<Oddity>().Where(oddity => oddity != Oddity.None))
        {
            member.Oddity = oddity;
            await MergeAsync(fleet, type.Federated, new ObjectKey(Shop, "web"), $$"""{"spec":{"template":{"data":{"a":"{{oddity}}"} } } }""");

            var request = new SyncRequest { Namespaces = [Shop], Types = ["configmaps"] };
            var outcomes = await fleet.Federation.Sync.RunAsync(request, NullSink.Instance, None).ToListAsync(None);

            var failed = outcomes.Where(outcome => !outcome.Succeeded).ToList();
            Assert.True(failed.Count > 0 && failed.All(outcome => outcome.Cluster == odd.Name), $"{oddity}: {string.Join("; ", outcomes)}");
            Assert.All(failed, outcome => Assert.NotEmpty(outcome.Message));
            Assert.All(failed, outcome => Assert.Same(outcome.Message, Printable.Of(outcome.Message)));
            Assert.Equal(oddity.ToString(), await DataAsync(goodClient));
            var stored = await fleet.Host.GetAsync(type.Federated, new ObjectKey(Shop, "web"), None);
            Assert.DoesNotContain(Texts(stored.Status), text => !ReferenceEquals(text, Printable.Of(text)));
        }

        member.Oddity = Oddity.None;
        await SyncedAsync(fleet, Shop);
        Assert.Equal(nameof(Oddity.ForgedLines), await DataAsync(oddClient));
        await fleet.Host.DeleteAsync(type.Federated, new ObjectKey(Shop, "web"), Kubernetes.Client.DeleteOptions.Default, None);
        await SyncedAsync(fleet, Shop);

        async Task<string> DataAsync(Kubernetes.Client.IKubeClient client) =>
            (await client.GetAsync(KnownResources.ConfigMaps, new ObjectKey(Shop, "web"), None)).Json["data"]!["a"]!.GetValue<string>();
    }

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(entry => Texts(entry.Value)),
        JsonArray list => list.SelectMany(Texts),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };

    /// <summary>The way to a cluster for bytes alone: credentials come with each request.</summary>
    private static HttpMessageHandler HandlerFor(Fleet fleet, ConnectionSettings cluster) =>
        fleet.Transports.Select(transport => transport.TryCreateHandler(cluster.Server)).FirstOrDefault(made => made is not null)
        ?? new SocketsHttpHandler
        {
            UseProxy = false,
#pragma warning disable CA5359 // The server is this test's own, on loopback.
            SslOptions = new() { RemoteCertificateValidationCallback = (_, _, _, _) => true },
#pragma warning restore CA5359
        };
}
