namespace KubeFed.Engine.Control;

/// <summary>
/// What is to be done, by key: each key once however often it is asked for, never twice at a time, and after a failure later and later. It knows when, not
/// what. Safe for concurrent use.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="initialBackoff">The wait after a first failure.</param>
/// <param name="maximalBackoff">The longest wait after a failure.</param>
/// <remarks>E-10 to E-12.</remarks>
internal sealed class WorkQueue<T>(TimeProvider time, TimeSpan initialBackoff, TimeSpan maximalBackoff)
    where T : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<T, Entry> _entries = [];
    private readonly PriorityQueue<(T Key, long Due), long> _heap = new();
    private TaskCompletionSource _changed = NewSignal();
    private int _inWork;

    /// <summary>Told when a key becomes due that was not, and when one is tried again.</summary>
    public Action<T, bool>? Added { get; init; }

    /// <summary>Asks for a key, some time from now. An earlier time replaces a later one; a later one is dropped (E-11). While the key is in work it is kept
    /// for afterwards.</summary>
    public void Add(T key, TimeSpan delay)
    {
        var isNew = false;
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var entry))
            {
                _entries.Add(key, entry = new Entry());
            }

            isNew = entry.Due is null;
            Schedule(key, entry, delay);
        }

        if (isNew)
        {
            Added?.Invoke(key, false);
        }
    }

    /// <summary>Keys that are due, those that are so longest first; they are in work until <see cref="Complete"/>.</summary>
    public IReadOnlyList<T> Take(int most)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var taken = new List<T>();
            while (taken.Count < most && Next() is { } next && next.Due <= now)
            {
                _heap.Dequeue();
                var entry = _entries[next.Key];
                (entry.Due, entry.InWork) = (null, true);
                _inWork++;
                taken.Add(next.Key);
            }

            return taken;
        }
    }

    /// <summary>A key is no longer in work.</summary>
    /// <param name="key">The key.</param>
    /// <param name="verdict">What came of it, and so when it is looked at again.</param>
    public void Complete(T key, Verdict verdict)
    {
        var retried = false;
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var entry) || !entry.InWork)
            {
                return;
            }

            entry.InWork = false;
            _inWork--;
            entry.Failures = verdict.Failed ? entry.Failures + 1 : 0;
            if (verdict.Failed)
            {
                retried = true;
                Schedule(key, entry, Backoff(entry.Failures));
            }
            else if (verdict.Again is { } again)
            {
                Schedule(key, entry, again);
            }
            else if (entry.Due is { } due)
            {
                _heap.Enqueue((key, due), due);
                Signal();
            }
            else
            {
                _entries.Remove(key);
            }
        }

        if (retried)
        {
            Added?.Invoke(key, true);
        }
    }

    /// <summary>Drops the keys that are not in work; one in work is not looked at again.</summary>
    public void Forget(Func<T, bool> which)
    {
        lock (_lock)
        {
            foreach (var (key, entry) in _entries.Where(entry => which(entry.Key)).ToList())
            {
                entry.Due = null;
                if (!entry.InWork)
                {
                    _entries.Remove(key);
                }
            }
        }
    }

    /// <summary>Done when some key is due.</summary>
    public async Task WhenDueAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            TimeSpan? wait;
            lock (_lock)
            {
                (changed, wait) = (_changed.Task, Next() is { } next ? time.GetElapsedTime(time.GetTimestamp(), next.Due) : null);
            }

            if (wait <= TimeSpan.Zero)
            {
                return;
            }

            if (wait is not { } pause)
            {
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            using var cancelDelay = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var delay = Task.Delay(pause, time, cancelDelay.Token);
            await Task.WhenAny(changed, delay).ConfigureAwait(false);
            await cancelDelay.CancelAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>How many keys are waiting, and how many in work, by what <paramref name="part"/> makes of a key.</summary>
    public IReadOnlyDictionary<TPart, (int Queued, int InWork)> Count<TPart>(Func<T, TPart> part)
        where TPart : notnull
    {
        lock (_lock)
        {
            return _entries.GroupBy(entry => part(entry.Key)).ToDictionary(
                group => group.Key, group => (group.Count(entry => entry.Value.Due is not null), group.Count(entry => entry.Value.InWork)));
        }
    }

    /// <summary>How long the key has been due that is so longest; null when none is.</summary>
    public TimeSpan? OldestDue
    {
        get
        {
            lock (_lock)
            {
                return Next() is { } next && time.GetElapsedTime(next.Due) is var age && age > TimeSpan.Zero ? age : null;
            }
        }
    }

    /// <summary>Nothing is due or in work, or will be within the time.</summary>
    public bool IsIdle(TimeSpan within)
    {
        lock (_lock)
        {
            return _inWork == 0 && (Next() is not { } next || time.GetElapsedTime(time.GetTimestamp(), next.Due) > within);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TimeSpan Backoff(int failures)
    {
        var wait = initialBackoff;
        for (var i = 1; i < failures && wait < maximalBackoff; i++)
        {
            wait *= 2;
        }

        return wait < maximalBackoff ? wait : maximalBackoff;
    }

    private void Schedule(T key, Entry entry, TimeSpan delay)
    {
        var due = time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency);
        entry.Due = entry.Due is { } known && known < due ? known : due;
        if (!entry.InWork)
        {
            _heap.Enqueue((key, entry.Due.Value), entry.Due.Value);
            Signal();
        }
    }

    /// <summary>The first entry of the heap that still counts: earlier times leave their later ones behind.</summary>
    private (T Key, long Due)? Next()
    {
        while (_heap.TryPeek(out var first, out _))
        {
            if (_entries.TryGetValue(first.Key, out var entry) && !entry.InWork && entry.Due == first.Due)
            {
                return first;
            }

            _heap.Dequeue();
        }

        return null;
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }

    private sealed class Entry
    {
        public long? Due { get; set; }

        public bool InWork { get; set; }

        public int Failures { get; set; }
    }
}
