using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace KubeFed.TestSupport.Wire;

/// <summary>
/// Carries bytes between a client and a server on loopback and understands none of them: TLS and HTTP/2 are between the two. It can hold all bytes back,
/// and reset all connections.
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly int _port;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private readonly ConcurrentDictionary<Task, bool> _tasks = new();
    private readonly Task _accepting;
    private int _resets;
    private int _accepted;

    /// <param name="behind">The server's address; it must listen on loopback.</param>
    public TcpProxy(Uri behind)
    {
        ArgumentNullException.ThrowIfNull(behind);
        _port = behind.Port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Server => new($"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>How long every piece of data takes on its way.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Connections reset so far.</summary>
    public int Resets => Volatile.Read(ref _resets);

    /// <summary>Connections accepted so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Resets every open connection, in the middle of whatever it carries.</summary>
    public void ResetAll()
    {
        foreach (var socket in _open.Keys)
        {
            if (_open.TryRemove(socket, out _))
            {
                Interlocked.Increment(ref _resets);
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
                socket.Close();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Stop();
        ResetAll();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_tasks.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var socket = await _listener.AcceptSocketAsync(_stop.Token).ConfigureAwait(false);
            Interlocked.Increment(ref _accepted);
            var serving = ServeAsync(socket);
            _tasks[serving] = true;
            _ = serving.ContinueWith(done => _tasks.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var held = client;
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        _open[client] = true;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _port, _stop.Token).ConfigureAwait(false);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var pumps = new[] { PumpAsync(client, server, either.Token), PumpAsync(server, client, either.Token) };
            await Task.WhenAny(pumps).ConfigureAwait(false);
            await either.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(pumps).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One of the two went away, or the test is over.
        }
        finally
        {
            _open.TryRemove(client, out _);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await from.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (Latency > TimeSpan.Zero)
            {
                await Task.Delay(Latency, cancellationToken).ConfigureAwait(false);
            }

            await to.SendAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        }
    }
}
