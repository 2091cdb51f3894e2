using System.Text.Json.Nodes;
using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeFed.Benchmarks;

/// <summary>A host and three members with a federated namespace, and the objects all contestants move.</summary>
internal sealed class Arena : IDisposable
{
    private readonly IKubeClient _host;
    private long _writes;

    private Arena(RealClusters clusters, int count)
    {
        Clusters = clusters;
        Count = count;
        var clients = new KubeClientFactory(wrap: (handler, _) => new Counter(this, handler));
        _host = clients.Create(clusters[0].ToConnectionSettings());
        Federation = new Federation(new FederationOptions
        {
            Host = _host,
            HostName = clusters[0].Name,
            Clients = clients,
            Loggers = NullLoggerFactory.Instance,
        });
    }

    internal RealClusters Clusters { get; }

    internal int Count { get; }

    internal Federation Federation { get; }

    internal FederatedType Type { get; private set; } = null!;

    internal long Writes => Interlocked.Read(ref _writes);

    internal static async Task<Arena> OpenAsync(RealClusters clusters, int count, CancellationToken cancellationToken)
    {
        var arena = new Arena(clusters, count);
        var federation = arena.Federation;
        await federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, cancellationToken);
        foreach (var member in clusters.Clusters.Skip(1))
        {
            var request = new JoinRequest { Name = member.Name, Member = member.ToConnectionSettings() };
            var joined = await federation.Clusters.JoinAsync(request, NullSink.Instance, cancellationToken);
            await federation.Clusters.CheckAsync(joined.Cluster, HealthPolicy.Default with { Timeout = TimeSpan.FromSeconds(10) }, record: true, cancellationToken);
        }

        await federation.Types.EnableAsync(new EnableRequest { Name = "namespaces" }, NullSink.Instance, cancellationToken);
        await federation.Types.EnableAsync(new EnableRequest { Name = "configmaps" }, NullSink.Instance, cancellationToken);
        arena.Type = await federation.Types.ResolveAsync("configmaps", cancellationToken);
        return arena;
    }

    /// <summary>Federates a namespace and declares the ConfigMaps in it.</summary>
    /// <param name="space">The namespace.</param>
    /// <param name="byKubectl">As somebody else would, who knows nothing of our finalizer.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal async Task DeclareAsync(string space, bool byKubectl, CancellationToken cancellationToken)
    {
        var namespaces = await Federation.Types.ResolveAsync("namespaces", cancellationToken);
        var plain = KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped(space));
        var made = await _host.CreateAsync(KnownResources.Namespaces, plain, WriteOptions.Default, cancellationToken);
        await Federation.Resources.CreateAsync(Federation.Resources.FromTarget(namespaces, made, PlacementSpec.All), dryRun: false, cancellationToken);
        await SyncAsync(space, cancellationToken);
        await Parallel.ForEachAsync(Names, Options(cancellationToken), async (name, token) =>
        {
            var draft = Federation.Resources.Draft(new NewFederatedResource
            {
                Type = Type,
                Key = new ObjectKey(space, name),
                Template = new JsonObject { ["data"] = Data("first") },
                Placement = PlacementSpec.All,
            });
            if (byKubectl)
            {
                await _host.CreateAsync(Type.Federated, draft.Object, WriteOptions.Default with { FieldManager = "kubectl-create" }, token);
            }
            else
            {
                await Federation.Resources.CreateAsync(draft, dryRun: false, token);
            }
        });
    }

    /// <summary>Changes every template.</summary>
    internal Task ChangeAsync(string space, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(Names, Options(cancellationToken), async (name, token) =>
        {
            var patch = new JsonObject { ["spec"] = new JsonObject { ["template"] = new JsonObject { ["data"] = Data("second") } } };
            await _host.PatchAsync(Type.Federated, new ObjectKey(space, name), KubePatch.Merge(patch), WriteOptions.Default, token);
        });

    /// <summary>Marks every federated ConfigMap for deletion.</summary>
    internal Task DeleteAsync(string space, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(Names, Options(cancellationToken), async (name, token) =>
            await _host.DeleteAsync(Type.Federated, new ObjectKey(space, name), DeleteOptions.Default, token));

    internal async Task<int> SyncAsync(string space, CancellationToken cancellationToken, bool fromCache = false)
    {
        var request = new SyncRequest { Namespaces = [space], FromCache = fromCache };
        var outcomes = 0;
        await foreach (var outcome in Federation.Sync.RunAsync(request, NullSink.Instance, cancellationToken))
        {
            outcomes++;
            if (!outcome.Succeeded)
            {
                throw new InvalidOperationException($"{outcome.Resource} in {outcome.Cluster}: {outcome.Reason} {outcome.Message}");
            }
        }

        return outcomes;
    }

    internal IEnumerable<string> Names => Enumerable.Range(0, Count).Select(number => $"cm-{number:d5}");

    /// <summary>256 bytes, as in the figures these are compared with.</summary>
    internal static JsonObject Data(string version) => new() { ["payload"] = version.PadRight(256, '.') };

    public void Dispose()
    {
        Federation.Dispose();
        _host.Dispose();
    }

    private static ParallelOptions Options(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken };

    private sealed class Counter(Arena arena, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method != HttpMethod.Get)
            {
                Interlocked.Increment(ref arena._writes);
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}
