using System.Text;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeFed.Engine.Tests.Fakes;

/// <summary>A host and its members, found by the server address of the settings, and the federation object over them.</summary>
public sealed class FakeFleet : IKubeClientFactory, IDisposable
{
    private readonly Dictionary<string, FakeCluster> _clusters = new(StringComparer.Ordinal);

    public FakeFleet(string hostName = "hub", TimeProvider? time = null)
    {
        Host = Add(hostName);
        Federation = new Federation(new FederationOptions
        {
            Host = Host,
            HostName = hostName,
            Clients = this,
            Loggers = NullLoggerFactory.Instance,
            Time = time ?? TimeProvider.System,
            Administrators = context => Administered.Contains(context) ? this[context].Settings : null,
        });
    }

    public FakeCluster Host { get; }

    public Federation Federation { get; }

    public List<ConnectionSettings> Made { get; } = [];

    /// <summary>The members whose administrator's connection is at hand.</summary>
    public HashSet<string> Administered { get; } = [];

    public FakeCluster this[string name] => _clusters[name];

    public FakeCluster Add(string name)
    {
        var cluster = new FakeCluster(name);
        _clusters[cluster.Settings.Server.Host] = cluster;
        _clusters[name] = cluster;
        return cluster;
    }

    /// <summary>Makes a cluster answer under another host name too.</summary>
    public void Alias(string host, string name) => _clusters[host] = _clusters[name];

    /// <summary>Puts what an installed control plane has on the host.</summary>
    public FakeFleet Installed(string config = """{"spec":{"scope":"Cluster"}}""")
    {
        Host.Served.AddRange([CoreResources.KubeFedClusters, CoreResources.FederatedTypeConfigs, CoreResources.KubeFedConfigs]);
        Host.Put(KnownResources.Namespaces, ObjectKey.ClusterScoped(KubeFedNames.DefaultSystemNamespace));
        Host.Put(CoreResources.KubeFedConfigs, System(KubeFedNames.ConfigName), config);
        Host.Requests.Clear();
        return this;
    }

    /// <summary>Puts a registered cluster with its Secret on the host.</summary>
    public FakeCluster Registered(string name, string token = "secret-token")
    {
        var member = Add(name);
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(token));
        Host.Put(KnownResources.Secrets, System($"{name}-secret"), $$"""{"data":{"token":"{{encoded}}"} }""");
        Host.Put(
            CoreResources.KubeFedClusters,
            System(name),
            $$"""{"spec":{"apiEndpoint":"{{member.Settings.Server}}","secretRef":{"name":"{{name}}-secret"} } }""");
        Host.Requests.Clear();
        return member;
    }

    public static ObjectKey System(string name) => new(KubeFedNames.DefaultSystemNamespace, name);

    public IKubeClient Create(ConnectionSettings settings)
    {
        Made.Add(settings);
        return _clusters[settings.Server.Host];
    }

    public void Dispose() => Federation.Dispose();
}
