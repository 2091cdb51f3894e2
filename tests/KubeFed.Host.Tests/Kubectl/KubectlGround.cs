using KubeFed.Host.SandboxServer;
using KubeFed.Sandbox;
using KubeFed.TestSupport.Servers;

namespace KubeFed.Host.Tests.Kubectl;

/// <summary>Which kubectl a test runs, and the version of the clusters it runs it on.</summary>
public enum Client
{
    /// <summary>The first on PATH, on clusters like v1.31.0.</summary>
    OfThePath,

    /// <summary>The one beside the test servers (<c>KUBEBUILDER_ASSETS</c> or the cache), on clusters like v1.20.2.</summary>
    OfTheServers,
}

/// <summary>Sandboxes that listen, one for each kind of kubectl, shared by the tests of a class.</summary>
public sealed class KubectlGround : IAsyncLifetime
{
    private readonly Dictionary<Client, Place> _places = [];
    private readonly SemaphoreSlim _gate = new(1, 1);
    private int _namespaces;

    /// <summary>A namespace of its own, and kubectl set to work in it; skips the test where there is no such kubectl.</summary>
    public async Task<KubectlSession> OpenAsync(Client client)
    {
        var place = await PlaceOfAsync(client);
        var @namespace = $"test-{Interlocked.Increment(ref _namespaces)}";
        var session = new KubectlSession(Find(client)!, place.Home, place.Kubeconfig, @namespace);
        await session.OkAsync("create", "namespace", @namespace);
        return session;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var place in _places.Values)
        {
            await place.Listener.DisposeAsync();
            await place.Sandbox.DisposeAsync();
            Directory.Delete(place.Home, recursive: true);
        }

        _gate.Dispose();
    }

    private static string? Find(Client client) => client == Client.OfTheServers
        ? ServerBinaries.Find() is { } binaries && File.Exists(Path.Combine(binaries.Directory, "kubectl")) ? Path.Combine(binaries.Directory, "kubectl") : null
        : (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, OperatingSystem.IsWindows() ? "kubectl.exe" : "kubectl"))
            .FirstOrDefault(File.Exists);

    private async Task<Place> PlaceOfAsync(Client client)
    {
        if (Find(client) is null)
        {
            Assert.Skip(client == Client.OfThePath
                ? "There is no kubectl on PATH; install one."
                : "There is no kubectl beside the test servers; run tests/servers/install.sh, or name a directory that holds one in KUBEBUILDER_ASSETS.");
        }

        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (!_places.TryGetValue(client, out var place))
            {
                var sandbox = Sandbox.Sandbox.Start(new SandboxOptions { Clusters = ["host", "cluster1"], Version = client == Client.OfThePath ? "v1.31.0" : "v1.20.2" });
                var listener = await SandboxListener.StartAsync(sandbox, 0, TestContext.Current.CancellationToken);
                var home = Directory.CreateTempSubdirectory("kubefed-kubectl-").FullName;
                var kubeconfig = Path.Combine(home, "kubeconfig");
                await ListenerKubeconfig.WriteAsync(kubeconfig, ListenerKubeconfig.Of(listener.Clusters), TestContext.Current.CancellationToken);
                _places[client] = place = new Place(sandbox, listener, home, kubeconfig);
            }

            return place;
        }
        finally
        {
            _gate.Release();
        }
    }

    private sealed record Place(Sandbox.Sandbox Sandbox, SandboxListener Listener, string Home, string Kubeconfig);
}
