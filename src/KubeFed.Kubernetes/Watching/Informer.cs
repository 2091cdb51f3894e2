using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Http;
using KubeFed.Kubernetes.Objects;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeFed.Kubernetes.Watching;

/// <summary>
/// Keeps a store of a resource's objects true by list and watch, and tells every change in order. After a lost position it lists again and tells the
/// difference: nothing twice, no deletion lost. It holds what <paramref name="project"/> makes of an object, so a store of versions costs little more than
/// its strings.
/// </summary>
/// <param name="client">The server.</param>
/// <param name="resource">What to watch.</param>
/// <param name="query">Which objects, and whether their metadata is enough.</param>
/// <param name="project">What to keep of an object; it must not keep the object's JSON unless that is meant.</param>
/// <param name="time">Waits follow it.</param>
/// <param name="logger">Told of every failure that is waited out.</param>
/// <param name="onTrouble">Told the same; the informer goes on trying until it is cancelled.</param>
public sealed class Informer<T>(
    IKubeClient client,
    ApiResource resource,
    ListQuery query,
    Func<KubeObject, T> project,
    TimeProvider? time = null,
    ILogger? logger = null,
    Action<KubeException>? onTrouble = null)
{
    private static readonly TimeSpan QuietSpell = TimeSpan.FromMinutes(2);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly ILogger _logger = logger ?? NullLogger.Instance;
    private readonly InformerStore<T> _store = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;

    /// <summary>Done when the first list has been worked in.</summary>
    public Task WhenSynced => _synced.Task;

    public bool HasSynced => _synced.Task.IsCompleted;

    public int Count => _store.Count;

    public bool TryGet(ObjectKey key, [MaybeNullWhen(false)] out T value) => _store.TryGet(key, out value);

    /// <summary>A copy of the store as it is now.</summary>
    public IReadOnlyList<KeyValuePair<ObjectKey, T>> Snapshot() => _store.ToList();

    /// <summary>Lists and watches until cancelled. The next event is fetched when the last one has been dealt with; a slow consumer slows the watch, and
    /// nothing is dropped.</summary>
    /// <exception cref="InvalidOperationException">It runs already: two runs would fight over the store.</exception>
    public async IAsyncEnumerable<InformerEvent<T>> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _running, 1) == 1)
        {
            throw new InvalidOperationException($"The informer of {resource.QualifiedName} runs already.");
        }

        try
        {
            var backoff = new Backoff(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30));
            var relist = false;
            while (true)
            {
                var started = _time.GetTimestamp();
                var round = RoundAsync(relist, cancellationToken).GetAsyncEnumerator(cancellationToken);
                KubeException? trouble = null;
                await using (round.ConfigureAwait(false))
                {
                    while (true)
                    {
                        try
                        {
                            if (!await round.MoveNextAsync().ConfigureAwait(false))
                            {
                                break;
                            }
                        }
                        catch (KubeException error)
                        {
                            trouble = error;
                            break;
                        }

                        relist |= round.Current.Change == InformerChange.Synced;
                        yield return round.Current;
                    }
                }

                if (_time.GetElapsedTime(started) >= QuietSpell)
                {
                    backoff.Reset();
                }

                if (trouble is KubeApiException { IsExpired: true } && relist)
                {
                    _logger.LogDebug("{Cluster}: {Resource} is listed anew: {Reason}", client.Settings.Name, resource.QualifiedName, trouble.Message);
                }
                else if (trouble is not null)
                {
                    _logger.LogWarning(
                        "{Cluster}: {Resource} can't be watched for now: {Reason}", client.Settings.Name, resource.QualifiedName, trouble.Message);
                    onTrouble?.Invoke(trouble);
                }

                await Task.Delay(backoff.Next(), _time, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    /// <summary>One list and the watch that follows it, until something ends it.</summary>
    private async IAsyncEnumerable<InformerEvent<T>> RoundAsync(bool relist, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A list out of a server's cache may be older than what is known already; only the first may be.
        var wanted = relist ? query with { ResourceVersion = string.Empty } : query;
        var present = new HashSet<ObjectKey>();
        var position = string.Empty;
        await foreach (var page in PagesAsync(wanted, present, cancellationToken).ConfigureAwait(false))
        {
            position = page.ResourceVersion;
            foreach (var item in page.Items)
            {
                present.Add(item.Key);
                var (first, second) = Put(item);
                if (first is { } one)
                {
                    yield return one;
                }

                if (second is { } two)
                {
                    yield return two;
                }
            }
        }

        foreach (var deleted in _store.RemoveAllBut(present))
        {
            yield return deleted;
        }

        present = null;
        _synced.TrySetResult();
        yield return new InformerEvent<T>(InformerChange.Synced, default, default, default);

        await foreach (var change in client.WatchAsync(resource, wanted, position, cancellationToken).ConfigureAwait(false))
        {
            if (change.Type == WatchEventType.Deleted)
            {
                if (_store.Remove(change.Object.Key) is { } deleted)
                {
                    yield return deleted;
                }
            }
            else if (change.Type is WatchEventType.Added or WatchEventType.Modified)
            {
                var (first, second) = Put(change.Object);
                if (first is { } one)
                {
                    yield return one;
                }

                if (second is { } two)
                {
                    yield return two;
                }
            }
        }
    }

    /// <exception cref="KubeConnectionException">
    /// The store would grow beyond what one server may make this process hold, or the object can't be read.
    /// </exception>
    private InformerStore<T>.Changes Put(KubeObject value)
    {
        if (_store.Count >= Most && !_store.TryGet(value.Key, out _))
        {
            throw new KubeConnectionException(
                client.Settings.Name,
                ConnectionFailure.TooLong,
                $"there are more than {Most} objects of {resource.QualifiedName} to watch ({ResponseLimits.ItemsVariable})")
            {
                Remedy = "Check the server; if that many are meant, allow them with the named variable of the environment.",
            };
        }

        try
        {
            return _store.Put(value, project(value));
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            // Whoever watches goes on with the other servers, and with this one when it sends something else.
            throw new KubeConnectionException(
                client.Settings.Name, ConnectionFailure.Malformed, $"{resource.QualifiedName} {value.Key} can't be read: {error.Message}", error);
        }
    }

    private int Most => client.Settings.Limits?.MaxListItems ?? int.MaxValue;

    /// <summary>The list in pages; when its token expires half way, one whole list follows, which alone says what is present.</summary>
    private async IAsyncEnumerable<KubeList> PagesAsync(
        ListQuery wanted, HashSet<ObjectKey> present, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pages = client.ListPagesAsync(resource, wanted, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var any = false;
        await using (pages.ConfigureAwait(false))
        {
            while (true)
            {
                try
                {
                    if (!await pages.MoveNextAsync().ConfigureAwait(false))
                    {
                        yield break;
                    }
                }
                catch (KubeApiException expired) when (expired.IsExpired && any)
                {
                    break;
                }

                any = true;
                yield return pages.Current;
            }
        }

        present.Clear();
        yield return await client.ListAsync(resource, wanted with { PageSize = 0 }, cancellationToken).ConfigureAwait(false);
    }
}
