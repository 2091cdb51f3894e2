using System.Text.Json.Nodes;
using KubeFed.Cluster.Tests.Servers;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Discovery;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Watching;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Cluster.Tests;

/// <summary>The client and its informer between a real API server and a network that breaks.</summary>
[Collection(nameof(RealServers))]
public sealed class ClientFaultTests(TwoClusters servers, ITestOutputHelper output)
{
    private const int Changes = 2_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_informer_over_a_broken_network_tells_a_real_servers_changes_without_loss_or_repetition()
    {
        var clusters = await servers.GetAsync(Token);
        using var steady = new KubeClientFactory().Create(clusters[0].ToConnectionSettings());
        BreakingHandler? breaking = null;
        using var broken = new KubeClientFactory(wrap: (inner, _) => breaking = new BreakingHandler(inner)).Create(clusters[0].ToConnectionSettings());
        var name = $"faults-{Guid.NewGuid().ToString("n")[..8]}";
        await steady.CreateAsync(KnownResources.Namespaces, KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped(name)),
            WriteOptions.Default, Token);
        var query = new ListQuery { Namespace = name, LabelSelector = "mark=yes", PageSize = 10 };
        var informer = new Informer<string>(broken, KnownResources.ConfigMaps, query, value => value.ResourceVersion);
        var mirror = new Dictionary<ObjectKey, string>();
        var told = 0;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var changing = ChangeAsync();

        try
        {
            await foreach (var change in informer.RunAsync(stop.Token))
            {
                told++;
                switch (change.Change)
                {
                    case InformerChange.Added:
                        Assert.True(mirror.TryAdd(change.Key, change.After!), "added twice");
                        break;
                    case InformerChange.Updated:
                        Assert.Equal(mirror[change.Key], change.Before);
                        Assert.NotEqual(change.Before, change.After);
                        mirror[change.Key] = change.After!;
                        break;
                    case InformerChange.Deleted:
                        Assert.True(mirror.Remove(change.Key), "deleted twice");
                        break;
                }

                if (mirror.ContainsKey(new ObjectKey(name, "the-end")))
                {
                    await stop.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            // The end that was asked for.
        }

        await changing;
        var list = await steady.ListAsync(KnownResources.ConfigMaps, query, Token);
        Assert.Equal(list.Items.ToDictionary(item => item.Key, item => item.ResourceVersion).OrderBy(pair => pair.Key), mirror.OrderBy(pair => pair.Key));
        output.WriteLine($"{Changes} changes, {told} events, {breaking!.Broken} connections broken");
        Assert.True(breaking.Broken > 10, "the network was not broken enough to prove anything");
        await steady.DeleteAsync(KnownResources.Namespaces, ObjectKey.ClusterScoped(name), DeleteOptions.Default, Token);

        async Task ChangeAsync()
        {
            await informer.WhenSynced;
            for (var i = 0; i < Changes; i++)
            {
                var key = new ObjectKey(name, $"o{i % 50}");
                switch (i / 50 % 4)
                {
                    case 0:
                        await steady.CreateAsync(KnownResources.ConfigMaps, KubeObject.Create(KnownResources.ConfigMaps, key).SetLabel("mark", "yes"),
                            WriteOptions.Default, Token);
                        break;
                    case 3:
                        await steady.DeleteAsync(KnownResources.ConfigMaps, key, DeleteOptions.Default, Token);
                        break;
                    default:
                        var patch = KubePatch.Merge(new JsonObject { ["data"] = new JsonObject { ["i"] = $"{i}" } });
                        await steady.PatchAsync(KnownResources.ConfigMaps, key, patch, WriteOptions.Default, Token);
                        break;
                }
            }

            var end = KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey(name, "the-end")).SetLabel("mark", "yes");
            await steady.CreateAsync(KnownResources.ConfigMaps, end, WriteOptions.Default, Token);
        }
    }

    [Fact]
    public async Task A_path_that_dies_silently_is_noticed_and_the_watch_goes_on()
    {
        var clusters = await servers.GetAsync(Token);
        using var steady = new KubeClientFactory().Create(clusters[1].ToConnectionSettings());
        CountingHandler? asked = null;
        using var watching = new KubeClientFactory(wrap: (inner, _) => asked = new CountingHandler(inner)).Create(clusters[1].ToConnectionSettings());
        var mark = $"silent-{Guid.NewGuid().ToString("n")[..8]}";
        var query = new ListQuery { Namespace = "default", LabelSelector = $"mark={mark}" };
        var start = await steady.ListAsync(KnownResources.ConfigMaps, query, Token);
        var seen = Task.Run(async () =>
        {
            await foreach (var change in watching.WatchAsync(KnownResources.ConfigMaps, query, start.ResourceVersion, Token))
            {
                if (change.Type == WatchEventType.Added)
                {
                    return change.Object.Name;
                }
            }

            return string.Empty;
        });

        // Paused, the kernel still takes packets for the server: only the missing answers to HTTP/2 pings tell (30 s of silence and 15 s of patience).
        while (asked!.Requests.Count == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), Token);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        clusters.PauseServer(1);
        try
        {
            while (asked.Requests.Count < 2)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), patience.Token);
            }
        }
        finally
        {
            clusters.ResumeServer(1);
        }

        await steady.CreateAsync(KnownResources.ConfigMaps, KubeObject.Create(KnownResources.ConfigMaps, new("default", mark)).SetLabel("mark", mark),
            WriteOptions.Default, Token);

        Assert.Equal(mark, await seen.WaitAsync(TimeSpan.FromMinutes(1), Token));
    }

    [Fact]
    public async Task The_schema_tells_which_kinds_have_replicas()
    {
        var clusters = await servers.GetAsync(Token);
        using var client = new KubeClientFactory().Create(clusters[0].ToConnectionSettings());
        var schemas = new OpenApiSchemas(client);

        Assert.True(await schemas.HasFieldAsync(KnownResources.Deployments.Gvk, "spec.replicas", Token));
        Assert.False(await schemas.HasFieldAsync(KnownResources.ConfigMaps.Gvk, "spec.replicas", Token));
        Assert.Null(await schemas.HasFieldAsync(new GroupVersionKind("example.com", "v1", "Widget"), "spec.replicas", Token));
    }

    [Theory]
    [InlineData(20)]
    public async Task Many_clients_at_once_are_all_answered(int count)
    {
        var clusters = await servers.GetAsync(Token);
        var clients = Enumerable.Range(0, count).Select(_ => new KubeClientFactory().Create(clusters[0].ToConnectionSettings())).ToList();
        try
        {
            await Task.WhenAll(clients.SelectMany(client =>
                Enumerable.Range(0, 20).Select(_ => client.ListAsync(KnownResources.Namespaces, new ListQuery(), Token))));
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    /// <summary>Cuts watch bodies after some bytes, at any place of a line, and refuses every seventh connection.</summary>
    private sealed class BreakingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private readonly Random _random = new(7);
        private int _requests;

        public int Broken { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (!request.RequestUri!.Query.Contains("watch=1", StringComparison.Ordinal))
            {
                return response;
            }

            Broken++;
            if (++_requests % 7 == 0)
            {
                response.Dispose();
                throw new HttpRequestException(HttpRequestError.ResponseEnded);
            }

            response.Content = new StreamContent(
                new CutStream(await response.Content.ReadAsStreamAsync(cancellationToken), _random.Next(500, 20_000), _random.Next(2) == 0));
            return response;
        }
    }

    private sealed class CutStream(Stream inner, int left, bool loudly) : Stream
    {
        private int _left = left;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left == 0)
            {
                return loudly ? throw new IOException("reset") : 0;
            }

            var count = await inner.ReadAsync(buffer[..Math.Min(buffer.Length, _left)], cancellationToken);
            _left -= count;
            return count;
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
