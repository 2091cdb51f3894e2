using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KubeFed.Cluster.Tests.Servers;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Watching;
using KubeFed.TestSupport.Wire;

namespace KubeFed.Cluster.Tests.Transport;

/// <summary>The client and its informer against a real API server, over a wire that breaks in every way there is.</summary>
[Collection(nameof(RealServers))]
public sealed class FaultProxyTests(TwoClusters servers, ITestOutputHelper output)
{
    private const int Writers = 16;
    private static readonly WireFault[] s_transient =
    [
        WireFault.ResetMidBody, WireFault.TruncatedLine, WireFault.Drop, WireFault.Delay, WireFault.SlowBody, WireFault.TooManyRequests, WireFault.Unavailable,
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_thousand_changes_come_through_a_broken_wire_each_exactly_once()
    {
        var cluster = (await servers.GetAsync(Stop))[0];
        var burst = 0;
        var watches = 0;
        await using var proxy = new FaultProxy(cluster, target =>
        {
            if (!target.Contains("watch=", StringComparison.Ordinal))
            {
                return WireFault.None;
            }

            // Three 503 in a row now and then; otherwise one fault after the other, so that each kind is sure to come.
            if (Interlocked.Decrement(ref burst) >= 0)
            {
                return WireFault.Unavailable;
            }

            var turn = Interlocked.Increment(ref watches);
            Interlocked.Exchange(ref burst, turn % 20 == 0 ? 3 : 0);
            return s_transient[turn % s_transient.Length];
        });
        using var history = new ChangeHistory(cluster, "exactly-once");
        await history.PrepareAsync(Stop);
        var told = await FollowAsync(proxy.Settings, history, changes: 10_000);

        Assert.Equal(1, told.Relists);
        Assert.Equal(history.Expected.Count, told.Events.Count);
        foreach (var (key, expected) in history.Expected)
        {
            Assert.Equal(expected, told.Events[key]);
        }

        Assert.All(s_transient, fault => Assert.True(proxy.Count(fault) > 0, $"{fault} never came; {proxy.Summary}"));
        output.WriteLine($"{history.Made} changes, {told.Count} events, {told.Relists} list, faults: {proxy.Summary}");
    }

    [Fact]
    public async Task After_lost_positions_the_store_is_right_and_nothing_was_told_twice()
    {
        var cluster = (await servers.GetAsync(Stop))[0];
        var turns = 0;
        await using var proxy = new FaultProxy(cluster, target =>
        {
            var watch = target.Contains("watch=", StringComparison.Ordinal);
            return (Interlocked.Increment(ref turns) % 6, watch) switch
            {
                (0, true) => WireFault.Gone,
                (2, true) => WireFault.GoneEvent,
                (4, true) => WireFault.TruncatedLine,
                (_, true) => WireFault.ResetMidBody,
                (1 or 3, false) => WireFault.ResetMidBody,
                (5, false) => WireFault.TooManyRequests,
                _ => WireFault.None,
            };
        });
        using var history = new ChangeHistory(cluster, "lost-positions");
        await history.PrepareAsync(Stop);
        var told = await FollowAsync(proxy.Settings, history, changes: 2_000);

        Assert.True(told.Relists > 1, $"no position was lost; {proxy.Summary}");
        Assert.True(proxy.Count(WireFault.Gone) > 0 && proxy.Count(WireFault.GoneEvent) > 0, proxy.Summary);
        foreach (var (key, events) in told.Events)
        {
            // What happened between a lost position and the next list is told as its outcome: some steps may be missing, none may come twice or late.
            var expected = history.Expected[key];
            Assert.Equal(expected[^1], events[^1]);
            var place = -1;
            foreach (var step in events)
            {
                place = step.Length == 0 ? Math.Max(place, 0) : expected.IndexOf(step, place + 1);
                Assert.True(place >= 0, $"{key}: '{step}' came twice, or late");
            }
        }

        output.WriteLine($"{history.Made} changes, {told.Count} events, {told.Relists} lists, faults: {proxy.Summary}");
    }

    [Fact]
    public async Task Connections_reset_below_HTTP2_cost_no_event()
    {
        var cluster = (await servers.GetAsync(Stop))[0];
        await using var proxy = new TcpProxy(cluster.Server) { Latency = TimeSpan.FromMilliseconds(1) };
        using var history = new ChangeHistory(cluster, "resets");
        await history.PrepareAsync(Stop);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var breaking = BreakAsync();
        var told = await FollowAsync(cluster.ToConnectionSettings() with { Server = proxy.Server }, history, changes: 3_000);
        await ended.CancelAsync();
        await Task.WhenAny(breaking);

        Assert.Equal(1, told.Relists);
        foreach (var (key, expected) in history.Expected)
        {
            Assert.Equal(expected, told.Events[key]);
        }

        Assert.True(proxy.Resets > 0, "nothing was reset");
        output.WriteLine($"{history.Made} changes, {told.Count} events, {proxy.Resets} connections reset of {proxy.Accepted}");

        async Task BreakAsync()
        {
            while (true)
            {
                await Task.Delay(400, ended.Token);
                proxy.ResetAll();
            }
        }
    }

    [Theory]
    [InlineData(WireFault.Silence, ConnectionFailure.TimedOut)]
    [InlineData(WireFault.EndlessBody, ConnectionFailure.TimedOut)]
    [InlineData(WireFault.Drop, ConnectionFailure.Interrupted)]
    [InlineData(WireFault.ResetMidBody, ConnectionFailure.Interrupted)]
    public async Task No_call_outlives_its_deadline_whatever_the_wire_does(WireFault fault, ConnectionFailure failure)
    {
        var cluster = (await servers.GetAsync(Stop))[0];
        await using var proxy = new FaultProxy(cluster, _ => fault);
        using var client = new KubeClientFactory().Create(proxy.Settings with { Timeout = TimeSpan.FromSeconds(2) });

        var call = client.GetAsync(KnownResources.Namespaces, new ObjectKey(null, "default"), Stop);
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => call.WaitAsync(TimeSpan.FromSeconds(60), Stop));

        // A broken connection is tried again until the deadline, which then may be what ends it.
        Assert.True(error.Failure == failure || error.Failure == ConnectionFailure.TimedOut, $"{error.Failure}: {error.Message}");
        Assert.True(proxy.Count(fault) > 0);
    }

    [Theory]
    [InlineData(WireFault.TooManyRequests, 429)]
    [InlineData(WireFault.Unavailable, 503)]
    public async Task A_server_that_goes_on_refusing_is_told_as_such_within_the_deadline(WireFault fault, int code)
    {
        var cluster = (await servers.GetAsync(Stop))[0];
        await using var proxy = new FaultProxy(cluster, _ => fault);
        using var client = new KubeClientFactory().Create(proxy.Settings with { Timeout = TimeSpan.FromSeconds(3) });

        var call = client.GetAsync(KnownResources.Namespaces, new ObjectKey(null, "default"), Stop);
        var error = await Assert.ThrowsAsync<KubeApiException>(() => call.WaitAsync(TimeSpan.FromSeconds(60), Stop));

        Assert.Equal(code, error.Code);
        Assert.Equal(fault == WireFault.Unavailable, proxy.Count(fault) == 1);
    }

    [Fact]
    public async Task A_certificate_of_a_foreign_authority_is_refused_and_nothing_is_sent_to_it()
    {
        var cluster = (await servers.GetAsync(Stop))[0];
        await using var proxy = new FaultProxy(cluster, _ => WireFault.None) { WrongCertificates = 1 };
        using var client = new KubeClientFactory().Create(proxy.Settings);

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => client.GetVersionAsync(Stop));

        Assert.Equal(ConnectionFailure.Tls, error.Failure);
        Assert.Equal(0, proxy.Count(WireFault.None));
        Assert.NotEmpty((await client.GetVersionAsync(Stop)).GitVersion);
    }

    /// <summary>Runs an informer over <paramref name="settings"/> while the history makes its changes, until it has told the last state of every object.</summary>
    private static async Task<Told> FollowAsync(ConnectionSettings settings, ChangeHistory history, int changes)
    {
        var unobserved = new ConcurrentQueue<Exception>();
        void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs args) => unobserved.Enqueue(args.Exception);
        TaskScheduler.UnobservedTaskException += OnUnobserved;
        var told = new Told();
        try
        {
            // Waits pass four times as fast, for the test's sake; so does the deadline of a request, which is long enough for that.
            var time = new HurriedTime(4);
            using var client = new KubeClientFactory(time: time).Create(settings with { Timeout = TimeSpan.FromMinutes(2) });
            var informer = Informers.OfVersions(client, KnownResources.ConfigMaps, new ListQuery { Namespace = history.Namespace, LabelSelector = "followed", PageSize = 50 }, time);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            end.CancelAfter(TimeSpan.FromMinutes(3));
            var making = Task.Run(
                async () =>
                {
                    await informer.WhenSynced.WaitAsync(end.Token);
                    await history.MakeAsync(changes, Writers, end.Token);
                },
                end.Token);
            try
            {
                await foreach (var change in informer.RunAsync(end.Token))
                {
                    told.Take(change);
                    if (told.HasSeenTheEnd && told.IsAt(history))
                    {
                        break;
                    }
                }
            }
            catch (OperationCanceledException) when (!Stop.IsCancellationRequested)
            {
                Assert.Fail($"The informer has not told everything in time: {told.Count} events for {history.Made} changes.");
            }

            await making;
        }
        finally
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            TaskScheduler.UnobservedTaskException -= OnUnobserved;
        }

        Assert.DoesNotContain(unobserved, error => error.ToString().Contains("KubeFed.Kubernetes", StringComparison.Ordinal));
        return told;
    }

    /// <summary>What an informer told, as resourceVersions per object; an empty one is a deletion.</summary>
    private sealed class Told
    {
        public Dictionary<string, List<string>> Events { get; } = [];

        public int Count { get; private set; }

        public int Relists { get; private set; }

        /// <summary>The object that is made after all changes has come. In a list it may come before others of the same list.</summary>
        public bool HasSeenTheEnd { get; private set; }

        public void Take(InformerEvent<VersionEntry> change)
        {
            if (change.Change == InformerChange.Synced)
            {
                Relists++;
                return;
            }

            if (change.Key.Name == ChangeHistory.End)
            {
                HasSeenTheEnd = true;
                return;
            }

            Count++;
            if (!Events.TryGetValue(change.Key.Name, out var events))
            {
                Events[change.Key.Name] = events = [];
            }

            var last = events.Count == 0 ? string.Empty : events[^1];
            switch (change.Change)
            {
                case InformerChange.Added:
                    Assert.True(last.Length == 0, $"{change.Key} was added twice");
                    break;
                case InformerChange.Updated:
                    Assert.Equal(last, change.Before.ResourceVersion);
                    break;
                case InformerChange.Deleted:
                    Assert.True(last.Length > 0, $"{change.Key} was deleted twice");
                    break;
            }

            events.Add(change.Change == InformerChange.Deleted ? string.Empty : change.After.ResourceVersion);
        }

        /// <summary>Whether the last told of every object is its last step; one that came and went while a position was lost may never have been told at all.</summary>
        public bool IsAt(ChangeHistory history) =>
            history.Expected.All(pair => (Events.TryGetValue(pair.Key, out var events) ? events[^1] : string.Empty) == pair.Value[^1]);
    }
}

/// <summary>Changes ConfigMaps on a server directly, and remembers what an informer should tell of each: a resourceVersion per step, an empty one for a deletion.</summary>
internal sealed class ChangeHistory(TestSupport.Servers.RealCluster cluster, string name) : IDisposable
{
    /// <summary>The name of an object that is made after all changes.</summary>
    public const string End = "the-end";

    private const int ObjectsPerWriter = 10;
    private readonly IKubeClient _client = new KubeClientFactory().Create(cluster.ToConnectionSettings() with { MaxConcurrency = 64 });
    private int _made;

    /// <summary>A namespace of its own.</summary>
    public string Namespace { get; } = $"{name}-{Guid.NewGuid():N}"[..32];

    public ConcurrentDictionary<string, List<string>> Expected { get; } = new();

    public int Made => Volatile.Read(ref _made);

    public Task PrepareAsync(CancellationToken cancellationToken) => _client.CreateAsync(
        KnownResources.Namespaces, new KubeObject(new JsonObject { ["metadata"] = new JsonObject { ["name"] = Namespace } }), new WriteOptions(), cancellationToken);

    /// <summary>Each writer has objects of its own, so that their steps have an order.</summary>
    public async Task MakeAsync(int changes, int writers, CancellationToken cancellationToken)
    {
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => WriteAsync(writer, changes / writers, cancellationToken)));
        await _client.CreateAsync(KnownResources.ConfigMaps, Labelled(End), new WriteOptions(), cancellationToken);
    }

    public void Dispose() => _client.Dispose();

    private async Task WriteAsync(int writer, int changes, CancellationToken cancellationToken)
    {
        var random = new Random(writer);
        for (var i = 0; i < changes; i++)
        {
            var key = new ObjectKey(Namespace, $"w{writer}-{random.Next(ObjectsPerWriter)}");
            var steps = Expected.GetOrAdd(key.Name, _ => []);
            steps.Add(await StepAsync(key, steps, i, random, cancellationToken));
            Interlocked.Increment(ref _made);
        }
    }

    private async Task<string> StepAsync(ObjectKey key, List<string> steps, int number, Random random, CancellationToken cancellationToken)
    {
        if (steps.Count == 0 || steps[^1].Length == 0)
        {
            return (await _client.CreateAsync(KnownResources.ConfigMaps, Labelled(key.Name), new WriteOptions(), cancellationToken)).ResourceVersion;
        }

        if (random.Next(5) == 0)
        {
            await _client.DeleteAsync(KnownResources.ConfigMaps, key, new DeleteOptions(), cancellationToken);
            return string.Empty;
        }

        var patch = KubePatch.Merge(new JsonObject { ["data"] = new JsonObject { ["step"] = number.ToString(System.Globalization.CultureInfo.InvariantCulture) } });
        return (await _client.PatchAsync(KnownResources.ConfigMaps, key, patch, new WriteOptions(), cancellationToken)).ResourceVersion;
    }

    private KubeObject Labelled(string name) => new(new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Namespace, ["labels"] = new JsonObject { ["followed"] = "yes" } },
    });
}

/// <summary>The system's time, with waits that are shorter by a factor.</summary>
internal sealed class HurriedTime(int factor) : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / factor : dueTime, period > TimeSpan.Zero ? period / factor : period);
}
