using System.Globalization;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Watching;
using Microsoft.Extensions.Logging;

namespace KubeFed.Engine.Control;

/// <summary>What every watch of a controller needs.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Logger">Told of what is waited out.</param>
/// <param name="Defect">Told of what should never happen, and ends the controller.</param>
/// <param name="Stop">Cancelled when the controller ends.</param>
internal sealed record WatchSetting(TimeProvider Time, ILogger Logger, Action<Exception> Defect, CancellationToken Stop);

/// <summary>
/// An informer that runs until it is stopped, what is wrong with it, and what we wrote ourselves and it has not told yet: without that, a resource looked at
/// right after a run would be decided on from what was before it.
/// </summary>
/// <param name="setting">Clock, log, end.</param>
/// <param name="version">The resourceVersion in what is kept of an object.</param>
internal sealed class WatchLoop<T>(WatchSetting setting, Func<T, string> version)
    where T : class
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(setting.Stop);
    private readonly Dictionary<ObjectKey, (T? Value, ulong Version, long Since)> _ahead = [];
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _started = setting.Time.GetTimestamp();
    private volatile Informer<T>? _informer;
    private volatile KubeException? _trouble;

    /// <summary>Told of every change, one after the other.</summary>
    public required Action<InformerEvent<T>> Changed { private get; init; }

    /// <summary>Told when something begins to be wrong, and, with null, when it no longer is.</summary>
    public Action<KubeException?> Troubled { private get; init; } = _ => { };

    /// <summary>The whole list is known, and nothing is wrong with it.</summary>
    public bool IsTrue => _informer?.HasSynced == true && _trouble is null;

    /// <summary>The whole list was known once; while there is trouble it may be old.</summary>
    public bool IsKnown => _informer?.HasSynced == true;

    /// <summary>Known once, or known to be in trouble: nothing more comes by waiting.</summary>
    public bool IsSettled => _settled.Task.IsCompleted;

    /// <summary>Why the list can't be read at present; null when it can.</summary>
    public KubeException? Trouble => _trouble;

    public int Count => _informer?.Count ?? 0;

    /// <summary>Runs until stopped. A watch that is started anew begins with an empty store.</summary>
    /// <param name="client">The server.</param>
    /// <param name="resource">What to watch.</param>
    /// <param name="query">Which objects of it.</param>
    /// <param name="project">What to keep of one.</param>
    /// <param name="cured">Given each trouble first; true when it is going to do something about it.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(
        IKubeClient client, ApiResource resource, ListQuery query, Func<KubeObject, T> project, Func<KubeException, bool> cured, CancellationToken stop)
    {
        var informer = new Informer<T>(client, resource, query, project, setting.Time, setting.Logger, error =>
        {
            if (!cured(error))
            {
                Report(error);
            }
        });
        _informer = informer;
        await foreach (var change in informer.RunAsync(stop).ConfigureAwait(false))
        {
            if (change.Change == InformerChange.Synced)
            {
                _settled.TrySetResult();
            }
            else
            {
                Catch(change);
            }

            Report(null);
            Changed(change);
        }
    }

    /// <summary>As <see cref="RunAsync"/>, on its own until stopped.</summary>
    public WatchLoop<T> Start(IKubeClient client, ApiResource resource, ListQuery query, Func<KubeObject, T> project)
    {
        Guard(() => RunAsync(client, resource, query, project, _ => false, _stop.Token));
        return this;
    }

    /// <summary>Runs something that ends with this loop, and lets no defect of it go unseen.</summary>
    public void Guard(Func<Task> work) => _ = Task.Run(async () =>
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped.
        }
#pragma warning disable CA1031 // Nothing is swallowed: the controller ends with it.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            setting.Defect(defect);
        }
    });

    public CancellationToken Stopping => _stop.Token;

    public void Stop() => _stop.Cancel();

    /// <summary>Says that something is wrong, or with null that nothing is.</summary>
    public void Report(KubeException? trouble)
    {
        var before = _trouble;
        _trouble = trouble;
        if (trouble is not null)
        {
            _settled.TrySetResult();
        }

        if (trouble is null != before is null)
        {
            Troubled(trouble);
        }
    }

    /// <summary>Waits until it is settled, as long as patience since its start goes.</summary>
    public async Task SettleAsync(TimeSpan patience)
    {
        var left = patience - setting.Time.GetElapsedTime(_started);
        if (IsSettled || left <= TimeSpan.Zero)
        {
            return;
        }

        try
        {
            await _settled.Task.WaitAsync(left, setting.Time, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception end) when (end is TimeoutException or OperationCanceledException)
        {
            // What is not known by now is unknown.
        }
    }

    public Task WhenSettled => _settled.Task;

    /// <summary>What is known of one object, whoever said so last: the watch, or our own write. Null when it is not there.</summary>
    public T? Find(ObjectKey key)
    {
        lock (_lock)
        {
            var known = Told(key);
            return _ahead.TryGetValue(key, out var ahead) && ahead.Version > Number(known) ? ahead.Value : known;
        }
    }

    public IReadOnlyList<ObjectKey> Keys() => _informer is { } informer ? [.. informer.Snapshot().Select(entry => entry.Key)] : [];

    public IReadOnlyList<T> Values() => _informer is { } informer ? [.. informer.Snapshot().Select(entry => entry.Value)] : [];

    /// <summary>We wrote an object; the watch will tell the same soon, or has done so already.</summary>
    /// <param name="key">The object.</param>
    /// <param name="resourceVersion">As the server answered.</param>
    /// <param name="value">What is kept of it; null when the watch will see it go.</param>
    public void Wrote(ObjectKey key, string resourceVersion, T? value)
    {
        if (Number(resourceVersion) is var written and > 0)
        {
            lock (_lock)
            {
                if (written > Number(Told(key)))
                {
                    _ahead[key] = (value, written, setting.Time.GetTimestamp());
                }
            }
        }
    }

    /// <summary>Own writes that the watch should have told long ago are forgotten; somebody else may have undone them in the same moment.</summary>
    public IReadOnlyList<ObjectKey> Expire(TimeSpan age)
    {
        lock (_lock)
        {
            if (_ahead.Count == 0)
            {
                return [];
            }

            var expired = _ahead.Where(entry => setting.Time.GetElapsedTime(entry.Value.Since) >= age).Select(entry => entry.Key).ToList();
            expired.ForEach(key => _ahead.Remove(key));
            return expired;
        }
    }

    /// <summary>The watch has caught up with what we wrote. A deletion it tells before it has told our write is one of before it.</summary>
    private void Catch(InformerEvent<T> change)
    {
        lock (_lock)
        {
            if (_ahead.TryGetValue(change.Key, out var ahead)
                && (ahead.Value is null ? change.Change == InformerChange.Deleted : change.After is not null && Number(change.After) >= ahead.Version))
            {
                _ahead.Remove(change.Key);
            }
        }
    }

    /// <summary>What the watch told last. Asked under the lock: what it has told but not yet caught up with would be neither here nor among our writes.</summary>
    private T? Told(ObjectKey key) => _informer is { } informer && informer.TryGet(key, out var told) ? told : null;

    private ulong Number(T? value) => value is null ? 0 : Number(version(value));

    /// <summary>Servers number the versions of a resource in order (KEP-5504); one that does not is not run ahead of.</summary>
    private static ulong Number(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
