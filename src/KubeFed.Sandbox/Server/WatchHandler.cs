using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Sandbox.Storage;

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
            throw new ApiError(400, "BadRequest", $"invalid resource version \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax");
        }

        return new SandboxResponse(200, "application/json") { Stream = Lines(resource, info, form, selection, position) };
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> Lines(
        ResourceType resource, RequestInfo info, Negotiation form, Selection selection, long position, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (subscription, initial) = Open(resource, selection, position);
        if (subscription is null)
        {
            var gone = Errors.Expired($"too old resource version: {position} ({cluster.Store.CompactedVersion + 1})");
            yield return Line("ERROR", WireJson.Utf8(gone.ToStatus()));
            yield break;
        }

        using var _ = subscription;
        foreach (var item in initial)
        {
            yield return Event("ADDED", resource, item, form);
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
                    yield return Event(type, resource, type == "DELETED" ? Last(change) : change.Object, form);
                }

                continue;
            }

            var state = await WaitAsync(subscription, bookmarks ? nextBookmark - cluster.Time.GetUtcNow() : null, ended.Token).ConfigureAwait(false);
            if (state == WaitOutcome.Closed)
            {
                yield break;
            }

            if (state == WaitOutcome.Idle)
            {
                yield return Bookmark(resource, form);
                nextBookmark = cluster.Time.GetUtcNow() + bookmarkInterval;
            }
        }

        if (bookmarks && timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            yield return Bookmark(resource, form);
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
    private static StoredObject Last(Change change) => change.Object;

    private static TimeSpan Lifetime(RequestInfo info) =>
        info.Integer("timeoutSeconds") is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromMinutes(45);

    private ReadOnlyMemory<byte> Bookmark(ResourceType resource, Negotiation form)
    {
        var partial = form.Form == ObjectForm.PartialMetadata;
        var version = cluster.Store.Read(resource.StorageKey).ResourceVersion;
        return Line("BOOKMARK", WireJson.Utf8(new JsonObject
        {
            ["kind"] = partial ? "PartialObjectMetadata" : resource.Kind,
            ["apiVersion"] = partial ? "meta.k8s.io/" + form.MetaVersion : resource.ApiVersion,
            ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null },
        }));
    }

    private ReadOnlyMemory<byte> Event(string type, ResourceType resource, StoredObject value, Negotiation form)
    {
        switch (form.Form)
        {
            case ObjectForm.PartialMetadata:
                var buffer = new ArrayBufferWriter<byte>(512);
                ListHandler.WritePartial(buffer, value, form.MetaVersion);
                return Line(type, buffer.WrittenMemory);
            case ObjectForm.Table:
                return Line(type, WireJson.Utf8(Tables.Of(resource, [ObjectView.Parse(value, resource, cluster.Types)], [], cluster.Time.GetUtcNow())));
            default:
                return Line(type, ObjectView.Json(value, resource, cluster.Types));
        }
    }

    private static ReadOnlyMemory<byte> Line(string type, ReadOnlyMemory<byte> json)
    {
        var buffer = new ArrayBufferWriter<byte>(json.Length + 48);
        buffer.Write(Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":"));
        buffer.Write(json.Span);
        buffer.Write("}\n"u8);
        return buffer.WrittenMemory;
    }
}
