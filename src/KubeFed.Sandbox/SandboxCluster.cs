using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;
using KubeFed.Sandbox.Builtins;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox;

/// <summary>A Kubernetes cluster in memory: an API server, its objects and its controllers. Safe for concurrent use.</summary>
public sealed class SandboxCluster
{
    private readonly ClusterState _state;
    private readonly ApiServer _server;
    private readonly RequestCounters _counters = new();
    private readonly bool _simulated;

    internal SandboxCluster(string name, ClusterOptions options, SandboxOptions sandbox)
    {
        Name = name;
        Options = options;
        Version = options.Version;
        _simulated = sandbox.SimulateWorkloads;
        ServerUri = new Uri($"http://{name}.sandbox.invalid");
        _state = new ClusterState(name, KubernetesVersion.Parse(options.Version), sandbox.TimeProvider, sandbox.HistoryWindow);
        _server = new ApiServer(_state, ServerUri, sandbox.SimulateWorkloads, sandbox.BookmarkInterval);
        Bootstrap.Fill(_state, _server, options);
    }

    public string Name { get; }

    /// <summary><c>http://name.sandbox.invalid</c>; the sandbox's transport claims it.</summary>
    public Uri ServerUri { get; }

    /// <summary>What <c>/version</c> says, such as <c>v1.31.0-sandbox</c>.</summary>
    public string Version { get; }

    public ClusterOptions Options { get; }

    /// <summary>True makes every request fail as if the host could not be reached.</summary>
    public bool Offline { get; set; }

    /// <summary>How long every answer takes; zero answers at once.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>False is a cluster without a controller manager: nothing is defaulted, collected or brought to life after a write.</summary>
    public bool ControllersRun
    {
        get => _server.Controllers.IsRunning;
        set => _server.Controllers.IsRunning = value;
    }

    /// <summary>True, the default, lets controllers finish inside each write; false waits for <see cref="SettleAsync"/>.</summary>
    public bool SettlesAfterWrites
    {
        get => _server.Controllers.SettlesAfterWrites;
        set => _server.Controllers.SettlesAfterWrites = value;
    }

    /// <summary>Requests that only read (GET), lists and watches among them.</summary>
    public long Reads => _counters.Reads;

    /// <summary>Requests that write: POST, PUT, PATCH, DELETE, refused ones among them; dry runs are not.</summary>
    public long Writes => _counters.Writes;

    /// <summary>Objects of all kinds.</summary>
    public int ObjectCount => _state.Store.Count;

    /// <summary>The newest resourceVersion.</summary>
    public long ResourceVersion => _state.Store.ResourceVersion;

    /// <summary>An administrator's bearer token.</summary>
    public string AdminToken => _server.Tokens.AdminToken;

    /// <summary>The cluster's certificate authority, PEM.</summary>
    public string CertificateAuthority => _server.Tokens.Authority;

    /// <summary>A TLS certificate for a listener on loopback, issued by <see cref="CertificateAuthority"/>; with its key. The caller disposes of it.</summary>
    public X509Certificate2 IssueServerCertificate() => _server.Tokens.Certificates.IssueServer();

    /// <summary>A client certificate that the cluster knows as <paramref name="user"/> in <paramref name="groups"/>; with its key. The caller disposes of it.</summary>
    public X509Certificate2 IssueClientCertificate(string user, IEnumerable<string> groups) => _server.Tokens.Certificates.IssueClient(user, groups);

    /// <summary>Settings that connect as administrator.</summary>
    public ConnectionSettings Settings => new() { Name = Name, Server = ServerUri, Credentials = new TokenCredentials(AdminToken) };

    /// <summary>Sets <see cref="Reads"/> and <see cref="Writes"/> to zero.</summary>
    public void ResetCounters() => _counters.Reset();

    /// <summary>Runs the controllers until they have nothing left to do.</summary>
    public Task SettleAsync()
    {
        _server.Controllers.Settle(force: true);
        return Task.CompletedTask;
    }

    /// <summary>Forgets the history of changes: watches and pages that want to go on from an older version get 410 Gone.</summary>
    public void CompactHistory() => _state.Store.Compact();

    /// <summary>Everything stored, as it is now, for <see cref="Restore"/>.</summary>
    public ClusterImage Save()
    {
        lock (_state.Store.Gate)
        {
            return new ClusterImage(this, _state.Store.Save(), _state.Catalog.Save(), _state.Store.ResourceVersion);
        }
    }

    /// <summary>
    /// Goes back to an image of this cluster, as a server does whose etcd is restored from a backup: resourceVersions go back too, watches end, older
    /// positions are gone. Tokens and certificates stay valid.
    /// </summary>
    /// <exception cref="ArgumentException">The image is of another cluster.</exception>
    /// <exception cref="InvalidOperationException">Workloads are simulated: where pods run is known to the scheduler only.</exception>
    public void Restore(ClusterImage image)
    {
        if (image.Cluster != this)
        {
            throw new ArgumentException($"The image is of cluster '{image.Cluster.Name}' and can't become '{Name}'; restore it there.", nameof(image));
        }

        if (_simulated)
        {
            throw new InvalidOperationException(
                $"'{Name}' simulates workloads, and its scheduler would not know of the restored pods; start the sandbox with SimulateWorkloads = false.");
        }

        lock (_state.Store.Gate)
        {
            _state.Catalog.Restore(image.Definitions);
            _state.Store.Restore(image.Objects, image.ResourceVersion);
        }
    }

    /// <summary>Ends all open watches, as a server that restarts does.</summary>
    public void CloseWatches() => _state.Store.CloseWatches();

    /// <summary>Answers a request; how listeners and the in-process transport reach the server. Does not look at <see cref="Offline"/>.</summary>
    public SandboxResponse Handle(SandboxRequest request)
    {
        _counters.Count(request);
        return _server.Handle(request);
    }

    /// <summary>Puts an object in without a request, as an administrator's create would; the namespace is made if it is missing.</summary>
    /// <returns>The stored object.</returns>
    public KubeObject Seed(KubeObject value)
    {
        lock (_state.Store.Gate)
        {
            var gvk = value.Gvk;
            var resource = _state.Catalog.All.FirstOrDefault(type => type.Group == gvk.Group && type.Version == gvk.Version && type.Kind == gvk.Kind && !type.Virtual)
                ?? throw new ArgumentException($"The cluster '{Name}' serves no {gvk}; create its CustomResourceDefinition first.", nameof(value));
            var home = resource.Namespaced ? value.Namespace ?? "default" : string.Empty;
            if (home.Length > 0 && _state.Store.Find("namespaces", string.Empty, home) is null)
            {
                var space = new JsonObject { ["metadata"] = new JsonObject { ["name"] = home } };
                _server.Writer.Create(_state.Catalog.BuiltIn("Namespace"), string.Empty, space, new WriteContext("sandbox"));
            }

            var created = _server.Writer.Create(resource, home, value.Json, new WriteContext("sandbox"));
            _server.Controllers.Settle();
            return new KubeObject((_state.Store.Find(resource.StorageKey, home, created.Object.Name) ?? created.Object).Parse());
        }
    }

    /// <summary>Reads an object without a request; null when there is none.</summary>
    public KubeObject? Peek(ApiResource resource, ObjectKey key)
    {
        var type = _state.Catalog.Find(resource.Group, resource.Version, resource.Plural);
        var found = type is null ? null : _state.Store.Find(type.StorageKey, type.Namespaced ? key.Namespace ?? string.Empty : string.Empty, key.Name);
        return found is null ? null : new KubeObject(ObjectView.Parse(found, type!, _state.Types));
    }

    internal void Refuse(SandboxRequest request) => _counters.Count(request);

    internal ClusterState State => _state;
}

/// <summary>Counts requests by what they do.</summary>
internal sealed class RequestCounters
{
    private long _reads;
    private long _writes;

    public long Reads => Interlocked.Read(ref _reads);

    public long Writes => Interlocked.Read(ref _writes);

    public void Count(SandboxRequest request)
    {
        if (request.Method is "GET" or "HEAD")
        {
            Interlocked.Increment(ref _reads);
        }
        else if (!request.Query.Contains("dryRun=All", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _writes);
        }
    }

    public void Reset()
    {
        Interlocked.Exchange(ref _reads, 0);
        Interlocked.Exchange(ref _writes, 0);
    }
}
