namespace KubeFed.Kubernetes.Http;

/// <summary>
/// Bounds the requests in flight to one server. The bound halves when the server throttles, at most once per cooling time since all requests in flight
/// tell of the same overload, and grows by one for every bound's worth of successes: additive increase, multiplicative decrease.
/// </summary>
internal sealed class ConcurrencyGate(int maximum, TimeProvider time)
{
    private static readonly TimeSpan Cooling = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = new();
    private readonly int _maximum = Math.Max(1, maximum);
    private double _limit = Math.Max(1, maximum);
    private int _inFlight;
    private long? _throttledAt;

    /// <summary>How many may be in flight now.</summary>
    public int Limit
    {
        get
        {
            lock (_lock)
            {
                return (int)_limit;
            }
        }
    }

    /// <summary>Waits for a place, first come first served; every call that returns must be answered by one <see cref="Leave"/>.</summary>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource> ticket;
        lock (_lock)
        {
            if (_waiting.Count == 0 && _inFlight < (int)_limit)
            {
                _inFlight++;
                return;
            }

            ticket = _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        try
        {
            await ticket.Value.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                if (ticket.List is not null)
                {
                    _waiting.Remove(ticket);
                    throw;
                }
            }

            // The place was handed over at the same moment; pass it on.
            Leave();
            throw;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            _inFlight--;
            Admit();
        }
    }

    public void OnSuccess()
    {
        lock (_lock)
        {
            if (_limit < _maximum)
            {
                _limit = Math.Min(_maximum, _limit + (1 / _limit));
                Admit();
            }
        }
    }

    public void OnThrottled()
    {
        lock (_lock)
        {
            if (_throttledAt is { } last && time.GetElapsedTime(last) < Cooling)
            {
                return;
            }

            _throttledAt = time.GetTimestamp();
            _limit = Math.Max(1, _limit / 2);
        }
    }

    private void Admit()
    {
        while (_inFlight < (int)_limit && _waiting.First is { } next)
        {
            _waiting.RemoveFirst();
            _inFlight++;
            next.Value.SetResult();
        }
    }
}
