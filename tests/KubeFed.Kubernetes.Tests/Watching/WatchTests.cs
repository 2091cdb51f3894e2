using System.Text;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Kubernetes.Tests.Watching;

public class WatchTests
{
    private static readonly ListQuery Query = new() { Namespace = "ns" };

    [Fact]
    public async Task Events_come_in_order_with_their_types()
    {
        var api = new FakeApi(() => Lines(Event("ADDED", "a", 1), Event("MODIFIED", "a", 2), Event("BOOKMARK", "", 5), Event("DELETED", "a", 6)));

        var events = await TakeAsync(api, 4);

        Assert.Equal(["Added a 1", "Modified a 2", "Bookmark  5", "Deleted a 6"], events);
        var sent = api.Requests.First();
        Assert.Equal(("1", "true", "0"), (sent.Query["watch"], sent.Query["allowWatchBookmarks"], sent.Query["resourceVersion"]));
        Assert.InRange(int.Parse(sent.Query["timeoutSeconds"], System.Globalization.CultureInfo.InvariantCulture), 300, 600);
    }

    [Fact]
    public async Task A_closed_watch_goes_on_from_the_last_event_or_bookmark()
    {
        var api = new FakeApi(
            () => Lines(Event("ADDED", "a", 1), Event("BOOKMARK", "", 5)),
            () => Lines(Event("MODIFIED", "a", 7)));

        Assert.Equal(["Added a 1", "Bookmark  5", "Modified a 7"], await TakeAsync(api, 3));
        Assert.Equal(["0", "5"], api.Requests.Select(sent => sent.Query["resourceVersion"]));
    }

    [Fact]
    public async Task A_close_without_events_at_once_is_backed_off_from()
    {
        var time = new ManualTime { AutoAdvance = TimeSpan.FromSeconds(20) };
        var api = new FakeApi(() => Lines(), () => Lines(), () => Lines(Event("ADDED", "a", 1)));

        await TakeAsync(api, 1, time);

        Assert.Equal(2, time.Slept.Count);
        Assert.All(time.Slept, slept => Assert.True(slept >= TimeSpan.FromMilliseconds(250)));
    }

    [Fact]
    public async Task A_lost_connection_goes_on_from_the_same_position()
    {
        var time = new ManualTime { AutoAdvance = TimeSpan.FromSeconds(20) };
        var api = new FakeApi(
            () => Lines(Event("ADDED", "a", 1)),
            () => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused",
                new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.ConnectionRefused)),
            () => FakeApi.Refuse(503, "ServiceUnavailable"),
            () => Lines(Event("MODIFIED", "a", 2)));

        Assert.Equal(["Added a 1", "Modified a 2"], await TakeAsync(api, 2, time));
        Assert.Equal(["0", "1", "1", "1"], api.Requests.Select(sent => sent.Query["resourceVersion"]));
    }

    [Theory]
    [InlineData("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"b\"")]
    [InlineData("not json\n")]
    [InlineData("{\"type\":\"ADDED\"}\n")]
    [InlineData("{\"type\":1,\"object\":{}}\n")]
    [InlineData("[]\n")]
    [InlineData("{\"type\":\"ADDED\",\"type\":\"ADDED\",\"object\":{}}\n")]
    public async Task A_malformed_or_truncated_line_leads_to_a_new_connection_at_the_last_position(string bad)
    {
        var time = new ManualTime { AutoAdvance = TimeSpan.FromSeconds(20) };
        var api = new FakeApi(() => Raw(Event("ADDED", "a", 1) + "\n" + bad), () => Lines(Event("MODIFIED", "a", 2)));

        Assert.Equal(["Added a 1", "Modified a 2"], await TakeAsync(api, 2, time));
        Assert.Equal("1", api.Requests.Last().Query["resourceVersion"]);
    }

    [Theory]
    [InlineData("""{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version"}}""")]
    [InlineData("""{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Gone","message":"too old resource version"}}""")]
    public async Task An_expired_position_within_the_stream_ends_the_watch(string line)
    {
        var error = await Assert.ThrowsAsync<KubeApiException>(() => TakeAsync(new FakeApi(() => Lines(line)), 1));

        Assert.True(error.IsExpired);
    }

    [Fact]
    public async Task An_expired_position_at_the_start_ends_the_watch() =>
        Assert.True((await Assert.ThrowsAsync<KubeApiException>(() => TakeAsync(new FakeApi(() => FakeApi.Refuse(410, "Expired")), 1))).IsExpired);

    [Fact]
    public async Task A_passing_error_within_the_stream_is_waited_out()
    {
        var time = new ManualTime { AutoAdvance = TimeSpan.FromSeconds(20) };
        var api = new FakeApi(
            () => Lines("""{"type":"ERROR","object":{"kind":"Status","code":500,"reason":"InternalError","message":"etcd"}}"""),
            () => Lines(Event("ADDED", "a", 1)));

        Assert.Equal(["Added a 1"], await TakeAsync(api, 1, time));
    }

    [Fact]
    public async Task A_refusal_that_waiting_does_not_cure_ends_the_watch() =>
        Assert.True((await Assert.ThrowsAsync<KubeApiException>(() => TakeAsync(new FakeApi(() => FakeApi.Refuse(403, "Forbidden")), 1))).IsForbidden);

    [Fact]
    public async Task Unknown_event_types_and_blank_lines_are_left_out()
    {
        var api = new FakeApi(() => Lines("", Event("WHATEVER", "x", 3), Event("ADDED", "a", 4)));

        Assert.Equal(["Added a 4"], await TakeAsync(api, 1));
    }

    [Fact]
    public async Task Cancelling_ends_a_watch_that_is_silent()
    {
        using var caller = new CancellationTokenSource();
        var silent = new SilentStream();
        using var client = new FakeApi(() => new HttpResponseMessage { Content = new StreamContent(silent) }).Client();
        var watching = Task.Run(async () =>
        {
            await foreach (var _ in client.WatchAsync(KnownResources.ConfigMaps, Query, "0", caller.Token))
            {
            }
        });

        await silent.ReadStarted;
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    [Fact]
    public async Task A_server_that_stays_silent_beyond_its_own_time_is_asked_anew()
    {
        var time = new ManualTime();
        var silent = new SilentStream();
        var api = new FakeApi(() => new HttpResponseMessage { Content = new StreamContent(silent) }, () => Lines(Event("ADDED", "a", 1)));
        var taking = TakeAsync(api, 1, time);

        await silent.ReadStarted;
        time.AutoAdvance = TimeSpan.FromSeconds(20);
        time.Advance(TimeSpan.FromSeconds(640));

        Assert.Equal(["Added a 1"], await taking);
    }

    [Fact]
    public async Task Metadata_only_watches_keep_metadata_and_name_the_resources_kind()
    {
        var api = new FakeApi(() => Lines(
            """{"type":"ADDED","object":{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"a","resourceVersion":"1"},"spec":{}}}"""));
        using var client = api.Client();

        await foreach (var change in client.WatchAsync(KnownResources.ConfigMaps, Query with { MetadataOnly = true }, "0", CancellationToken.None))
        {
            Assert.Equal("ConfigMap", change.Object.Kind);
            Assert.Null(change.Object.Spec);
            break;
        }

        Assert.Contains("as=PartialObjectMetadata;", api.Requests.First().Headers["Accept"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_longer_than_any_buffer_comes_whole()
    {
        var long1 = new string('x', 300_000);
        var api = new FakeApi(() => Lines(Event("ADDED", long1, 1)));

        Assert.Equal([$"Added {long1} 1"], await TakeAsync(api, 1));
    }

    private static async Task<List<string>> TakeAsync(FakeApi api, int count, TimeProvider? time = null)
    {
        using var client = api.Client(time: time);
        var events = new List<string>();
        await foreach (var change in client.WatchAsync(KnownResources.ConfigMaps, Query, "0", CancellationToken.None))
        {
            events.Add($"{change.Type} {change.Object.Name} {change.Object.ResourceVersion}");
            if (events.Count == count)
            {
                break;
            }
        }

        return events;
    }

    private static string Event(string type, string name, int version) =>
        $$$$"""{"type":"{{{{type}}}}","object":{"metadata":{"name":"{{{{name}}}}","namespace":"ns","resourceVersion":"{{{{version}}}}"}}}""";

    private static HttpResponseMessage Lines(params string[] lines) => Raw(string.Concat(lines.Select(line => line + "\n")));

    private static HttpResponseMessage Raw(string text) => new() { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) };

    private sealed class SilentStream : Stream
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task ReadStarted => _started.Task;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _started.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
