namespace KubeFed.Engine.Writing;

/// <summary>Waits for something a server does in its own time.</summary>
internal static class Polling
{
    /// <summary>Probes at once and then at every interval; null when the time is up.</summary>
    public static async Task<T?> UntilAsync<T>(
        TimeProvider time, TimeSpan interval, TimeSpan timeout, Func<Task<T?>> probe, CancellationToken cancellationToken)
        where T : class
    {
        var start = time.GetTimestamp();
        while (true)
        {
            if (await probe().ConfigureAwait(false) is { } found)
            {
                return found;
            }

            if (time.GetElapsedTime(start) + interval > timeout)
            {
                return null;
            }

            await Task.Delay(interval, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
