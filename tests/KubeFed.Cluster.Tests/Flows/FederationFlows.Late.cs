using System.Text.Json.Nodes;
using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeFed.Cluster.Tests.Flows;

/// <content>Requests that reach a server after their resource was deleted, and what depends on a copy that is deleted.</content>
public abstract partial class FederationFlows
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_request_that_arrives_after_a_deletion_leaves_a_copy(bool killed)
    {
        var shop = killed ? "flow-late-killed" : "flow-late-alive";
        using var fleet = await InstalledAsync(shop + "-system");
        foreach (var name in (string[])["namespaces", "configmaps", "services"])
        {
            await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = name }, NullSink.Instance, None);
        }

        var settings = fleet.Clusters[1];
        await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = settings.Name, Member = settings }, NullSink.Instance, None);
        using var member = fleet.Factory.Create(settings);
        await EnsureNamespaceAsync(fleet.Host, shop);
        await DeclareAsync(fleet, "namespaces", shop, shop, """{"placement":{"clusterSelector":{}}}""");
        await SyncedAsync(fleet, shop);

        // A creation, which nobody can refuse, of a kind with a guard and of one whose guard servers before 1.23 answer with 500.
        await LateAsync(KnownResources.ConfigMaps, "created", [201]);
        await LateAsync(KnownResources.Services, "created", [201, 500]);

        // An update of a copy that is gone, and an adoption of an object that is.
        await LateAsync(KnownResources.ConfigMaps, "updated", [409], synced: true, change: """{"spec":{"template":{"data":{"a":"2"}}}}""");
        await LateAsync(KnownResources.ConfigMaps, "adopted", [409], there: true);

        async Task LateAsync(ApiResource kind, string name, int[] expected, bool synced = false, string? change = null, bool there = false)
        {
            var key = new ObjectKey(shop, name);
            var type = await fleet.Federation.Types.ResolveAsync(kind.QualifiedName, None);
            var template = kind.Kind == "Service" ? """{"spec":{"ports":[{"port":80}]}}""" : """{"data":{"a":"1"}}""";
            if (there)
            {
                await member.CreateAsync(kind, KubeObject.Create(kind, key), new WriteOptions { FieldManager = "somebody" }, None);
            }

            await DeclareAsync(fleet, kind.QualifiedName, shop, name, "{\"template\":" + template + ""","placement":{"clusterSelector":{}}}""");
            if (synced)
            {
                await SyncedAsync(fleet, shop);
                await MergeAsync(fleet, type.Federated, key, change!);
            }

            var held = new HeldRequest(
                request => request.Method == HttpMethod.Patch
                    && request.RequestUri!.Authority == settings.Server.Authority
                    && request.RequestUri.AbsolutePath.EndsWith($"/namespaces/{shop}/{kind.Plural}/{name}", StringComparison.Ordinal)
                    && (!there || NamesUid(request)),
                killed);
            var factory = new KubeClientFactory(fleet.Transports, wrap: (inner, _) => held.Wrap(inner));
            using var host = factory.Create(fleet.Clusters[0]);
            using var other = new KubeFed.Engine.Federation(new FederationOptions
            {
                Host = host,
                HostName = fleet.Clusters[0].Name,
                SystemNamespace = fleet.Federation.SystemNamespace,
                Clients = factory,
                Loggers = NullLoggerFactory.Instance,
            });
            var run = other.Sync.RunAsync(new SyncRequest { Namespaces = [shop] }, NullSink.Instance, None).ToListAsync(None).AsTask();
            await held.Held.WaitAsync(None);

            if (there)
            {
                await member.DeleteAsync(kind, key, DeleteOptions.Default, None);
            }

            await fleet.Host.DeleteAsync(type.Federated, key, DeleteOptions.Default, None);
            await EventuallyAsync(async () =>
            {
                await SweptAsync();
                return await fleet.Host.FindAsync(type.Federated, key, None) is null && await member.FindAsync(kind, key, None) is null;
            });

            Assert.Contains(await held.DeliverAsync(None), expected);
            await run;
            await SweptAsync();
            Assert.Null(await member.FindAsync(kind, key, None));
        }

        // The guarded creation finds out that something is there; only then the adoption is sent.
        static bool NamesUid(HttpRequestMessage request) =>
            JsonNode.Parse(request.Content!.ReadAsStringAsync(None).GetAwaiter().GetResult())!["metadata"]?["uid"] is not null;

        // Orphans are looked for by runs over everything; other flows leave theirs on the same servers, and what becomes of those is not asked here.
        async Task SweptAsync() => await fleet.Federation.Sync.RunAsync(new SyncRequest(), NullSink.Instance, None).ToListAsync(None);
    }

    [Fact]
    public async Task A_job_takes_its_pods_along_and_its_namespace_leaves_the_cluster()
    {
        const string Shop = "flow-job-shop";
        using var fleet = await InstalledAsync("flow-job");
        foreach (var name in (string[])["namespaces", "jobs.batch"])
        {
            await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = name }, NullSink.Instance, None);
        }

        var settings = fleet.Clusters[1];
        await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = settings.Name, Member = settings }, NullSink.Instance, None);
        using var member = fleet.Factory.Create(settings);
        await EnsureNamespaceAsync(fleet.Host, Shop);
        await DeclareAsync(fleet, "namespaces", Shop, Shop, """{"placement":{"clusterSelector":{}}}""");
        await DeclareAsync(fleet, "jobs.batch", Shop, "j", """
            {"template":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}},"placement":{"clusterSelector":{}}}
            """);
        await SyncedAsync(fleet, Shop);
        await EventuallyAsync(async () => (await PodsAsync()).Count > 0);

        var jobs = (await fleet.Federation.Types.ResolveAsync("jobs.batch", None)).Federated;
        await fleet.Host.DeleteAsync(jobs, new ObjectKey(Shop, "j"), DeleteOptions.Default, None);
        await SyncedAsync(fleet, Shop);
        await EventuallyAsync(async () => (await PodsAsync()).All(pod => pod.IsDeleting));

        var namespaces = await fleet.Federation.Types.ResolveAsync("namespaces", None);
        await MergeAsync(fleet, namespaces.Federated, new ObjectKey(Shop, Shop), """{"spec":{"placement":{"clusters":[],"clusterSelector":null}}}""");
        await EventuallyAsync(async () =>
        {
            var outcomes = await fleet.Federation.Sync.RunAsync(new SyncRequest { Namespaces = [Shop] }, NullSink.Instance, None).ToListAsync(None);
            Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded, outcome.Message));
            return await member.FindAsync(KnownResources.Namespaces, ObjectKey.ClusterScoped(Shop), None) is null or { IsDeleting: true };
        });

        async Task<IReadOnlyList<KubeObject>> PodsAsync() =>
            (await member.ListAsync(KnownResources.Pods, new ListQuery { Namespace = Shop }, None)).Items;
    }
}
