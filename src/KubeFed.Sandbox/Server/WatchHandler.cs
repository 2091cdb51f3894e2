using System.Globalization;
using System.Runtime.CompilerServices;
using KubeFed.Sandbox.Storage;
using KubeFed.Sandbox.Tables;

namespace KubeFed.Sandbox.Server;

/// <summary>Answers watches: the changes after a version as one JSON line each, as seen through the selectors.</summary>
internal sealed class WatchHandler(ClusterState cluster, TimeSpan bookmarkInterval)
{
    public SandboxResponse Watch(ResourceType resource, RequestInfo info, Negotiation form)
    {
        var selection = Selection.Parse(resource, info);
        var text = info.Parameter("resourceVersion") ?? string.Empty;
        var position = 0L;
        if (text.Length > 0 && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out position))
        {
            throw Errors.BadVersion(text);
        }

        var lines = new WatchLines(cluster, resource, form, form.Form == ObjectForm.Table ? Table.For(resource, info, form) : null);
        return new SandboxResponse(200, "application/json") { Stream = Lines(resource, info, lines, selection, position) };
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> Lines(
        ResourceType resource, RequestInfo info, WatchLines lines, Selection selection, long position, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (subscription, initial) = Open(resource, selection, position);
        if (subscription is null)
        {
            var gone = Errors.Expired($"too old resource version: {position} ({cluster.Store.CompactedVersion + 1})");
            yield return WatchLines.Error(gone);
            yield break;
        }

        using var _ = subscription;
        foreach (var item in initial)
        {
            yield return lines.Event("ADDED", item);
        }

        var bookmarks = info.Parameter("allowWatchBookmarks") is "true" or "1";
        using var timeout = new CancellationTokenSource(Lifetime(info), cluster.Time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var nextBookmark = bookmarks ? cluster.Time.GetUtcNow() + bookmarkInterval : DateTimeOffset.MaxValue;
        while (!ended.IsCancellationRequested)
        {
            if (subscription.Changes.TryRead(out var change))
            {
                if (Seen(change, selection) is { } type)
                {
                    yield return lines.Event(type, type == "DELETED" ? Last(change, resource) : change.Object);
                }

                continue;
            }

            var state = await WaitAsync(subscription, bookmarks ? nextBookmark - cluster.Time.GetUtcNow() : null, ended.Token).ConfigureAwait(false);
            if (state == WaitOutcome.Closed)
            {
                yield break;
            }

            if (state == WaitOutcome.Idle && IdleAt(resource, subscription) is { } idle)
            {
                yield return lines.Bookmark(idle);
                nextBookmark = cluster.Time.GetUtcNow() + bookmarkInterval;
            }
        }

        if (bookmarks && timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested && IdleAt(resource, subscription) is { } last)
        {
            yield return lines.Bookmark(last);
        }
    }

    private enum WaitOutcome
    {
        Ready,
        Idle,
        Closed,
    }

    private async Task<WaitOutcome> WaitAsync(Subscription subscription, TimeSpan? patience, CancellationToken cancellationToken)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = patience is { } wait
            ? cluster.Time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), idle, wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan)
            : null;
        try
        {
            return await subscription.Changes.WaitToReadAsync(idle.Token).ConfigureAwait(false) ? WaitOutcome.Ready : WaitOutcome.Closed;
        }
        catch (OperationCanceledException)
        {
            return cancellationToken.IsCancellationRequested ? WaitOutcome.Closed : WaitOutcome.Idle;
        }
    }

    private (Subscription? Subscription, IReadOnlyList<StoredObject> Initial) Open(ResourceType resource, Selection selection, long position)
    {
        lock (cluster.Store.Gate)
        {
            if (position > 0)
            {
                return (cluster.Store.Subscribe(resource.StorageKey, position), []);
            }

            var initial = cluster.Store.Read(resource.StorageKey).Objects.Where(selection.Matches).ToList();
            return (cluster.Store.Subscribe(resource.StorageKey, null), initial);
        }
    }

    /// <summary>How a change looks through the selectors: an object that stops matching is deleted to this watcher.</summary>
    private static string? Seen(Change change, Selection selection)
    {
        var now = change.Type != ChangeType.Deleted && selection.Matches(change.Object);
        var before = change.Previous is not null && selection.Matches(change.Previous);
        return (before, now) switch
        {
            (false, true) => "ADDED",
            (true, true) => "MODIFIED",
            (true, false) => "DELETED",
            _ => null,
        };
    }

    /// <summary>A watcher sees an object go as it last saw it, with the version of the change.</summary>
    private static StoredObject Last(Change change, ResourceType resource)
    {
        if (change.Type == ChangeType.Deleted || change.Previous is null)
        {
            return change.Object;
        }

        var last = change.Previous.Parse();
        last.Ensure("metadata")["resourceVersion"] = change.ResourceVersion.ToString(CultureInfo.InvariantCulture);
        return StoredObject.From(resource, last, change.ResourceVersion);
    }

    private static TimeSpan Lifetime(RequestInfo info) =>
        info.Integer("timeoutSeconds") is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromMinutes(45);

    /// <summary>The version up to which this watch has told everything; null while there is more to tell, which a bookmark must not run ahead of.</summary>
    private long? IdleAt(ResourceType resource, Subscription subscription)
    {
        lock (cluster.Store.Gate)
        {
            return subscription.Changes.TryPeek(out _) ? null : cluster.Store.Read(resource.StorageKey).ResourceVersion;
        }
    }
}
