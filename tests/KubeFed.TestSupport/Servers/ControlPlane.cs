using System.Net;
using System.Text.Json;

namespace KubeFed.TestSupport.Servers;

/// <summary>One cluster's servers: an API server that can go away and come back on its port, and the controllers behind it.</summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly RunDirectory _run;
    private readonly ServerBinaries _binaries;
    private readonly string[] _apiServerFlags;
    private readonly string[] _managerFlags;
    private readonly bool _hasTokenSecrets;
    private ServerProcess? _apiServer;
    private ServerProcess? _manager;

    public ControlPlane(
        RealCluster cluster, ClusterAuthority authority, RunDirectory run, ServerBinaries binaries, ServerFlags flags, Version version, int etcdPort)
    {
        Cluster = cluster;
        Authority = authority;
        _run = run;
        _binaries = binaries;

        // Until 1.24 Pods are refused while their service account has no token secret.
        _hasTokenSecrets = version < new Version(1, 24);
        var files = ControlPlaneFiles.Write(Path.Combine(run.Path, cluster.Name), cluster, authority);
        _apiServerFlags = [.. flags.ApiServer(files, cluster.Name, cluster.Server.Port, etcdPort)];
        _managerFlags = [.. flags.ControllerManager(files)];
    }

    public RealCluster Cluster { get; }

    public ClusterAuthority Authority { get; }

    public IEnumerable<int> ProcessIds => new[] { _apiServer, _manager }.Where(process => process is { HasExited: false }).Select(process => process!.Id);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await StartApiServerAsync(cancellationToken).ConfigureAwait(false);
        if (_binaries.ControllerManager is { } manager)
        {
            _manager = ServerProcess.Start($"{Cluster.Name}-controller-manager", _run, manager, _managerFlags);
            await UntilAsync(_manager, HasDefaultServiceAccountAsync, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Returns when <c>/readyz</c> says ok; does nothing while the server runs.</summary>
    public async Task StartApiServerAsync(CancellationToken cancellationToken)
    {
        if (_apiServer is { HasExited: false })
        {
            return;
        }

        _apiServer?.Dispose();
        _apiServer = ServerProcess.Start($"{Cluster.Name}-apiserver", _run, _binaries.ApiServer, _apiServerFlags);
        await UntilAsync(_apiServer, IsReadyAsync, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns when the process has gone and its port refuses connections; open watches would keep it for a minute, so it is not left long.</summary>
    public Task StopApiServerAsync() => _apiServer?.StopAsync(TimeSpan.FromSeconds(1)) ?? Task.CompletedTask;

    public void PauseApiServer() => _apiServer?.Pause();

    public void ResumeApiServer() => _apiServer?.Send(Signal.Continue);

    public async ValueTask DisposeAsync()
    {
        // Clients before servers, so that nobody logs a storm of refused connections.
        foreach (var process in new[] { _manager, _apiServer })
        {
            if (process is not null)
            {
                await process.StopAsync(Patience).ConfigureAwait(false);
                process.Dispose();
            }
        }

        Authority.Dispose();
    }

    private static async Task<bool> IsReadyAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using var response = await client.GetAsync("readyz", cancellationToken).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.OK;
    }

    private async Task<bool> HasDefaultServiceAccountAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using var response = await client.GetAsync("api/v1/namespaces/default/serviceaccounts/default", cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return false;
        }

        using var account = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));
        return !_hasTokenSecrets || (account.RootElement.TryGetProperty("secrets", out var secrets) && secrets.GetArrayLength() > 0);
    }

    private async Task UntilAsync(ServerProcess process, Func<HttpClient, CancellationToken, Task<bool>> condition, CancellationToken cancellationToken)
    {
        using var client = Cluster.CreateClient();
        client.Timeout = TimeSpan.FromSeconds(5);
        var last = "it has not answered";
        try
        {
            while (true)
            {
                if (process.HasExited)
                {
                    throw Failure(process, "ended");
                }

                try
                {
                    if (await condition(client, cancellationToken).ConfigureAwait(false))
                    {
                        return;
                    }

                    last = "it answers, but not what is awaited";
                }
                catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
                {
                    last = error.Message;
                }

                await Task.Delay(PollInterval, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw Failure(process, $"is not ready in time ({last})");
        }
    }

    private static ServerStartException Failure(ServerProcess process, string what) =>
        new($"{process.Name} {what}. The end of {process.LogPath}:\n{process.LogTail()}");
}
