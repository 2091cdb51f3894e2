using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace KubeFed.Kubernetes.Http;

/// <summary>Asks a SOCKS 5 proxy for a connection; names are resolved by the proxy.</summary>
/// <remarks>RFC 1928, and RFC 1929 for user and password.</remarks>
internal static class SocksTunnel
{
    private const byte Version = 5;
    private const byte NoAuthentication = 0;
    private const byte UserAndPassword = 2;

    public static async Task OpenAsync(Stream stream, Uri proxy, DnsEndPoint server, CancellationToken cancellationToken)
    {
        var user = ProxyAddress.Credential(proxy);
        byte[] greeting = user is null ? [Version, 1, NoAuthentication] : [Version, 2, NoAuthentication, UserAndPassword];
        await stream.WriteAsync(greeting, cancellationToken).ConfigureAwait(false);
        var chosen = await ReadAsync(stream, 2, cancellationToken).ConfigureAwait(false);
        switch (chosen)
        {
            case [Version, NoAuthentication]:
                break;
            case [Version, UserAndPassword] when user is not null:
                byte[] login = [1, .. Text(user.UserName), .. Text(user.Password)];
                await stream.WriteAsync(login, cancellationToken).ConfigureAwait(false);
                if (await ReadAsync(stream, 2, cancellationToken).ConfigureAwait(false) is not [_, 0])
                {
                    throw new ProxyConnectException($"the SOCKS proxy {proxy.Host}:{proxy.Port} does not accept the user and password");
                }

                break;
            default:
                throw new ProxyConnectException($"the SOCKS proxy {proxy.Host}:{proxy.Port} offers no way to authenticate that is configured");
        }

        var request = new List<byte> { Version, 1, 0 };
        request.AddRange(Address(server.Host));
        var port = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)server.Port);
        request.AddRange(port);
        await stream.WriteAsync(request.ToArray(), cancellationToken).ConfigureAwait(false);
        var answer = await ReadAsync(stream, 4, cancellationToken).ConfigureAwait(false);
        if (answer is not [Version, 0, _, _])
        {
            throw new ProxyConnectException($"the SOCKS proxy {proxy.Host}:{proxy.Port} can't connect to {server.Host}:{server.Port}: {Reason(answer[1])}");
        }

        var bound = answer[3] switch
        {
            1 => 4,
            4 => 16,
            _ => (await ReadAsync(stream, 1, cancellationToken).ConfigureAwait(false))[0],
        };
        await ReadAsync(stream, bound + 2, cancellationToken).ConfigureAwait(false);
    }

    private static IEnumerable<byte> Address(string host)
    {
        if (!IPAddress.TryParse(host.Trim('[', ']'), out var address))
        {
            return Text(host).Prepend((byte)3);
        }

        var bytes = address.GetAddressBytes();
        return bytes.Prepend(bytes.Length == 4 ? (byte)1 : (byte)4);
    }

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length <= 255 ? [(byte)bytes.Length, .. bytes] : throw new ProxyConnectException("a name, user or password is too long for SOCKS");
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int count, CancellationToken cancellationToken)
    {
        var buffer = new byte[count];
        try
        {
            await stream.ReadExactlyAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (EndOfStreamException)
        {
            throw new ProxyConnectException("the SOCKS proxy closed the connection in the middle of the negotiation");
        }

        return buffer;
    }

    private static string Reason(byte code) => code switch
    {
        2 => "not allowed by its rules",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "time to live expired",
        7 or 8 => "not supported",
        _ => $"failure {code}",
    };
}
