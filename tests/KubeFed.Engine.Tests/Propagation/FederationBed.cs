using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Engine.Scheduling;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;
using KubeFed.Sandbox;
using KubeFed.TestSupport.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>
/// A host and members in memory with a control plane, joined clusters and enabled types, and short ways to declare resources, sync and look. Requests
/// pass a fault handler and a counter on their way, per server.
/// </summary>
internal sealed class FederationBed : IAsyncDisposable, IEngineSink
{
    private static readonly WriteOptions User = new() { FieldManager = "user" };

    private readonly ConcurrentDictionary<string, (CountingHandler Counter, FaultHandler Faults)> _wires = new();
    private readonly Dictionary<string, IKubeClient> _admins = [];

    private FederationBed(Sandbox.Sandbox sandbox, TimeProvider? time)
    {
        Sandbox = sandbox;
        Clients = new KubeClientFactory([sandbox.Transport], time: time, wrap: (inner, settings) =>
        {
            // One wire per server, whoever makes the client; the counter sits inside, so that it counts what reaches the server.
            var wire = _wires.GetOrAdd(settings.Server.Host.Split('.')[0], _ => (new CountingHandler(inner), new FaultHandler()));
            wire.Faults.InnerHandler ??= wire.Counter;
            return new Unowned(wire.Faults);
        });
        foreach (var cluster in sandbox.Clusters)
        {
            _admins[cluster.Name] = new KubeClientFactory([sandbox.Transport]).Create(cluster.Settings);
        }

        Federation = Open();
    }

    public Sandbox.Sandbox Sandbox { get; }

    public KubeClientFactory Clients { get; }

    public Federation Federation { get; private set; }

    public List<string> Warnings { get; } = [];

    /// <summary>What was said to those who want to know everything.</summary>
    public List<string> Details { get; } = [];

    public List<FederationException> Errors { get; } = [];

    public List<EngineProgress> Progressed { get; } = [];

    public static async Task<FederationBed> StartAsync(
        int members = 3,
        bool adopt = true,
        ControlPlaneScope scope = ControlPlaneScope.Cluster,
        bool hostIsMember = false,
        string[]? types = null,
        string[]? namespaces = null,
        TimeProvider? time = null,
        bool workloads = true)
    {
        var sandbox = KubeFed.Sandbox.Sandbox.Start(new SandboxOptions
        {
            Clusters = ["host", .. Enumerable.Range(1, members).Select(i => $"c{i}")],
            SimulateWorkloads = workloads,
        });
        var bed = new FederationBed(sandbox, time);
        await bed.Federation.ControlPlane.InstallAsync(new InstallRequest { Scope = scope, AdoptResources = adopt }, bed,
            TestContext.Current.CancellationToken);
        foreach (var cluster in bed.Sandbox.Clusters.Where(c => hostIsMember || c != bed.Sandbox.Host))
        {
            await bed.Federation.Clusters.JoinAsync(new JoinRequest { Name = cluster.Name, Member = cluster.Settings }, bed,
                TestContext.Current.CancellationToken);
        }

        foreach (var type in types ?? ["namespaces", "configmaps", "deployments.apps", "services", "secrets"])
        {
            await bed.Federation.Types.EnableAsync(new EnableRequest { Name = type }, bed, TestContext.Current.CancellationToken);
        }

        foreach (var name in namespaces ?? ["ns1"])
        {
            await bed.Admin("host").CreateAsync(KnownResources.Namespaces, KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped(name)),
                User, default);
        }

        bed.Clear();
        return bed;
    }

    /// <summary>As <see cref="StartAsync"/>, with ns1 federated to all members and synchronised.</summary>
    public static async Task<FederationBed> WithNamespaceAsync(int members = 3, bool adopt = true, bool hostIsMember = false, TimeProvider? time = null)
    {
        var bed = await StartAsync(members, adopt, hostIsMember: hostIsMember, time: time);
        await bed.FederateNamespaceAsync("ns1");
        await bed.SyncAsync();
        bed.Clear();
        return bed;
    }

    /// <summary>A control plane client with nothing remembered, as a new process would have.</summary>
    public Federation Open(TimeProvider? time = null, SchedulingSettings? scheduling = null)
    {
        Federation?.Dispose();
        return Federation = new Federation(new FederationOptions
        {
            Host = Clients.Create(Sandbox.Host.Settings),
            HostName = "host",
            Clients = Clients,
            Loggers = NullLoggerFactory.Instance,
            Time = time ?? TimeProvider.System,
            Scheduling = scheduling ?? SchedulingSettings.Default,
        });
    }

    /// <summary>A way into a cluster that passes neither counters nor faults.</summary>
    public IKubeClient Admin(string cluster) => _admins[cluster];

    public CountingHandler Wire(string cluster) => _wires[cluster].Counter;

    public FaultHandler Faults(string cluster) => _wires[cluster].Faults;

    /// <summary>Every write that reached a server since the last <see cref="Clear"/>.</summary>
    public IReadOnlyList<string> Writes => [.. _wires.OrderBy(w => w.Key).SelectMany(w => w.Value.Counter.Writes.Select(r => $"{w.Key} {r.Method} {r.Path}"))];

    /// <summary>Every request that reached a server since the last <see cref="Clear"/>.</summary>
    public IReadOnlyList<(string Server, string Method, string Path, string Query)> Requests =>
        [.. _wires.OrderBy(w => w.Key).SelectMany(w => w.Value.Counter.Requests.Select(r => (w.Key, r.Method, r.Path, r.Query)))];

    public void Clear()
    {
        foreach (var wire in _wires.Values)
        {
            wire.Counter.Clear();
        }
    }

    /// <summary>Looked up past the counters where the name is the config's own.</summary>
    public async Task<FederatedType> TypeAsync(string name) =>
        await Admin("host").FindAsync(CoreResources.FederatedTypeConfigs, new ObjectKey(Federation.SystemNamespace, name), default) is { } config
            ? FederatedTypeReader.Read(config)
            : await Federation.Types.ResolveAsync(name, default);

    /// <summary>Stores a federated object as a user would: type, name, and its spec in JSON where single quotes will do.</summary>
    public async Task<KubeObject> DeclareAsync(string typeName, string name, string spec, string @namespace = "ns1")
    {
        var type = await TypeAsync(typeName);
        var value = KubeObject.Create(type.Federated, new ObjectKey(@namespace, name));
        value.Json["spec"] = Make.Json(spec);
        return await Admin("host").CreateAsync(type.Federated, value, User, default);
    }

    public Task<KubeObject> FederateNamespaceAsync(string name, string placement = "{'clusterSelector':{}}") =>
        DeclareAsync("namespaces", name, $"{{'placement':{placement}}}", name);

    public async Task<KubeObject> ChangeAsync(string typeName, string name, string mergePatch, string @namespace = "ns1")
    {
        var type = await TypeAsync(typeName);
        return await Admin("host").PatchAsync(type.Federated, new ObjectKey(@namespace, name), KubePatch.Merge((JsonObject)Make.Json(mergePatch)!), User,
            default);
    }

    /// <summary>Labels a member's registration as a user would; null removes the label.</summary>
    public Task LabelAsync(string cluster, params (string Key, string? Value)[] labels) =>
        Federation.Clusters.LabelAsync(cluster, labels.ToDictionary(label => label.Key, label => label.Value), default);

    public async Task DeleteAsync(string typeName, string name, string? annotation = null, string value = "true", string @namespace = "ns1")
    {
        var type = await TypeAsync(typeName);
        if (annotation is not null)
        {
            var patch = KubePatch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [annotation] = value } } });
            await Admin("host").PatchAsync(type.Federated, new ObjectKey(@namespace, name), patch, User, default);
        }

        await Admin("host").DeleteAsync(type.Federated, new ObjectKey(@namespace, name), DeleteOptions.Default, default);
    }

    public async Task<KubeObject?> FederatedAsync(string typeName, string name, string @namespace = "ns1")
    {
        var type = await TypeAsync(typeName);
        return await Admin("host").FindAsync(type.Federated, new ObjectKey(@namespace, name), default);
    }

    public async Task<PropagationStatus> StatusAsync(string typeName, string name, string @namespace = "ns1") =>
        PropagationStatus.Read(await FederatedAsync(typeName, name, @namespace) ?? throw new InvalidOperationException($"There is no {typeName} {name}."));

    /// <summary>The condition and every cluster's status in one line: <c>True c1=Ok c2=ClusterNotReady</c>.</summary>
    public async Task<string> BriefAsync(string typeName, string name, string @namespace = "ns1")
    {
        var status = await StatusAsync(typeName, name, @namespace);
        var reason = status.Condition!.Reason == AggregateReason.None ? string.Empty : $"/{status.Condition.Reason}";
        return string.Join(' ', status.Clusters.Select(c => $"{c.Name}={c.Reason}").Prepend($"{status.Condition.Propagated}{reason}"));
    }

    public async Task<KubeObject?> CopyAsync(string cluster, ApiResource resource, string name, string? @namespace = "ns1") =>
        await Admin(cluster).FindAsync(resource, new ObjectKey(resource.Namespaced ? @namespace : null, name), default);

    public Task<KubeObject?> MapAsync(string cluster, string name = "web") => CopyAsync(cluster, KnownResources.ConfigMaps, name);

    /// <summary>Names of the clusters that hold the copy.</summary>
    public async Task<string> WhereAsync(ApiResource resource, string name, string? @namespace = "ns1")
    {
        var found = new List<string>();
        foreach (var cluster in Sandbox.Clusters)
        {
            if (await CopyAsync(cluster.Name, resource, name, @namespace) is not null)
            {
                found.Add(cluster.Name);
            }
        }

        return string.Join(',', found);
    }

    /// <summary>Changes a member's object as somebody there would.</summary>
    public Task<KubeObject> EditAsync(string cluster, ApiResource resource, string name, string mergePatch, string? @namespace = "ns1") =>
        Admin(cluster).PatchAsync(resource, new ObjectKey(resource.Namespaced ? @namespace : null, name),
            KubePatch.Merge((JsonObject)Make.Json(mergePatch)!), User, default);

    public Task<KubeObject> PutAsync(string cluster, ApiResource resource, string name, string json, string @namespace = "ns1", string manager = "user")
    {
        var value = KubeObject.Create(resource, new ObjectKey(@namespace, name));
        foreach (var (key, node) in (JsonObject)Make.Json(json)!)
        {
            if (key == "metadata")
            {
                foreach (var (field, content) in node!.AsObject())
                {
                    value.Metadata[field] = content?.DeepClone();
                }
            }
            else
            {
                value.Json[key] = node?.DeepClone();
            }
        }

        return Admin(cluster).CreateAsync(resource, value, new WriteOptions { FieldManager = manager }, default);
    }

    public async Task<IReadOnlyList<SyncOutcome>> SyncAsync(SyncRequest? request = null, CancellationToken cancellationToken = default)
    {
        var outcomes = new List<SyncOutcome>();
        await foreach (var outcome in Federation.Sync.RunAsync(request ?? new SyncRequest(), this, cancellationToken))
        {
            outcomes.Add(outcome);
        }

        return outcomes;
    }

    public async ValueTask DisposeAsync()
    {
        Federation.Dispose();
        foreach (var admin in _admins.Values)
        {
            admin.Dispose();
        }

        await Sandbox.DisposeAsync();
    }

    void IEngineSink.Verbose(string message)
    {
        lock (Details)
        {
            Details.Add(message);
        }
    }

    void IEngineSink.Warning(string message)
    {
        lock (Warnings)
        {
            Warnings.Add(message);
        }
    }

    void IEngineSink.Progress(EngineProgress progress)
    {
        lock (Progressed)
        {
            Progressed.Add(progress);
        }
    }

    void IEngineSink.Error(FederationException error)
    {
        lock (Errors)
        {
            Errors.Add(error);
        }
    }

    /// <summary>Lets several clients share a wire: a client that is closed does not close it.</summary>
    private sealed class Unowned(HttpMessageHandler inner) : HttpMessageHandler
    {
        private readonly HttpMessageInvoker _inner = new(inner, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            _inner.SendAsync(request, cancellationToken);
    }
}
