using KubeFed.Engine;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.TestSupport.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeFed.Cluster.Tests.Flows;

/// <summary>One federation over running clusters, the first of which is the host, with every request counted.</summary>
public sealed class Fleet : IDisposable
{
    public Fleet(IReadOnlyList<ConnectionSettings> clusters, string systemNamespace, IReadOnlyList<IKubeTransport> transports)
    {
        (Clusters, Transports) = (clusters, transports);
        Factory = new KubeClientFactory(transports, wrap: (handler, _) => Track(new CountingHandler(Cut.Wrap(handler))));
        Host = Factory.Create(clusters[0]);
        Federation = new KubeFed.Engine.Federation(new FederationOptions
        {
            Host = Host,
            HostName = clusters[0].Name,
            SystemNamespace = systemNamespace,
            Clients = Factory,
            Administrators = context => Administered.Contains(context) ? clusters.Single(cluster => cluster.Name == context) : null,
            Loggers = NullLoggerFactory.Instance,
        });
    }

    public IReadOnlyList<ConnectionSettings> Clusters { get; }

    /// <summary>The ways to clusters that are in this process; a program of its own needs them too.</summary>
    public IReadOnlyList<IKubeTransport> Transports { get; }

    /// <summary>The members whose administrator's connection the federation may use.</summary>
    public HashSet<string> Administered { get; } = [];

    public KubeClientFactory Factory { get; }

    public IKubeClient Host { get; }

    public Cut Cut { get; } = new();

    public KubeFed.Engine.Federation Federation { get; }

    public IReadOnlyList<RecordedRequest> Writes
    {
        get
        {
            lock (_handlers)
            {
                return [.. _handlers.SelectMany(handler => handler.Writes)];
            }
        }
    }

    public IReadOnlyList<RecordedRequest> Requests
    {
        get
        {
            lock (_handlers)
            {
                return [.. _handlers.SelectMany(handler => handler.Requests)];
            }
        }
    }

    private readonly List<CountingHandler> _handlers = [];

    public void ClearCounts()
    {
        lock (_handlers)
        {
            _handlers.ForEach(handler => handler.Clear());
        }
    }

    public void Dispose()
    {
        Federation.Dispose();
        Host.Dispose();
    }

    private CountingHandler Track(CountingHandler handler)
    {
        lock (_handlers)
        {
            _handlers.Add(handler);
        }

        return handler;
    }
}
