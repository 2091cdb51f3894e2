using System.CommandLine;
using KubeFed.Engine;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeFed.Host.Cli;

/// <summary>A kubeconfig, the host it names, and the federation there. Opening makes no request.</summary>
/// <remarks>K-2.</remarks>
internal sealed class HostConnection : IDisposable
{
    private readonly KubeConfig _kubeConfig;
    private readonly ConnectionSettings _settings;
    private readonly IKubeClient _client;

    private HostConnection(HostEnvironment environment, KubeConfig kubeConfig, string? hostContext, string systemNamespace, int verbosity)
    {
        _kubeConfig = kubeConfig;
        _settings = kubeConfig.For(hostContext);
        Sink = new ConsoleSink(environment.Error, verbosity);
        var clients = new KubeClientFactory(environment.Transports, time: environment.Time);
        _client = clients.Create(_settings);
        Federation = new Federation(new FederationOptions
        {
            Host = _client,
            HostName = _settings.Name,
            SystemNamespace = systemNamespace,
            Clients = clients,
            Administrators = name => kubeConfig.Contexts.Any(context => context.Name == name) ? kubeConfig.For(name) : null,
            Time = environment.Time,
            Loggers = NullLoggerFactory.Instance,
        });
    }

    internal Federation Federation { get; }

    internal ConsoleSink Sink { get; }

    /// <summary>The namespace the host's context names; null when it names none.</summary>
    internal string? Namespace => _settings.Namespace;

    internal static HostConnection Open(HostEnvironment environment, ConnectionFlags flags, ParseResult result) =>
        new(
            environment,
            flags.Load(environment, result),
            flags.HostContext(result),
            flags.SystemNamespace(result),
            result.GetValue(KlogFlags.Verbosity));

    /// <exception cref="KubeConfigException">There is no such context.</exception>
    internal ConnectionSettings Context(string name) => _kubeConfig.For(name);

    /// <summary>Names every object that was touched, for those who ask for detail.</summary>
    internal void Tell(IEnumerable<Change> changes)
    {
        foreach (var change in changes)
        {
            Sink.Verbose(change.Applied ? change.ToString() : $"{change} (dry run)");
        }
    }

    public void Dispose()
    {
        Federation.Dispose();
        _client.Dispose();
    }
}
