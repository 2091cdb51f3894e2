using System.Text;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;

namespace KubeFed.Sandbox;

/// <summary>
/// A set of Kubernetes clusters in memory, host and members. Its <see cref="Transport"/>, given to the client factory, makes them reachable as
/// <c>http://name.sandbox.invalid</c>; without it the names lead nowhere.
/// </summary>
public sealed class Sandbox : IAsyncDisposable
{
    private Sandbox(SandboxOptions options)
    {
        Options = options;
        var common = new ClusterOptions { Version = options.Version, Nodes = options.Nodes, NodeCapacity = options.NodeCapacity };
        Clusters = [.. options.Clusters.Select(name => new SandboxCluster(name, options.Cluster?.Invoke(name, common) ?? common, options))];
        Transport = new SandboxTransport(Clusters);
    }

    public SandboxOptions Options { get; }

    /// <summary>In the order of <see cref="SandboxOptions.Clusters"/>; the host comes first.</summary>
    public IReadOnlyList<SandboxCluster> Clusters { get; }

    /// <summary>The first cluster.</summary>
    public SandboxCluster Host => Clusters[0];

    /// <summary>All clusters but the first.</summary>
    public IReadOnlyList<SandboxCluster> Members => [.. Clusters.Skip(1)];

    /// <summary>Claims the clusters' addresses.</summary>
    public IKubeTransport Transport { get; }

    /// <exception cref="KeyNotFoundException">No cluster has this name.</exception>
    public SandboxCluster this[string name] =>
        Clusters.FirstOrDefault(cluster => cluster.Name == name)
        ?? throw new KeyNotFoundException($"The sandbox has no cluster '{name}'; it has {string.Join(", ", Clusters.Select(cluster => cluster.Name))}.");

    /// <exception cref="ArgumentException">A cluster name is no host name, is given twice, or a version can't be read.</exception>
    public static Sandbox Start(SandboxOptions? options = null)
    {
        var chosen = options ?? new SandboxOptions();
        if (chosen.Clusters.Count == 0)
        {
            throw new ArgumentException("A sandbox needs at least one cluster; name it in Clusters.", nameof(options));
        }

        foreach (var name in chosen.Clusters)
        {
            if (Builtins.MetadataValidation.NameFaults(Server.NameRule.Label, name).FirstOrDefault() is { } fault)
            {
                throw new ArgumentException($"The cluster name '{name}' can't be part of a host name: {fault}.", nameof(options));
            }
        }

        if (chosen.Clusters.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"The cluster name '{twice.Key}' is given twice; names must differ.", nameof(options));
        }

        return new Sandbox(chosen);
    }

    /// <summary>Settings that connect to a cluster as administrator.</summary>
    public ConnectionSettings Settings(string name) => this[name].Settings;

    /// <summary>A kubeconfig with one context per cluster, each as administrator; the host's is current.</summary>
    public string Kubeconfig()
    {
        var text = new StringBuilder("apiVersion: v1\nkind: Config\n");
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"current-context: {Host.Name}\nclusters:\n");
        foreach (var cluster in Clusters)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"- name: {cluster.Name}\n  cluster:\n    server: {cluster.ServerUri.GetLeftPart(UriPartial.Authority)}\n");
        }

        text.Append("contexts:\n");
        foreach (var cluster in Clusters)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"- name: {cluster.Name}\n  context:\n    cluster: {cluster.Name}\n    user: {cluster.Name}\n");
        }

        text.Append("users:\n");
        foreach (var cluster in Clusters)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"- name: {cluster.Name}\n  user:\n    token: {cluster.AdminToken}\n");
        }

        return text.ToString();
    }

    /// <summary>Writes <see cref="Kubeconfig"/> to a file that only its owner may read.</summary>
    public async Task WriteKubeconfigAsync(string path, CancellationToken cancellationToken = default)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(path, options);
        await using (file.ConfigureAwait(false))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(Kubeconfig()), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs the controllers of all clusters until they have nothing left to do.</summary>
    public async Task SettleAsync()
    {
        foreach (var cluster in Clusters)
        {
            await cluster.SettleAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Takes all clusters off the network and ends their watches.</summary>
    public ValueTask DisposeAsync()
    {
        foreach (var cluster in Clusters)
        {
            cluster.Offline = true;
            cluster.CloseWatches();
        }

        return ValueTask.CompletedTask;
    }
}
