using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Control.Events;

/// <summary>
/// What has been written of each Event, so that the same one is never written twice but counted, and no object gets more of them than is good: a burst of 25,
/// and then one every five minutes, as client-go has it. What is over that is counted all the same. It remembers the last 4,096. Not safe for concurrent use.
/// </summary>
internal sealed class EventLedger(TimeProvider time)
{
    internal const int Burst = 25;
    internal static readonly TimeSpan Refill = TimeSpan.FromMinutes(5);

    private const int Memory = 4096;

    private readonly Dictionary<(EventNotice Notice, string Message), EventSeries> _series = [];
    private readonly Dictionary<(string Component, EventSubject Subject), TokenBucket> _buckets = [];
    private long _last;

    /// <summary>It happened so many times more. Null when that is too often to be written.</summary>
    public EventSeries? Count(EventNotice notice, string message, int times)
    {
        Forget();
        var now = time.GetUtcNow();
        if (!_series.TryGetValue((notice, message), out var series))
        {
            _series[(notice, message)] = series = new EventSeries(notice, message, NewKey(notice.Subject), now);
        }

        (series.Count, series.Last) = (series.Count + times, now);
        var about = (notice.Component, notice.Subject);
        if (!_buckets.TryGetValue(about, out var bucket))
        {
            _buckets[about] = bucket = new TokenBucket(time, Burst, Refill);
        }

        return bucket.TryTake() ? series : null;
    }

    /// <summary>The server has forgotten it, as servers do after an hour; it begins anew, with its count.</summary>
    public void Renew(EventSeries series) => (series.Key, series.IsStored) = (NewKey(series.Notice.Subject), false);

    /// <summary>Unique, and as client-go names them; objects without a namespace have their Events in <c>default</c>.</summary>
    private ObjectKey NewKey(EventSubject subject)
    {
        var ticks = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        _last = Math.Max(ticks, _last + 1);
        var stem = IsFit(subject.Key.Name) ? subject.Key.Name : "kubefed";
        return new ObjectKey(subject.Key.Namespace ?? "default", $"{stem}.{_last.ToString("x", CultureInfo.InvariantCulture)}");
    }

    /// <summary>Roles may be called what no Event may, such as system:node.</summary>
    private static bool IsFit(string name) => name.Length <= 230 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.');

    private void Forget()
    {
        if (_series.Count < Memory)
        {
            return;
        }

        foreach (var old in _series.OrderBy(entry => entry.Value.Last).Take(Memory / 4).Select(entry => entry.Key).ToList())
        {
            _series.Remove(old);
        }

        var left = _series.Values.Select(series => (series.Notice.Component, series.Notice.Subject)).ToHashSet();
        foreach (var old in _buckets.Keys.Where(about => !left.Contains(about)).ToList())
        {
            _buckets.Remove(old);
        }
    }
}

/// <summary>One Event as it is, or is to be, on the server.</summary>
internal sealed class EventSeries(EventNotice notice, string message, ObjectKey key, DateTimeOffset first)
{
    public EventNotice Notice { get; } = notice;

    public ObjectKey Key { get; set; } = key;

    public int Count { get; set; }

    public DateTimeOffset Last { get; set; }

    /// <summary>The server has it, so that it is patched and not created.</summary>
    public bool IsStored { get; set; }

    public KubeObject ToObject()
    {
        var subject = Notice.Subject;
        var value = KubeObject.Create(KnownResources.Events, Key);
        var involved = new JsonObject { ["apiVersion"] = subject.ApiVersion, ["kind"] = subject.Kind, ["name"] = subject.Key.Name, ["uid"] = subject.Uid };
        if (subject.Key.Namespace is { } @namespace)
        {
            involved["namespace"] = @namespace;
        }

        value.Json["involvedObject"] = involved;
        value.Json["type"] = Notice.IsWarning ? "Warning" : "Normal";
        value.Json["reason"] = Notice.Reason;
        value.Json["message"] = message;
        value.Json["source"] = new JsonObject { ["component"] = Notice.Component };
        value.Json["firstTimestamp"] = Text(first);
        Repeat(value.Json);
        return value;
    }

    public JsonObject ToPatch() => Repeat([]);

    private static string Text(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private JsonObject Repeat(JsonObject json)
    {
        json["count"] = Count;
        json["lastTimestamp"] = Text(Last);
        return json;
    }
}
