using System.Net;
using System.Net.Sockets;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Kubernetes.Tests.Tls;

/// <summary>A network that breaks while TLS is being agreed on is a broken network, not a bad certificate.</summary>
public sealed class CutOffTests
{
    [Fact]
    public async Task A_reset_during_the_handshake_is_a_lost_connection_and_is_tried_again()
    {
        var stop = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var accepted = 0;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var resetting = ResetAllAsync();
        var settings = new ConnectionSettings { Name = "cut", Server = new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}") };
        using var client = new KubeClientFactory().Create(settings);

        // A creation is never sent twice, so it tells at once what was seen.
        var error = await Assert.ThrowsAsync<KubeConnectionException>(
            () => client.CreateAsync(KnownResources.Namespaces, new KubeObject([]), new WriteOptions(), stop));
        Assert.Equal(ConnectionFailure.Interrupted, error.Failure);

        var before = Volatile.Read(ref accepted);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var reading = client.GetVersionAsync(enough.Token);
        while (Volatile.Read(ref accepted) < before + 2)
        {
            Assert.False(reading.IsCompleted, "it was not tried again");
            await Task.Delay(10, stop);
        }

        await enough.CancelAsync();
        await Task.WhenAny(reading);
        await end.CancelAsync();
        await Task.WhenAny(resetting);

        async Task ResetAllAsync()
        {
            var hello = new byte[1];
            while (true)
            {
                using var socket = await listener.AcceptSocketAsync(end.Token);
                Interlocked.Increment(ref accepted);
                await socket.ReceiveAsync(hello, end.Token);
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
        }
    }
}
