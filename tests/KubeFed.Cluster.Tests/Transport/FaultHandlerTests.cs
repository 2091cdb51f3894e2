using System.Net;
using System.Text.Json.Nodes;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Cluster.Tests.Transport;

public sealed class FaultHandlerTests : IDisposable
{
    private readonly Echo _server = new(HttpStatusCode.OK);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Only_the_chosen_request_fails()
    {
        using var faults = new FaultHandler(_server).OnRequest(2, Fault.Unreachable);
        using var client = Client(faults);

        await client.GetAsync("/1", Cancel);
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/2", Cancel));
        await client.GetAsync("/3", Cancel);

        Assert.Equal(HttpRequestError.ConnectionError, error.HttpRequestError);
        Assert.Equal(2, _server.Received);
        Assert.Equal(1, faults.Injected);
    }

    [Fact]
    public async Task A_lost_answer_still_reached_the_server()
    {
        using var faults = new FaultHandler(_server).OnRequest(1, Fault.AnswerLost);
        using var client = Client(faults);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/", Cancel));

        Assert.Equal(HttpRequestError.ResponseEnded, error.HttpRequestError);
        Assert.Equal(1, _server.Received);
    }

    [Fact]
    public async Task A_refusal_is_a_status_with_retry_after_and_stops_after_its_times()
    {
        using var faults = new FaultHandler(_server)
            .When(
                request => request.RequestUri!.AbsolutePath == "/busy",
                Fault.Refuse(HttpStatusCode.TooManyRequests, "TooManyRequests", "slow down", TimeSpan.FromSeconds(7)),
                times: 1);
        using var client = Client(faults);

        using var refused = await client.GetAsync("/busy", Cancel);
        using var accepted = await client.GetAsync("/busy", Cancel);

        var status = JsonNode.Parse(await refused.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal(
            ("Status", "TooManyRequests", "slow down", 429),
            ((string?)status["kind"], (string?)status["reason"], (string?)status["message"], (int?)status["code"]));
        Assert.Equal(TimeSpan.FromSeconds(7), refused.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    [Fact]
    public async Task A_hang_ends_with_the_callers_cancellation_only()
    {
        using var faults = new FaultHandler(_server).When(_ => true, Fault.Hang);
        using var client = Client(faults);
        using var caller = new CancellationTokenSource();

        var answer = client.GetAsync("/", caller.Token);
        Assert.False(answer.IsCompleted);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Equal(0, _server.Received);
    }

    [Fact]
    public async Task A_delay_runs_on_the_given_clock_and_healing_ends_all_faults()
    {
        var clock = new StoppedClock();
        using var faults = new FaultHandler(_server, clock).When(_ => true, Fault.Delay(TimeSpan.FromHours(1)));
        using var client = Client(faults);

        var answer = client.GetAsync("/slow", Cancel);
        Assert.Equal(0, _server.Received);
        clock.Fire();
        await answer;
        faults.Heal();
        await client.GetAsync("/fast", Cancel);

        Assert.Equal(2, _server.Received);
        Assert.Equal(TimeSpan.FromHours(1), clock.Asked);
    }

    private static HttpClient Client(FaultHandler faults) => new(faults) { BaseAddress = new Uri("http://one.invalid") };

    private sealed class StoppedClock : TimeProvider
    {
        private Action? _fire;

        public TimeSpan Asked { get; private set; }

        public void Fire() => _fire?.Invoke();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Asked = dueTime;
            _fire = () => callback(state);
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
