using System.Net;
using System.Net.Sockets;
using System.Text;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Kubernetes.Tests.Http;

/// <summary>A fence is asked where bytes leave, and what it keeps back never reaches the server.</summary>
public sealed class FenceTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public FenceTests() => _listener.Start();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_closed_fence_lets_nothing_leave_and_says_why()
    {
        using var client = Connect(new Fence { Left = 0 });

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => client.GetTextAsync(RequestPath.Parse("/readyz"), Token));

        Assert.Equal((ConnectionFailure.NotSent, "far: GET /readyz: not sent, because it is over"), (error.Failure, error.Message));
        Assert.False(_listener.Pending());
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task A_fence_that_closes_while_the_connection_is_made_lets_no_byte_of_the_request_leave(string method)
    {
        using var client = Connect(new Fence { Left = 1 });
        var received = ReceiveAsync();

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => method == "GET" ? client.GetTextAsync(RequestPath.Parse("/readyz"), Token) : CreateAsync(client));

        Assert.Equal(ConnectionFailure.NotSent, error.Failure);
        Assert.Equal(string.Empty, await received.WaitAsync(Token));
    }

    [Fact]
    public async Task An_open_fence_changes_nothing()
    {
        using var client = Connect(new Fence { Left = int.MaxValue });
        var received = ReceiveAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok");

        Assert.Equal("ok", await client.GetTextAsync(RequestPath.Parse("/readyz"), Token));

        Assert.StartsWith("GET /readyz HTTP/1.1\r\n", await received.WaitAsync(Token), StringComparison.Ordinal);
    }

    public void Dispose() => _listener.Dispose();

    private IKubeClient Connect(IRequestFence fence) => new KubeClientFactory(fence: fence)
        .Create(new ConnectionSettings { Name = "far", Server = new Uri($"http://{_listener.LocalEndpoint}"), Timeout = TimeSpan.FromSeconds(60) });

    private static async Task CreateAsync(IKubeClient client) => await client.CreateAsync(
        KnownResources.ConfigMaps, KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey("a", "b")), new WriteOptions { FieldManager = "test" }, Token);

    /// <summary>What a client sends on one connection, up to its end or to the answer.</summary>
    private async Task<string> ReceiveAsync(string? answer = null)
    {
        using var socket = await _listener.AcceptSocketAsync(Token);
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, Token) is > 0 and var count)
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
            if (answer is not null && text.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
            {
                await socket.SendAsync(Encoding.ASCII.GetBytes(answer), Token);
                break;
            }
        }

        return text.ToString();
    }

    /// <summary>Open for so many questions.</summary>
    private sealed class Fence : IRequestFence
    {
        private int _asked;

        public int Left { get; init; }

        public string? Closed => Interlocked.Increment(ref _asked) > Left ? "it is over" : null;
    }
}
