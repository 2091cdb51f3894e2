namespace KubeFed.Kubernetes.Http;

/// <summary>Exponential waits with full jitter in their upper half; <see cref="Reset"/> after a quiet spell.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    private int _step;

    public TimeSpan Next()
    {
        var bound = Math.Min(longest.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(_step, 30)));
        _step++;
        return TimeSpan.FromMilliseconds((bound / 2) + (Random.Shared.NextDouble() * bound / 2));
    }

    public void Reset() => _step = 0;
}
