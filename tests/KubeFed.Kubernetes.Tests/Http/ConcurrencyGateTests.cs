using KubeFed.Kubernetes.Http;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Kubernetes.Tests.Http;

public class ConcurrencyGateTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Places_are_given_first_come_first_served()
    {
        var gate = new ConcurrencyGate(1, new ManualTime());
        await gate.EnterAsync(None);
        var second = gate.EnterAsync(None);
        var third = gate.EnterAsync(None);

        gate.Leave();
        await second;
        Assert.False(third.IsCompleted);
        gate.Leave();

        await third;
    }

    [Fact]
    public void Throttling_halves_the_limit_once_per_second_and_never_below_one()
    {
        var time = new ManualTime();
        var gate = new ConcurrencyGate(16, time);

        gate.OnThrottled();
        gate.OnThrottled();
        Assert.Equal(8, gate.Limit);
        for (var i = 0; i < 10; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            gate.OnThrottled();
        }

        Assert.Equal(1, gate.Limit);
    }

    [Fact]
    public void Success_wins_the_limit_back_slowly_and_no_further_than_it_was()
    {
        var gate = new ConcurrencyGate(8, new ManualTime());
        gate.OnThrottled();

        for (var i = 0; i < 5; i++)
        {
            gate.OnSuccess();
        }

        Assert.Equal(5, gate.Limit);
        for (var i = 0; i < 100; i++)
        {
            gate.OnSuccess();
        }

        Assert.Equal(8, gate.Limit);
    }

    [Fact]
    public async Task A_waiter_that_gives_up_leaves_its_place_to_the_next()
    {
        var gate = new ConcurrencyGate(1, new ManualTime());
        await gate.EnterAsync(None);
        using var caller = new CancellationTokenSource();
        var impatient = gate.EnterAsync(caller.Token);
        var patient = gate.EnterAsync(None);

        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        gate.Leave();

        await patient;
    }

    [Fact]
    public async Task Under_cancellation_and_throttling_no_place_is_lost()
    {
        var gate = new ConcurrencyGate(4, TimeProvider.System);
        var (now, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Task.Run(async () =>
        {
            using var caller = new CancellationTokenSource();
            if (i % 3 == 0)
            {
                caller.CancelAfter(TimeSpan.FromMilliseconds(i % 7));
            }

            try
            {
                await gate.EnterAsync(caller.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            InterlockedMax(ref most, Interlocked.Increment(ref now));
            await Task.Yield();
            Interlocked.Decrement(ref now);
            gate.Leave();
        })));

        Assert.InRange(most, 1, 4);
        for (var i = 0; i < 4; i++)
        {
            await gate.EnterAsync(None).WaitAsync(TimeSpan.FromSeconds(10));
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
