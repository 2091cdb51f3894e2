namespace KubeFed.Engine.Tests.Fakes;

/// <summary>A clock that leaps to the next timer instead of waiting for it. Timers that never fire (infinite due time) stay silent.</summary>
public sealed class LeapingTime : TimeProvider
{
    private readonly Lock _lock = new();
    private DateTimeOffset _now = new(2024, 6, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Timers due later than this are deadlines, not waits, and do not make the clock leap.</summary>
    public TimeSpan Deadlines { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A clock for health probes, whose answers have 3 s: that is a deadline, and the second or two between probes are waits.</summary>
    public static LeapingTime ForProbes() => new() { Deadlines = TimeSpan.FromSeconds(2.5) };

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime >= TimeSpan.Zero && dueTime <= Deadlines)
        {
            lock (_lock)
            {
                _now += dueTime;
            }

            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }

        return new Fired();
    }

    private sealed class Fired : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
