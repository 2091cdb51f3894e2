using KubeFed.Kubernetes.Authentication;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeFed.Kubernetes.Client;

/// <summary>Makes clients with their own connections, credentials and limits.</summary>
/// <param name="transports">Asked in turn before sockets are used.</param>
/// <param name="loggers">Requests are logged at Debug: method, URL, code and time, never bodies or credentials; server warnings at Warning.</param>
/// <param name="time">Deadlines, waits and expiries follow it.</param>
/// <param name="wrap">Put around each client's handler: tests count or break requests there.</param>
/// <param name="onWarning">Told each distinct warning a server sends, once per client.</param>
/// <param name="fence">Asked whether requests may still leave; null lets all of them go.</param>
/// <param name="environment">Reads a variable of the environment (proxies, limits); null reads the process's.</param>
public sealed class KubeClientFactory(
    IEnumerable<IKubeTransport>? transports = null,
    ILoggerFactory? loggers = null,
    TimeProvider? time = null,
    Func<HttpMessageHandler, ConnectionSettings, HttpMessageHandler>? wrap = null,
    Action<KubeWarning>? onWarning = null,
    IRequestFence? fence = null,
    Func<string, string?>? environment = null) : IKubeClientFactory
{
    private readonly List<IKubeTransport> _transports = [.. transports ?? []];
    private readonly ILogger _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger("KubeFed.Kubernetes");
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Func<string, string?> _environment = environment ?? Environment.GetEnvironmentVariable;

    /// <inheritdoc/>
    public IKubeClient Create(ConnectionSettings settings)
    {
        if (!settings.Server.IsAbsoluteUri || settings.Server.Scheme is not ("http" or "https"))
        {
            throw new KubeConfigException($"{settings.Name}: the server '{settings.Server}' is not an absolute http or https URL.")
            {
                Remedy = "Write the server as https://host:port.",
            };
        }

        settings = settings with { Limits = settings.Limits ?? ResponseLimits.FromEnvironment(_environment) };
        var credentials = CredentialSources.Create(settings, _time, _logger);
        var handler = _transports.Select(transport => transport.TryCreateHandler(settings.Server)).FirstOrDefault(made => made is not null);
        Uri? proxy = null;
        if (handler is null)
        {
            proxy = settings.Proxy ?? new EnvironmentProxies(_environment).For(settings.Server);
            handler = SocketHandlers.Create(settings, proxy, fence);
        }

        var http = new KubeHttp(
            settings,
            wrap?.Invoke(handler, settings) ?? handler,
            credentials,
            new ServerWarnings(settings.Name, onWarning, _logger),
            new ConnectionFailures(settings, proxy),
            _time,
            _logger,
            fence);
        return new KubeClient(settings, http, _time, _logger);
    }
}
