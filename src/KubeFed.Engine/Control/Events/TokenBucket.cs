namespace KubeFed.Engine.Control.Events;

/// <summary>A burst now, and then so much over time. Not safe for concurrent use.</summary>
/// <param name="time">The clock.</param>
/// <param name="burst">Tokens there are at most, and at the beginning.</param>
/// <param name="refill">After which one more is there.</param>
internal sealed class TokenBucket(TimeProvider time, int burst, TimeSpan refill)
{
    private double _tokens = burst;
    private long _counted = time.GetTimestamp();

    /// <summary>Takes one; false when there is none.</summary>
    public bool TryTake()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(burst, _tokens + (time.GetElapsedTime(_counted, now) / refill));
        _counted = now;
        if (_tokens < 1)
        {
            return false;
        }

        _tokens--;
        return true;
    }
}
