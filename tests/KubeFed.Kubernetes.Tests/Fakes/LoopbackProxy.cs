using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KubeFed.Kubernetes.Tests.Fakes;

/// <summary>An HTTP (CONNECT) or SOCKS 5 proxy on loopback that notes where it was asked to go.</summary>
public sealed class LoopbackProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Stream, CancellationToken, Task<(string Host, int Port)?>> _negotiate;
    private readonly X509Certificate2? _certificate;
    private readonly Task _serving;

    private LoopbackProxy(Func<LoopbackProxy, Func<Stream, CancellationToken, Task<(string Host, int Port)?>>> negotiate, X509Certificate2? certificate = null)
    {
        _negotiate = negotiate(this);
        _certificate = certificate;
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Where every tunnel leads, whatever its target is called: a port on loopback. Null leads to the target.</summary>
    public int? LeadsTo { get; init; }

    /// <summary>One line per tunnel: target and user.</summary>
    public List<string> Tunnels { get; } = [];

    public static LoopbackProxy Http(string? refuse = null, X509Certificate2? certificate = null, bool authenticate = false, int? leadsTo = null) =>
        new(self => (stream, token) => self.ConnectAsync(stream, refuse, authenticate, token), certificate) { LeadsTo = leadsTo };

    public static LoopbackProxy Socks(byte answer = 0, bool authenticate = false, int? leadsTo = null) =>
        new(self => (stream, token) => self.SocksAsync(stream, answer, authenticate, token)) { LeadsTo = leadsTo };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                open.Add(TunnelAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException
            || (error is InvalidOperationException && _stop.IsCancellationRequested))
        {
            await Task.WhenAll(open);
        }
    }

    private async Task TunnelAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                if (_certificate is not null)
                {
                    var secured = new SslStream(stream);
                    await secured.AuthenticateAsServerAsync(_certificate);
                    stream = secured;
                }

                if (await _negotiate(stream, _stop.Token) is not { } target)
                {
                    return;
                }

                using var server = new TcpClient();
                await server.ConnectAsync(LeadsTo is null ? target.Host : "127.0.0.1", LeadsTo ?? target.Port, _stop.Token);
                var there = server.GetStream();
                await Task.WhenAny(stream.CopyToAsync(there, _stop.Token), there.CopyToAsync(stream, _stop.Token));
            }
            catch (Exception error) when (
                error is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                // Either side may go away at any time.
            }
        }
    }

    private async Task<(string Host, int Port)?> ConnectAsync(Stream stream, string? refuse, bool authenticate, CancellationToken cancellationToken)
    {
        var header = new StringBuilder();
        var one = new byte[1];
        while (!header.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, cancellationToken) > 0)
        {
            header.Append((char)one[0]);
        }

        var lines = header.ToString().Split("\r\n");
        var target = lines[0].Split(' ')[1];
        var user = lines.FirstOrDefault(line => line.StartsWith("Proxy-Authorization: Basic ", StringComparison.OrdinalIgnoreCase))?.Split(' ')[^1];
        if (authenticate && user is null)
        {
            refuse = "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nConnection: close";
        }

        Tunnels.Add($"{target} {(user is null ? string.Empty : Encoding.UTF8.GetString(Convert.FromBase64String(user)))}");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(refuse is null ? "HTTP/1.1 200 OK\r\n\r\n" : $"HTTP/1.1 {refuse}\r\nContent-Length: 0\r\n\r\n"),
            cancellationToken);
        return refuse is null ? (target.Split(':')[0], int.Parse(target.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture)) : null;
    }

    private async Task<(string Host, int Port)?> SocksAsync(Stream stream, byte answer, bool authenticate, CancellationToken cancellationToken)
    {
        var greeting = await ReadAsync(2);
        await ReadAsync(greeting[1]);
        var user = string.Empty;
        await stream.WriteAsync(new byte[] { 5, (byte)(authenticate ? 2 : 0) }, cancellationToken);
        if (authenticate)
        {
            var name = await ReadAsync((await ReadAsync(2))[1]);
            var password = await ReadAsync((await ReadAsync(1))[0]);
            user = $"{Encoding.UTF8.GetString(name)}:{Encoding.UTF8.GetString(password)}";
            await stream.WriteAsync(new byte[] { 1, (byte)(user == "u:p" ? 0 : 1) }, cancellationToken);
        }

        var request = await ReadAsync(4);
        var host = request[3] switch
        {
            1 => new IPAddress(await ReadAsync(4)).ToString(),
            3 => Encoding.ASCII.GetString(await ReadAsync((await ReadAsync(1))[0])),
            _ => new IPAddress(await ReadAsync(16)).ToString(),
        };
        var port = await ReadAsync(2);
        Tunnels.Add($"{host}:{(port[0] << 8) | port[1]} {user}");
        await stream.WriteAsync(new byte[] { 5, answer, 0, 1, 127, 0, 0, 1, 0, 0 }, cancellationToken);
        return answer == 0 ? (host, (port[0] << 8) | port[1]) : null;

        async Task<byte[]> ReadAsync(int count)
        {
            var buffer = new byte[count];
            await stream.ReadExactlyAsync(buffer, cancellationToken);
            return buffer;
        }
    }
}
