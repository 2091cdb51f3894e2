using System.Net;
using System.Text;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Tls;

namespace KubeFed.Kubernetes.Http;

/// <summary>Makes the handlers that reach a server by sockets.</summary>
internal static class SocketHandlers
{
    // A path that dies silently is noticed after at most the sum of the two: 45 s.
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(15);

    /// <param name="settings">Where to go.</param>
    /// <param name="proxy">By which proxy; null for none.</param>
    /// <param name="fence">Asked whether requests may still leave; null lets all of them go.</param>
    /// <exception cref="KubeConfigException">A setting can't be used.</exception>
    public static HttpMessageHandler Create(ConnectionSettings settings, Uri? proxy, IRequestFence? fence)
    {
        if (settings.Proxy is { } own && own.Scheme is not ("http" or "https" or "socks5"))
        {
            throw new KubeConfigException($"{settings.Name}: proxy-url has the scheme '{own.Scheme}'.") { Remedy = "Use http, https or socks5." };
        }

        if (settings.TlsServerName is { Length: > 0 } name && Uri.CheckHostName(name) == UriHostNameType.Unknown)
        {
            throw new KubeConfigException($"{settings.Name}: tls-server-name '{name}' is no host name.")
            {
                Remedy = "Set it to a name in the server's certificate.",
            };
        }

        var check = new ServerCertificateCheck(settings);
        return new CertificateSwitch(certificate => Create(settings, proxy, fence, check, certificate), check);
    }

    private static SocketsHttpHandler Create(
        ConnectionSettings settings, Uri? proxy, IRequestFence? fence, ServerCertificateCheck check, ClientCertificate? certificate)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = settings.DisableCompression ? DecompressionMethods.None : DecompressionMethods.GZip,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingTimeout = PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),

            // Names of users and groups that are acted as may have any letters; as in Go they go as UTF-8.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            UseCookies = false,
            SslOptions = check.Options(certificate),
        };
        if (fence is not null)
        {
            handler.PlaintextStreamFilter = (context, _) => ValueTask.FromResult<Stream>(new FencedStream(context.PlaintextStream, fence));
        }

        if (settings.TlsServerName is { Length: > 0 } name && settings.Server.Scheme == Uri.UriSchemeHttps)
        {
            // The handler takes the name to send and to expect from the URL alone, so the session is made here; a proxy is then ours to speak to, too.
            handler.UseProxy = false;
            handler.ConnectCallback = new NamedTlsConnector(name, proxy, () => check.Options(certificate)).ConnectAsync;
        }
        else
        {
            handler.UseProxy = proxy is not null;
            handler.Proxy = proxy is null ? null : ProxyAddress.ToWebProxy(proxy);
        }

        return handler;
    }
}
