using System.Collections.Concurrent;
using System.Globalization;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;
using KubeFed.Kubernetes.Watching;

namespace KubeFed.Kubernetes.Tests.Watching;

public class InformerTests(ITestOutputHelper output)
{
    private static readonly ListQuery Query = new() { Namespace = "ns", PageSize = 7 };

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public async Task Ten_thousand_changes_over_a_broken_network_are_told_without_loss_or_repetition(int seed, bool faults)
    {
        const int Changes = 10_000;
        var unobserved = new ConcurrentQueue<string>();
        void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs args) => unobserved.Enqueue(args.Exception.ToString());
        TaskScheduler.UnobservedTaskException += OnUnobserved;
        var api = new ChangingApi(seed, faults);
        for (var i = 0; i < 50; i++)
        {
            api.Change(40);
        }

        using var client = api.Client(new ManualTime { AutoAdvance = TimeSpan.FromSeconds(40) });
        var informer = new Informer<string>(client, KnownResources.ConfigMaps, Query, value =>
            value.ResourceVersion, new ManualTime { AutoAdvance = TimeSpan.FromSeconds(40) });
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var mirror = new Dictionary<ObjectKey, string>();
        var (told, relists, finished) = (0, 0, false);
        var changing = Task.Run(async () =>
        {
            await informer.WhenSynced;
            for (var i = 0; i < Changes; i++)
            {
                if (i == Changes - 1)
                {
                    finished = true;
                }

                api.Change(40);
                if (i % 25 == 0)
                {
                    await Task.Delay(1);
                }
            }
        });

        try
        {
            await foreach (var change in informer.RunAsync(stop.Token))
            {
                told++;
                switch (change.Change)
                {
                    case InformerChange.Synced:
                        relists++;
                        break;
                    case InformerChange.Added:
                        Assert.True(mirror.TryAdd(change.Key, change.After!), "added twice");
                        break;
                    case InformerChange.Updated:
                        Assert.Equal(mirror[change.Key], change.Before);
                        Assert.True(Number(change.After!) > Number(change.Before!), "an event came twice or out of order");
                        mirror[change.Key] = change.After!;
                        break;
                    case InformerChange.Deleted:
                        Assert.Equal(mirror[change.Key], change.Before);
                        Assert.True(mirror.Remove(change.Key), "deleted twice");
                        break;
                }

                if (Volatile.Read(ref finished) && Same(api, mirror))
                {
                    await stop.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The store has caught up; this is the end that was asked for.
        }

        output.WriteLine($"seed {seed}: {told} events, {relists} lists, faults: {string.Join(", ", api.Faults.Select(pair => $"{pair.Key} {pair.Value}"))}");
        await changing.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(api.Objects.Keys.Order(StringComparer.Ordinal), mirror.Keys.Select(key => key.Name).Order(StringComparer.Ordinal));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        TaskScheduler.UnobservedTaskException -= OnUnobserved;
        // The event is the process's, so other tests' exceptions come here too; ours are those that an informer or its watch had a hand in.
        Assert.DoesNotContain(unobserved, error => error.Contains("KubeFed.Kubernetes.Watching", StringComparison.Ordinal));
        if (faults)
        {
            Assert.True(relists > 1 && api.Faults.Count >= 8, "the network was not broken enough to prove anything");
        }
    }

    [Fact]
    public async Task A_deletion_missed_while_away_is_told_after_the_next_list()
    {
        var lists = 0;
        var api = new FakeApi(sent => sent.Query.ContainsKey("watch")
            ? FakeApi.Refuse(410, "Expired")
            : FakeApi.Json(lists++ == 0 ? List(1, ("a", "u1", 1), ("b", "u2", 1)) : List(5, ("a", "u1", 1))));

        Assert.Equal(["Added a", "Added b", "Synced ", "Deleted b", "Synced "], await TakeAsync(api, 5));
    }

    [Fact]
    public async Task An_object_replaced_while_away_is_told_as_deleted_and_added()
    {
        var lists = 0;
        var api = new FakeApi(sent => sent.Query.ContainsKey("watch")
            ? FakeApi.Refuse(410, "Expired")
            : FakeApi.Json(List(1, ("a", lists++ == 0 ? "u1" : "u2", lists))));

        Assert.Equal(["Added a", "Synced ", "Deleted a", "Added a", "Synced "], await TakeAsync(api, 5));
    }

    [Fact]
    public async Task A_later_list_is_never_read_from_a_cache_that_may_be_older()
    {
        var api = new FakeApi(sent => sent.Query.ContainsKey("watch") ? FakeApi.Refuse(410, "Expired") : FakeApi.Json(List(1)));

        await TakeAsync(api, 2, Query with { ResourceVersion = "0" });

        Assert.Equal(["0", null],
            api.Requests.Where(sent => !sent.Query.ContainsKey("watch")).Select(sent => sent.Query.GetValueOrDefault("resourceVersion")).Take(2));
    }

    [Fact]
    public async Task Failures_are_told_and_waited_out()
    {
        var troubles = new List<KubeException>();
        var api = new FakeApi(
            () => FakeApi.Refuse(403, "Forbidden"),
            () => FakeApi.Refuse(404, "NotFound"),
            () => throw new HttpRequestException(HttpRequestError.NameResolutionError),
            () => FakeApi.Json(List(1, ("a", "u", 1))));

        Assert.Equal(["Added a", "Synced "], await TakeAsync(api, 2, onTrouble: troubles.Add));
        Assert.Equal(3, troubles.Count);
    }

    [Fact]
    public async Task Two_runs_at_once_are_refused()
    {
        using var client = new FakeApi(() => FakeApi.Json(List(1, ("a", "u", 1)))).Client();
        var informer = Informers.OfObjects(client, KnownResources.ConfigMaps, Query);
        await using var first = informer.RunAsync(CancellationToken.None).GetAsyncEnumerator();
        await first.MoveNextAsync();
        await using var second = informer.RunAsync(CancellationToken.None).GetAsyncEnumerator();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await second.MoveNextAsync());
    }

    [Fact]
    public async Task A_store_of_versions_asks_for_metadata_only()
    {
        var api = new FakeApi(() => FakeApi.Json(List(1, ("a", "u", 8))));
        using var client = api.Client();
        var informer = Informers.OfVersions(client, KnownResources.ConfigMaps, Query);
        await using var run = informer.RunAsync(CancellationToken.None).GetAsyncEnumerator();
        await run.MoveNextAsync();

        Assert.Contains("PartialObjectMetadataList", api.Requests.First().Headers["Accept"], StringComparison.Ordinal);
        Assert.True(informer.TryGet(new ObjectKey("ns", "a"), out var entry));
        Assert.Equal(new VersionEntry("8", 0, false), entry);
        Assert.Equal(1, informer.Count);
        Assert.Equal(new ObjectKey("ns", "a"), Assert.Single(informer.Snapshot()).Key);
    }

    [Fact]
    public void An_entry_of_a_version_store_costs_at_most_250_bytes_beyond_its_strings()
    {
        const int Entries = 100_000;
        var store = new InformerStore<VersionEntry>();
        var strings = 0L;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Entries; i++)
        {
            var value = KubeObject.Parse($$"""{"metadata":{"name":"object-{{i}}","namespace":"namespace-{{i % 100}}","uid":"{{new Guid(i, 0, 0, new byte[8])}}","resourceVersion":"{{i}}"} }""");
            var version = value.ResourceVersion;
            strings += (2L * value.Name.Length) + (2L * version.Length);
            store.Put(value, new VersionEntry(version, 1, false));
        }

        var perEntry = (GC.GetTotalMemory(forceFullCollection: true) - before - strings) / (double)Entries;
        GC.KeepAlive(store);

        output.WriteLine($"{perEntry:0} bytes per entry beyond the characters");
        Assert.InRange(perEntry, 1, 250);
    }

    private static async Task<List<string>> TakeAsync(FakeApi api, int count, ListQuery? query = null, Action<KubeException>? onTrouble = null)
    {
        using var client = api.Client(time: new ManualTime { AutoAdvance = TimeSpan.FromSeconds(20) });
        var informer = new Informer<string>(
            client, KnownResources.ConfigMaps, query ?? Query, value =>
                value.Uid, new ManualTime { AutoAdvance = TimeSpan.FromSeconds(40) }, onTrouble: onTrouble);
        var events = new List<string>();
        await foreach (var change in informer.RunAsync(CancellationToken.None))
        {
            events.Add($"{change.Change} {change.Key.Name}");
            if (events.Count == count)
            {
                break;
            }
        }

        return events;
    }

    private static bool Same(ChangingApi api, Dictionary<ObjectKey, string> mirror)
    {
        var objects = api.Objects;
        return mirror.Count == objects.Count
            && mirror.All(pair => objects.TryGetValue(pair.Key.Name, out var json) && json.Contains($"\"{pair.Value}\"", StringComparison.Ordinal));
    }

    private static string List(int version, params (string Name, string Uid, int Version)[] items) => $$"""
        {"metadata":{"resourceVersion":"{{version}}"},"items":[{{string.Join(',', items.Select(item =>
            $$$"""{"metadata":{"name":"{{{item.Name}}}","namespace":"ns","uid":"{{{item.Uid}}}","resourceVersion":"{{{item.Version}}}"} }"""))}}]}
        """;

    private static int Number(string version) => int.Parse(version, CultureInfo.InvariantCulture);
}
