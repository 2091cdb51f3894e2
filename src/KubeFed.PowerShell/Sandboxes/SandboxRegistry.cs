using KubeFed.Kubernetes.Client;

namespace KubeFed.PowerShell.Sandboxes;

/// <summary>
/// The sandboxes of this process. One for all runspaces: their kubeconfigs are files, which any runspace (a thread job, <c>ForEach-Object -Parallel</c>)
/// may open.
/// </summary>
internal sealed class SandboxRegistry : IKubeTransport
{
    private const string Suffix = ".sandbox.invalid";

    private readonly Lock _gate = new();
    private readonly List<RunningSandbox> _running = [];

    public static SandboxRegistry Instance { get; } = new();

    public IReadOnlyList<RunningSandbox> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _running];
            }
        }
    }

    /// <exception cref="InputException">A running sandbox has a cluster of the same name: names are addresses.</exception>
    public void Add(RunningSandbox sandbox)
    {
        lock (_gate)
        {
            CheckNames([.. sandbox.Sandbox.Clusters.Select(cluster => cluster.Name)], sandbox.Name);
            _running.Add(sandbox);
        }
    }

    /// <inheritdoc cref="Add"/>
    public void CheckNames(IReadOnlyCollection<string> clusters, string name)
    {
        lock (_gate)
        {
            foreach (var other in _running)
            {
                var taken = other.Name == name ? name : other.Sandbox.Clusters.Select(cluster => cluster.Name).FirstOrDefault(clusters.Contains);
                if (taken is not null)
                {
                    throw new InputException("SandboxExists", $"The sandbox '{other.Name}' runs already and has the name '{taken}'.", taken)
                    {
                        Remedy = $"Stop it with Stop-KubeFedSandbox -Name {other.Name}, or choose other names with -Name, -HostName and -Member.",
                    };
                }
            }
        }
    }

    public bool Remove(RunningSandbox sandbox)
    {
        lock (_gate)
        {
            return _running.Remove(sandbox);
        }
    }

    /// <inheritdoc/>
    public HttpMessageHandler? TryCreateHandler(Uri server) => server.Host.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase)
        ? All.Select(running => running.Sandbox.Transport.TryCreateHandler(server)).FirstOrDefault(handler => handler is not null) ?? new NotRunning()
        : null;

    /// <summary>Answers for a sandbox that was stopped, or runs in another process: a name server's answer would lead nowhere.</summary>
    private sealed class NotRunning : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException(
                HttpRequestError.ConnectionError,
                $"no sandbox in this process has the cluster '{request.RequestUri?.Host[..^Suffix.Length]}'; start one with Start-KubeFedSandbox");
    }
}
