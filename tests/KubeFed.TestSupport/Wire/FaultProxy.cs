using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using KubeFed.Kubernetes.Config;
using KubeFed.TestSupport.Servers;

namespace KubeFed.TestSupport.Wire;

/// <summary>
/// Stands on loopback between a client and a real API server, speaks HTTP/1.1 over TLS with a certificate of its own authority, and breaks what it is told
/// to break, on the wire: a client can't tell it from a bad network or a server in trouble.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly RealCluster _behind;
    private readonly Func<string, WireFault> _choose;
    private readonly HttpClient _upstream;
    private readonly ClusterAuthority _authority = ClusterAuthority.Create("proxy-ca", TimeProvider.System);
    private readonly ClusterAuthority _stranger = ClusterAuthority.Create("stranger-ca", TimeProvider.System);
    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2 _wrongCertificate;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly int[] _counts = new int[Enum.GetValues<WireFault>().Length];
    private readonly Task _accepting;
    private int _wrongCertificates;

    /// <param name="behind">The real server.</param>
    /// <param name="choose">Given a request's target, says what goes wrong with it. Called from several threads.</param>
    public FaultProxy(RealCluster behind, Func<string, WireFault> choose)
    {
        ArgumentNullException.ThrowIfNull(behind);
        _behind = behind;
        _choose = choose;
        _upstream = behind.CreateClient();
        _upstream.Timeout = Timeout.InfiniteTimeSpan;
        _certificate = Issue(_authority);
        _wrongCertificate = Issue(_stranger);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>How to reach the server through this proxy, trusting the proxy's authority alone.</summary>
    public ConnectionSettings Settings => _behind.ToConnectionSettings() with
    {
        Server = new Uri($"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}"),
        CertificateAuthority = _authority.CertificatePem,
    };

    /// <summary>How many of the next connections are shown a certificate of a foreign authority.</summary>
    public int WrongCertificates
    {
        get => Volatile.Read(ref _wrongCertificates);
        set => Volatile.Write(ref _wrongCertificates, value);
    }

    /// <summary>How often each fault was injected.</summary>
    public int Count(WireFault fault) => Volatile.Read(ref _counts[(int)fault]);

    /// <summary>All counts in one line.</summary>
    public string Summary => string.Join(", ", Enum.GetValues<WireFault>().Where(fault => Count(fault) > 0).Select(fault => $"{fault} {Count(fault)}"));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_connections.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _upstream.Dispose();
        _certificate.Dispose();
        _wrongCertificate.Dispose();
        _authority.Dispose();
        _stranger.Dispose();
        _stop.Dispose();
    }

    private static X509Certificate2 Issue(ClusterAuthority authority)
    {
        var pair = authority.IssueServer(IPAddress.Loopback);
        using var bare = X509Certificate2.CreateFromPem(pair.Certificate, pair.Key);
        return X509CertificateLoader.LoadPkcs12(bare.Export(X509ContentType.Pkcs12), null);
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var socket = await _listener.AcceptSocketAsync(_stop.Token).ConfigureAwait(false);
            var serving = ServeAsync(socket);
            _connections[serving] = true;
            _ = serving.ContinueWith(done => _connections.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        using var held = socket;
        var network = new NetworkStream(socket, ownsSocket: false);
        await using var networkEnd = network.ConfigureAwait(false);
        var tls = new SslStream(network);
        await using var tlsEnd = tls.ConfigureAwait(false);
        try
        {
            var wrong = WrongCertificates > 0 && Interlocked.Decrement(ref _wrongCertificates) >= 0;
            var options = new SslServerAuthenticationOptions { ServerCertificate = wrong ? _wrongCertificate : _certificate };
            await tls.AuthenticateAsServerAsync(options, _stop.Token).ConfigureAwait(false);
            var reader = new RequestHeadReader(tls);
            while (await reader.NextAsync(_stop.Token).ConfigureAwait(false) is { } target)
            {
                var fault = _choose(target);
                Interlocked.Increment(ref _counts[(int)fault]);
                if (!await new FaultyAnswer(_upstream, tls, socket, target, fault).SendAsync(_stop.Token).ConfigureAwait(false))
                {
                    return;
                }
            }
        }
        catch (Exception gone) when (gone is IOException or System.Security.Authentication.AuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away, would not have the certificate, or the test is over.
        }
    }
}
