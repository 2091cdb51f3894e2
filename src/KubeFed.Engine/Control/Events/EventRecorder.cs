using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Control.Events;

/// <summary>
/// Writes Events, as well as it can: whoever tells of something never waits and never learns that it could not be written. What is told of several clusters
/// in a moment is one Event; what is told again is only counted for a while, and then written as a higher count.
/// </summary>
/// <param name="host">Where they are written.</param>
/// <param name="time">The clock.</param>
/// <param name="options">Delays.</param>
/// <param name="sink">Told, once, that Events can't be written.</param>
/// <param name="counted">Told what became of each.</param>
/// <remarks>P-52, P-73, P-75.</remarks>
internal sealed class EventRecorder(IKubeClient host, TimeProvider time, ControllerOptions options, IEngineSink sink, Action<EventFate> counted)
{
    /// <summary>
    /// So many may wait to be written for the first time, and as many to be counted; what comes then is dropped. An Event is no record of anything, so it must
    /// not fill the memory.
    /// </summary>
    internal const int Room = 1000;

    private static readonly WriteOptions Options = new() { FieldManager = KubeFedNames.FieldManager };

    private readonly Lock _lock = new();
    private readonly Dictionary<EventNotice, Waiting> _waiting = [];
    private readonly Dictionary<EventNotice, long> _written = [];
    private readonly EventLedger _ledger = new(time);
    private int _remembered = Room;
    private int _repeats;
    private readonly WorkQueue<EventNotice> _queue = new(time, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>Nothing waits to be written.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count == 0;
            }
        }
    }

    /// <summary>Something happened; in a cluster, if one is named.</summary>
    public void Tell(EventNotice? notice, string? cluster = null)
    {
        if (notice is null)
        {
            return;
        }

        TimeSpan wait;
        lock (_lock)
        {
            wait = _written.TryGetValue(notice, out var at) ? options.EventInterval - time.GetElapsedTime(at) : TimeSpan.Zero;
            if (!_waiting.TryGetValue(notice, out var waiting))
            {
                // What is only counted may wait long, and must not be in the way of what is new.
                var isRepeat = wait > TimeSpan.Zero;
                if ((isRepeat ? _repeats : _waiting.Count - _repeats) >= Room)
                {
                    counted(EventFate.Dropped);
                    return;
                }

                _waiting[notice] = waiting = new Waiting(isRepeat);
                _repeats += isRepeat ? 1 : 0;
            }

            waiting.Clusters[cluster ?? string.Empty] = waiting.Clusters.GetValueOrDefault(cluster ?? string.Empty) + 1;
        }

        _queue.Add(notice, wait > options.EventLinger ? wait : options.EventLinger);
    }

    /// <summary>Until stopped; then what is new is written still, unless the host does not take it.</summary>
    /// <param name="stop">Cancelled when the controller ends.</param>
    /// <param name="writing">Cancelled a grace period later.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken writing)
    {
        try
        {
            while (true)
            {
                await _queue.WhenDueAsync(stop).ConfigureAwait(false);
                foreach (var notice in _queue.Take(1))
                {
                    _queue.Complete(notice, Verdict.Settled);
                    if (!await WriteAsync(notice, writing).ConfigureAwait(false))
                    {
                        // A host in trouble is not asked for each Event there is.
                        await Task.Delay(options.InitialBackoff, time, stop).ConfigureAwait(false);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What was told last tells why it stopped.
            await FlushAsync(writing).ConfigureAwait(false);
        }
    }

    private async Task FlushAsync(CancellationToken writing)
    {
        EventNotice[] left;
        lock (_lock)
        {
            left = [.. _waiting.Where(entry => !entry.Value.IsRepeat).Select(entry => entry.Key)];
        }

        try
        {
            foreach (var notice in left)
            {
                if (!await WriteAsync(notice, writing).ConfigureAwait(false))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (writing.IsCancellationRequested)
        {
            // There was not enough time.
        }
    }

    /// <summary>False when the host is better left alone for a moment.</summary>
    private async Task<bool> WriteAsync(EventNotice notice, CancellationToken cancellationToken)
    {
        Waiting? waiting;
        lock (_lock)
        {
            if (!_waiting.Remove(notice, out waiting))
            {
                return true;
            }

            _repeats -= waiting.IsRepeat ? 1 : 0;
            Remember(notice);
        }

        var message = EventWording.Message(notice, [.. waiting.Clusters.Keys.Where(name => name.Length > 0)]);
        if (_ledger.Count(notice, message, waiting.Clusters.Values.Max()) is not { } series)
        {
            counted(EventFate.Limited);
            return true;
        }

        try
        {
            var isNew = await StoreAsync(series, cancellationToken).ConfigureAwait(false);
            counted(isNew ? EventFate.Created : EventFate.Raised);
            return true;
        }
        catch (KubeApiException error) when (error.IsNotFound || error.Status.Causes.Any(cause => cause.Reason == "NamespaceTerminating"))
        {
            // What it was about goes, and its namespace with it.
            counted(EventFate.Failed);
            return true;
        }
        catch (KubeException error)
        {
            // The status has what failed, and the log has it too: an Event that is lost is not told again.
            counted(EventFate.Failed);
            sink.Warning($"Events can't be written in namespace {series.Key.Namespace} for now: {error.Message}");
            return false;
        }
    }

    private async Task<bool> StoreAsync(EventSeries series, CancellationToken cancellationToken)
    {
        if (series.IsStored)
        {
            try
            {
                await host.PatchAsync(KnownResources.Events, series.Key, KubePatch.Merge(series.ToPatch()), Options, cancellationToken).ConfigureAwait(false);
                return false;
            }
            catch (KubeApiException error) when (error.IsNotFound)
            {
                _ledger.Renew(series);
            }
        }

        await host.CreateAsync(KnownResources.Events, series.ToObject(), Options, cancellationToken).ConfigureAwait(false);
        series.IsStored = true;
        return true;
    }

    /// <summary>When it was written last, for as long as that matters.</summary>
    private void Remember(EventNotice notice)
    {
        if (_written.Count >= _remembered)
        {
            foreach (var old in _written.Where(entry => time.GetElapsedTime(entry.Value) >= options.EventInterval).Select(entry => entry.Key).ToList())
            {
                _written.Remove(old);
            }

            // Not at every single one while there are many.
            _remembered = Math.Max(Room, _written.Count * 2);
        }

        _written[notice] = time.GetTimestamp();
    }

    /// <summary>What waits to be written, and how often it was told of each cluster meanwhile.</summary>
    /// <param name="isRepeat">It has been written a moment ago.</param>
    private sealed class Waiting(bool isRepeat)
    {
        public bool IsRepeat { get; } = isRepeat;

        public Dictionary<string, int> Clusters { get; } = new(StringComparer.Ordinal);
    }
}

/// <summary>What became of something that was worth an Event.</summary>
internal enum EventFate
{
    /// <summary>A new Event tells of it.</summary>
    Created,

    /// <summary>One that was there counts higher.</summary>
    Raised,

    /// <summary>Its object has too many.</summary>
    Limited,

    /// <summary>Too many were waiting.</summary>
    Dropped,

    /// <summary>The host did not take it.</summary>
    Failed,
}
