using System.Net;
using System.Net.Sockets;

namespace KubeFed.TestSupport.Servers;

/// <summary>
/// Real Kubernetes control planes on loopback, for as long as a test needs them: one etcd for all, and for each cluster an API server with RBAC, its own
/// certificate authority and, where the binary is there, a controller manager. There are no nodes: Pods stay Pending. Everything stops with
/// <see cref="DisposeAsync"/>, and with this process however it ends.
/// </summary>
/// <example><code>
/// if (RealClusters.SkipReason is { } reason) { Assert.Skip(reason); }
/// await using var clusters = await RealClusters.StartAsync(3, cancellationToken);
/// var settings = clusters[0].ToConnectionSettings();
/// </code></example>
public sealed class RealClusters : IAsyncDisposable
{
    private const string Missing = "real API servers not found: run tests/servers/install.sh or set KUBEBUILDER_ASSETS";
    private const int Attempts = 3;
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);

    private readonly RunDirectory _run;
    private readonly ServerProcess _etcd;
    private readonly ControlPlane[] _planes;
    private bool _disposed;

    private RealClusters(RunDirectory run, ServerProcess etcd, ControlPlane[] planes, ServerBinaries binaries, Version version)
    {
        _run = run;
        _etcd = etcd;
        _planes = planes;
        Binaries = binaries;
        ServerVersion = version;
        Clusters = [.. planes.Select(plane => plane.Cluster)];
        KubeconfigYaml = KubeconfigText.Of(Clusters);
        KubeconfigPath = Path.Combine(run.Path, "kubeconfig");
    }

    /// <summary>
    /// Why tests that need real servers cannot run here; null when they can. Throws <see cref="InvalidOperationException"/> instead of giving a reason when
    /// <c>KUBEFED_REQUIRE_SERVERS=1</c>, so that such tests fail rather than skip where they must run.
    /// </summary>
    public static string? SkipReason
    {
        get
        {
            if (ServerBinaries.Find() is not null)
            {
                return null;
            }

            return Environment.GetEnvironmentVariable("KUBEFED_REQUIRE_SERVERS") == "1"
                ? throw new InvalidOperationException($"{Missing} (KUBEFED_REQUIRE_SERVERS=1 forbids skipping)")
                : Missing;
        }
    }

    public ServerBinaries Binaries { get; }

    /// <summary>Such as 1.20.2.</summary>
    public Version ServerVersion { get; }

    /// <summary>Whether controllers run: namespaces finish deleting, owners' dependants are collected, service accounts and Pods appear.</summary>
    public bool HasControllerManager => Binaries.ControllerManager is not null;

    public IReadOnlyList<RealCluster> Clusters { get; }

    /// <summary>Contexts <c>cluster1</c> to <c>clusterN</c>; the first is current. The file goes when this is disposed.</summary>
    public string KubeconfigPath { get; }

    public string KubeconfigYaml { get; }

    /// <summary>Every server process that runs now, etcd first.</summary>
    public IReadOnlyList<int> ProcessIds => [_etcd.Id, .. _planes.SelectMany(plane => plane.ProcessIds)];

    public RealCluster this[int index] => Clusters[index];

    /// <summary>
    /// Returns when every cluster answers <c>/readyz</c> and, with controllers, has its default service account; after three minutes it gives up with a
    /// <see cref="ServerStartException"/> that shows the log of the server at fault.
    /// </summary>
    public static async Task<RealClusters> StartAsync(int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var binaries = ServerBinaries.Find() ?? throw new InvalidOperationException(Missing);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        var version = await binaries.ReadVersionAsync(limit.Token).ConfigureAwait(false);
        var flags = await ServerFlags.ReadAsync(binaries, limit.Token).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryStartAsync(count, binaries, version, flags, limit.Token).ConfigureAwait(false);
            }
            catch (ServerStartException lost) when (attempt < Attempts && lost.Message.Contains("address already in use", StringComparison.Ordinal))
            {
                // Another process was faster; other ports will do.
            }
        }
    }

    /// <summary>Ends one API server; connections to its port are then refused. Its data stays.</summary>
    public Task StopServerAsync(int index) => _planes[index].StopApiServerAsync();

    /// <summary>Brings a stopped API server back on the same port with the same data; returns when it is ready.</summary>
    public async Task StartServerAsync(int index, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        await _planes[index].StartApiServerAsync(limit.Token).ConfigureAwait(false);
    }

    /// <summary>The API server keeps its port and answers nothing (SIGSTOP): a hang, not an outage.</summary>
    public void PauseServer(int index) => _planes[index].PauseApiServer();

    public void ResumeServer(int index) => _planes[index].ResumeApiServer();

    /// <summary>
    /// A client certificate of that cluster for any user; a negative <paramref name="validFor"/>, down to minus 19 days, gives one that has expired.
    /// </summary>
    public PemPair IssueClientCertificate(int index, string user, IEnumerable<string> groups, TimeSpan? validFor = null) =>
        _planes[index].Authority.IssueClient(user, groups, validFor);

    public async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            await EndAsync(_run, _etcd, _planes).ConfigureAwait(false);
        }
    }

    private static async Task<RealClusters> TryStartAsync(
        int count, ServerBinaries binaries, Version version, ServerFlags flags, CancellationToken cancellationToken)
    {
        var run = await RunDirectory.CreateAsync(cancellationToken).ConfigureAwait(false);
        ServerProcess? etcd = null;
        var planes = new List<ControlPlane>();
        try
        {
            var ports = LoopbackPorts.Find(count + 2);
            etcd = ServerProcess.Start("etcd", run, binaries.Etcd, flags.Etcd(Path.Combine(run.Path, "etcd"), ports[^2], ports[^1]));
            for (var index = 0; index < count; index++)
            {
                planes.Add(Plan(index + 1, ports[index]));
            }

            await UntilListeningAsync(etcd, ports[^2], cancellationToken).ConfigureAwait(false);
            await StartTogetherAsync(planes, cancellationToken).ConfigureAwait(false);
            var clusters = new RealClusters(run, etcd, [.. planes], binaries, version);
            await File.WriteAllTextAsync(clusters.KubeconfigPath, clusters.KubeconfigYaml, cancellationToken).ConfigureAwait(false);
            return clusters;

            ControlPlane Plan(int number, int port)
            {
                var name = $"cluster{number}";
                var authority = ClusterAuthority.Create($"{name}-ca", TimeProvider.System);
                var admin = authority.IssueClient($"{name}-admin", ["system:masters"]);
                var cluster = new RealCluster(name, new Uri($"https://127.0.0.1:{port}"), authority.CertificatePem, admin);
                return new ControlPlane(cluster, authority, run, binaries, flags, version, ports[^2]);
            }
        }
        catch
        {
            await EndAsync(run, etcd, planes).ConfigureAwait(false);
            throw;
        }
    }

    // The first failure is the one to tell; what the others say once they are called off would hide it.
    private static async Task StartTogetherAsync(IEnumerable<ControlPlane> planes, CancellationToken cancellationToken)
    {
        using var others = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var starts = planes.Select(plane => plane.StartAsync(others.Token)).ToArray();
        try
        {
            await foreach (var done in Task.WhenEach(starts).ConfigureAwait(false))
            {
                await done.ConfigureAwait(false);
            }
        }
        catch
        {
            await others.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(starts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private static async Task UntilListeningAsync(ServerProcess etcd, int port, CancellationToken cancellationToken)
    {
        while (!etcd.HasExited)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, cancellationToken).ConfigureAwait(false);
            }
        }

        throw new ServerStartException($"etcd ended. The end of {etcd.LogPath}:\n{etcd.LogTail()}");
    }

    private static async ValueTask EndAsync(RunDirectory run, ServerProcess? etcd, IReadOnlyCollection<ControlPlane> planes)
    {
        await Task.WhenAll(planes.Select(plane => plane.DisposeAsync().AsTask())).ConfigureAwait(false);
        if (etcd is not null)
        {
            await etcd.StopAsync(TimeSpan.FromSeconds(3)).ConfigureAwait(false);
            etcd.Dispose();
        }

        await run.DisposeAsync().ConfigureAwait(false);
    }
}
