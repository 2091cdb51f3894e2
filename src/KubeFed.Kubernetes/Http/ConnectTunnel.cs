using System.Net;
using System.Text;

namespace KubeFed.Kubernetes.Http;

/// <summary>Asks an HTTP proxy for a tunnel.</summary>
/// <remarks>RFC 9110 section 9.3.6.</remarks>
internal static class ConnectTunnel
{
    private const int MaxHeader = 16 * 1024;

    public static async Task OpenAsync(Stream stream, Uri proxy, DnsEndPoint server, CancellationToken cancellationToken)
    {
        var authority = $"{(server.Host.Contains(':', StringComparison.Ordinal) ? $"[{server.Host.Trim('[', ']')}]" : server.Host)}:{server.Port}";
        var request = new StringBuilder($"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n");
        if (ProxyAddress.Credential(proxy) is { } user)
        {
            request.Append("Proxy-Authorization: Basic ")
                .Append(Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user.UserName}:{user.Password}")))
                .Append("\r\n");
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(request.Append("\r\n").ToString()), cancellationToken).ConfigureAwait(false);
        var answer = await HeaderAsync(stream, cancellationToken).ConfigureAwait(false);
        var status = answer.Split("\r\n", 2)[0];
        if (!status.StartsWith("HTTP/1.", StringComparison.Ordinal) || status.Split(' ') is not [_, ['2', _, _], ..])
        {
            throw new ProxyConnectException($"the proxy {proxy.Host}:{proxy.Port} refuses to connect to {authority}: {status}");
        }
    }

    /// <summary>Reads byte by byte, so that nothing of what follows the header is taken from the tunnel.</summary>
    private static async Task<string> HeaderAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = new List<byte>(256);
        var one = new byte[1];
        while (header.Count < MaxHeader)
        {
            if (await stream.ReadAsync(one, cancellationToken).ConfigureAwait(false) == 0)
            {
                throw new ProxyConnectException("the proxy closed the connection instead of answering CONNECT");
            }

            header.Add(one[0]);
            if (header is [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n'])
            {
                return Encoding.Latin1.GetString([.. header]);
            }
        }

        throw new ProxyConnectException("the proxy's answer to CONNECT is too long");
    }
}
