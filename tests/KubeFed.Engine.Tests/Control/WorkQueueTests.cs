using KubeFed.Engine.Control;

namespace KubeFed.Engine.Tests.Control;

/// <summary>When a key is due, on a clock that the test moves.</summary>
public class WorkQueueTests
{
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(100);

    private readonly ManualTime _time = new();

    [Fact]
    public void E_12_Fifteen_requests_for_a_key_five_of_them_while_it_is_in_work_lead_to_exactly_two_runs()
    {
        var queue = Queue();
        var runs = 0;
        Times(10, () => queue.Add("a", Debounce));
        Assert.Empty(queue.Take(10));
        _time.Advance(Debounce);
        runs += queue.Take(10).Count;
        Times(5, () => queue.Add("a", Debounce));
        _time.Advance(Debounce);
        Assert.Empty(queue.Take(10));
        queue.Complete("a", Verdict.Settled);
        runs += queue.Take(10).Count;
        queue.Complete("a", Verdict.Settled);
        _time.Advance(TimeSpan.FromHours(1));
        runs += queue.Take(10).Count;
        Assert.Equal(2, runs);
    }

    [Fact]
    public void E_10_A_key_that_fails_waits_5_10_20_40_60_60_seconds_and_its_failures_are_forgotten_after_a_success()
    {
        var queue = Queue();
        queue.Add("a", TimeSpan.Zero);
        var waits = new List<double>();
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(["a"], queue.Take(10));
            queue.Complete("a", Verdict.Failure);
            waits.Add(WaitOf(queue));
        }

        Assert.Equal([5, 10, 20, 40, 60, 60], waits);
        queue.Take(10);
        queue.Complete("a", Verdict.Settled);
        queue.Add("a", TimeSpan.Zero);
        queue.Take(10);
        queue.Complete("a", Verdict.Failure);
        Assert.Equal(5, WaitOf(queue));
    }

    [Fact]
    public void E_11_An_earlier_time_replaces_a_later_one_and_a_later_one_is_dropped()
    {
        var queue = Queue();
        queue.Add("a", TimeSpan.FromSeconds(60));
        queue.Add("a", TimeSpan.FromSeconds(2));
        queue.Add("a", TimeSpan.FromSeconds(30));
        Assert.Equal(2, WaitOf(queue));
        queue.Take(10);
        queue.Complete("a", Verdict.Settled);
        Assert.True(queue.IsIdle(TimeSpan.FromHours(1)));
    }

    [Fact]
    public void An_event_brings_forward_what_waits_after_a_failure()
    {
        var queue = Queue();
        queue.Add("a", TimeSpan.Zero);
        queue.Take(10);
        queue.Complete("a", Verdict.Failure);
        queue.Add("a", Debounce);
        Assert.Equal(0.1, WaitOf(queue));
    }

    [Fact]
    public void What_waits_for_something_is_looked_at_again_after_its_own_time()
    {
        var queue = Queue();
        queue.Add("a", TimeSpan.Zero);
        queue.Take(10);
        queue.Complete("a", Verdict.Recheck(TimeSpan.FromSeconds(10)));
        Assert.Equal(10, WaitOf(queue));
    }

    [Fact]
    public void Those_due_longest_come_first_and_no_more_of_them_than_asked_for()
    {
        var queue = Queue();
        foreach (var key in (string[])["c", "a", "b"])
        {
            queue.Add(key, TimeSpan.Zero);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(TimeSpan.FromMilliseconds(3), queue.OldestDue);
        Assert.Equal(["c", "a"], queue.Take(2));
        Assert.Equal(["b"], queue.Take(2));
        Assert.Null(queue.OldestDue);
    }

    [Fact]
    public void A_forgotten_key_is_not_looked_at_again_not_even_after_the_run_it_is_in()
    {
        var queue = Queue();
        queue.Add("a", TimeSpan.Zero);
        queue.Add("b", TimeSpan.Zero);
        queue.Take(1);
        queue.Add("a", TimeSpan.Zero);
        queue.Forget(_ => true);
        queue.Complete("a", Verdict.Settled);
        Assert.Empty(queue.Take(10));
    }

    [Fact]
    public async Task Whoever_waits_is_woken_by_a_key_that_is_due_sooner_than_all_others()
    {
        var queue = new WorkQueue<string>(TimeProvider.System, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60));
        queue.Add("later", TimeSpan.FromHours(1));
        var due = queue.WhenDueAsync(TestContext.Current.CancellationToken);
        Assert.False(due.IsCompleted);
        queue.Add("now", TimeSpan.Zero);
        await due;
        Assert.Equal(["now"], queue.Take(10));
    }

    private static void Times(int count, Action action)
    {
        for (var i = 0; i < count; i++)
        {
            action();
        }
    }

    /// <summary>Moves the clock to where something is due, and says how many seconds that took.</summary>
    private double WaitOf(WorkQueue<string> queue)
    {
        var start = _time.GetTimestamp();
        while (queue.IsIdle(TimeSpan.Zero))
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        return Math.Round(_time.GetElapsedTime(start).TotalSeconds, 1);
    }

    private WorkQueue<string> Queue() => new(_time, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60));

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}
