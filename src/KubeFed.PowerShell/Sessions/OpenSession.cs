using KubeFed.Engine;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;

namespace KubeFed.PowerShell.Sessions;

/// <summary>What stands behind a session: the kubeconfig it came from, the host's client and the federation.</summary>
internal sealed class OpenSession(IContextSource contexts, ConnectionSettings host, IKubeClientFactory clients, string kubeFedNamespace) : IDisposable
{
    private readonly Lock _gate = new();
    private IKubeClient? _host;
    private Federation? _federation;

    public string Name => host.Name;

    public string Server => host.Server.ToString();

    public string Namespace => host.Namespace ?? "default";

    public IReadOnlyList<string> KubeConfig => contexts.Files;

    public string KubeFedNamespace => kubeFedNamespace;

    public bool Closed { get; private set; }

    public IContextSource Contexts => contexts;

    public IKubeClientFactory Clients => clients;

    /// <summary>Made when first asked for; runspaces may share a session, so only one of them makes it.</summary>
    public IKubeClient Host
    {
        get
        {
            lock (_gate)
            {
                return _host ??= clients.Create(host);
            }
        }
    }

    /// <inheritdoc cref="Host"/>
    public Federation Federation
    {
        get
        {
            lock (_gate)
            {
                return _federation ??= new Federation(new FederationOptions
                {
                    Host = Host,
                    HostName = host.Name,
                    SystemNamespace = kubeFedNamespace,
                    Clients = clients,
                    Administrators = context => contexts.Names.Contains(context, StringComparer.Ordinal) ? contexts.Find(context) : null,
                });
            }
        }
    }

    public OpenSession OrThrowIfClosed() => Closed
        ? throw new InputException("SessionClosed", $"The session '{Name}' was closed.", Name) { Remedy = "Open a new one with Connect-KubeFed." }
        : this;

    public void Dispose()
    {
        // Before the connections go that it works with.
        Controllers.ControllerRegistry.Instance.StopOf(this);
        lock (_gate)
        {
            if (Closed)
            {
                return;
            }

            Closed = true;
            _federation?.Dispose();
            _host?.Dispose();
        }
    }
}
