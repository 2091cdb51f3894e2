using System.Net.Sockets;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Kubernetes.Tests.Http;

public class RetryTests
{
    private const string Found = """{"kind":"ConfigMap","metadata":{"name":"a","namespace":"ns"}}""";
    private static readonly ObjectKey Key = new("ns", "a");
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(429, "TooManyRequests")]
    [InlineData(503, "ServiceUnavailable")]
    [InlineData(500, "InternalError")]
    public async Task A_refusal_with_Retry_After_is_waited_out_even_for_a_write(int code, string reason)
    {
        var time = new ManualTime { AutoAdvance = TimeSpan.FromSeconds(10) };
        var api = new FakeApi(() => FakeApi.Refuse(code, reason, retryAfter: 2), () => FakeApi.Json(Found));
        using var client = api.Client(time: time);

        await client.CreateAsync(KnownResources.ConfigMaps, KubeObject.Parse(Found), WriteOptions.Default, None);

        Assert.Equal(2, api.Requests.Count);
        Assert.Equal(api.Requests.First().Body, api.Requests.Last().Body);
        Assert.InRange(Assert.Single(time.Slept), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    [InlineData(500)]
    public async Task A_refusal_without_Retry_After_is_final(int code)
    {
        var api = new FakeApi(() => FakeApi.Refuse(code, "Whatever"));
        using var client = api.Client();

        Assert.Equal(code, (await Assert.ThrowsAsync<KubeApiException>(() => client.GetAsync(KnownResources.ConfigMaps, Key, None))).Code);
        Assert.Single(api.Requests);
    }

    [Fact]
    public async Task After_ten_retries_the_refusal_is_reported()
    {
        var time = new ManualTime { AutoAdvance = TimeSpan.FromSeconds(10) };
        var api = new FakeApi(() => FakeApi.Refuse(429, "TooManyRequests", retryAfter: 1));
        using var client = api.Client(FakeApi.Settings with { Timeout = TimeSpan.FromMinutes(5) }, time);

        await Assert.ThrowsAsync<KubeApiException>(() => client.GetAsync(KnownResources.ConfigMaps, Key, None));

        Assert.Equal(11, api.Requests.Count);
    }

    [Fact]
    public async Task A_wait_beyond_the_deadline_is_not_begun()
    {
        var api = new FakeApi(() => FakeApi.Refuse(429, "TooManyRequests", retryAfter: 3600));
        using var client = api.Client();

        await Assert.ThrowsAsync<KubeApiException>(() => client.GetAsync(KnownResources.ConfigMaps, Key, None));

        Assert.Single(api.Requests);
    }

    [Fact]
    public async Task A_get_on_a_lost_connection_is_sent_again()
    {
        var time = new ManualTime { AutoAdvance = TimeSpan.FromSeconds(10) };
        var api = new FakeApi(
            () => throw new HttpRequestException("reset", new IOException("reset", new SocketException((int)SocketError.ConnectionReset))),
            () => throw new HttpRequestException(HttpRequestError.ResponseEnded),
            () => new HttpResponseMessage { Content = new BrokenContent() },
            () => FakeApi.Json(Found));
        using var client = api.Client(time: time);

        Assert.Equal("a", (await client.GetAsync(KnownResources.ConfigMaps, Key, None)).Name);
        Assert.Equal(4, api.Requests.Count);
    }

    [Fact]
    public async Task A_write_on_a_lost_connection_is_not_sent_again_and_the_error_says_what_that_means()
    {
        var api = new FakeApi(() => throw new HttpRequestException(HttpRequestError.ResponseEnded));
        using var client = api.Client();

        var error = await Assert.ThrowsAsync<KubeConnectionException>(
            () => client.CreateAsync(KnownResources.ConfigMaps, KubeObject.Parse(Found), WriteOptions.Default, None));

        Assert.Equal(ConnectionFailure.Interrupted, error.Failure);
        Assert.Contains("may or may not", error.Remedy, StringComparison.Ordinal);
        Assert.Single(api.Requests);
    }

    [Fact]
    public async Task A_refused_connection_is_reported_at_once()
    {
        var api = new FakeApi(() =>
            throw new HttpRequestException(HttpRequestError.ConnectionError, "refused", new SocketException((int)SocketError.ConnectionRefused)));
        using var client = api.Client();

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => client.GetAsync(KnownResources.ConfigMaps, Key, None));

        Assert.Equal(ConnectionFailure.Unreachable, error.Failure);
        Assert.Contains("https://c1.example:6443 can't be reached", error.Message, StringComparison.Ordinal);
        Assert.Single(api.Requests);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_runs_into_the_deadline()
    {
        var time = new ManualTime();
        var api = new FakeApi(async (_, token) =>
        {
            time.Advance(TimeSpan.FromSeconds(31));
            await Task.Delay(Timeout.Infinite, token);
            return new HttpResponseMessage();
        });
        using var client = api.Client(time: time);

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => client.GetAsync(KnownResources.ConfigMaps, Key, None));

        Assert.Equal(ConnectionFailure.TimedOut, error.Failure);
        Assert.Contains("within 30 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_that_cancels_gets_its_own_cancellation()
    {
        using var caller = new CancellationTokenSource();
        var api = new FakeApi(async (_, token) =>
        {
            await caller.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
            return new HttpResponseMessage();
        });
        using var client = api.Client();

        var error = await Assert.ThrowsAsync<OperationCanceledException>(() => client.GetAsync(KnownResources.ConfigMaps, Key, caller.Token));

        Assert.Equal(caller.Token, error.CancellationToken);
    }

    [Fact]
    public async Task Cancelling_ends_a_wait_for_Retry_After()
    {
        using var caller = new CancellationTokenSource();
        var time = new ManualTime();
        var api = new FakeApi(() => FakeApi.Refuse(503, "ServiceUnavailable", retryAfter: 5));
        using var client = api.Client(time: time);

        var reading = client.GetAsync(KnownResources.ConfigMaps, Key, caller.Token);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task Warnings_of_the_server_are_passed_on_once_each()
    {
        var warnings = new List<string>();
        var api = new FakeApi(() =>
        {
            var response = FakeApi.Json(Found);
            response.Headers.TryAddWithoutValidation("Warning", "299 - \"batch/v1beta1 CronJob is \\\"deprecated\\\"\", 299 - \"second\"");
            response.Headers.TryAddWithoutValidation("Warning", "199 - \"not ours\"");
            return response;
        });
        using var client = api.Client(onWarning: warning => warnings.Add(warning.Text));

        await client.GetAsync(KnownResources.ConfigMaps, Key, None);
        await client.GetAsync(KnownResources.ConfigMaps, Key, None);

        Assert.Equal(["batch/v1beta1 CronJob is \"deprecated\"", "second"], warnings);
    }

    private sealed class BrokenContent : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => throw new IOException("reset in the body");

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
