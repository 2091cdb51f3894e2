using System.Net;
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

    public static HttpMessageHandler Create(ConnectionSettings settings, IRequestFence? fence)
    {
        if (settings.Proxy is { } proxy && proxy.Scheme is not ("http" or "https" or "socks5"))
        {
            throw new KubeConfigException($"{settings.Name}: proxy-url has the scheme '{proxy.Scheme}'.") { Remedy = "Use http, https or socks5." };
        }

        var check = new ServerCertificateCheck(settings);
        return new CertificateSwitch(certificate => Create(settings, fence, check, certificate), check);
    }

    private static SocketsHttpHandler Create(
        ConnectionSettings settings, IRequestFence? fence, ServerCertificateCheck check, ClientCertificate? certificate)
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
            handler.ConnectCallback = new NamedTlsConnector(settings, name, () => check.Options(certificate)).ConnectAsync;
        }
        else if (settings.Proxy is { } proxy)
        {
            handler.Proxy = ProxyAddress.ToWebProxy(proxy);
        }

        return handler;
    }
}
