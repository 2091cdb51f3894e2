using System.Net;
using System.Net.Security;
using System.Net.Sockets;
namespace KubeFed.Kubernetes.Http;

/// <summary>
/// Connects to a server whose certificate bears another name than its address (<c>tls-server-name</c>): that name is sent as SNI and is the one expected,
/// while requests keep the address as their Host.
/// </summary>
/// <param name="name">The name to send and to expect.</param>
/// <param name="proxy">Null for none.</param>
/// <param name="options">Those of one session.</param>
internal sealed class NamedTlsConnector(string name, Uri? proxy, Func<SslClientAuthenticationOptions> options)
{
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var stream = await OpenAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
        SslStream? session = null;
        try
        {
            session = new SslStream(stream);
            var tls = options();
            tls.TargetHost = name;
            tls.ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
            await session.AuthenticateAsClientAsync(tls, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            if (session is not null)
            {
                await session.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    private async Task<Stream> OpenAsync(DnsEndPoint server, CancellationToken cancellationToken)
    {
        if (proxy is null)
        {
            return await DialAsync(server.Host, server.Port, cancellationToken).ConfigureAwait(false);
        }

        var stream = await DialAsync(proxy.IdnHost, proxy.Port, cancellationToken).ConfigureAwait(false);
        try
        {
            if (proxy.Scheme == Uri.UriSchemeHttps)
            {
                var secured = new SslStream(stream);
                stream = secured;
                var tls = new SslClientAuthenticationOptions { TargetHost = proxy.IdnHost };
                await secured.AuthenticateAsClientAsync(tls, cancellationToken).ConfigureAwait(false);
            }

            await (proxy.Scheme.StartsWith("socks", StringComparison.Ordinal)
                ? SocksTunnel.OpenAsync(stream, proxy, server, cancellationToken)
                : ConnectTunnel.OpenAsync(stream, proxy, server, cancellationToken)).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<Stream> DialAsync(string host, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
