using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Recording;

/// <summary>A federated object that was deleted, and its copies before it.</summary>
/// <param name="Uid">Of the federated object; no other object ever has it.</param>
/// <param name="Deleted">When its deletion was asked for, by the host's clock.</param>
/// <param name="Except">Clusters in which nobody saw that no copy is left, because they were given up or could not be asked.</param>
internal sealed record Tombstone(string Uid, DateTimeOffset Deleted, IReadOnlyList<string> Except)
{
    /// <summary>Whether the object's copy in a cluster was deleted, so that one that is there now has come back.</summary>
    /// <param name="cluster">The cluster; one that has joined since is none of which anything is known.</param>
    public bool Covers(MemberCluster cluster) =>
        cluster.Joined is { } joined && joined <= Deleted && !Except.Contains(cluster.Name, StringComparer.Ordinal);
}

/// <summary>
/// The federated objects that were deleted lately, as a ConfigMap of the host keeps them: one entry of its data for each run that completed deletions. They are
/// few and short-lived. What is forgotten too early costs nothing but a label: the copy is then released instead of removed.
/// </summary>
internal sealed class Tombstones
{
    /// <summary>A request can't be late by more than minutes; the sync that finds what it did may run but once a night, or not over a weekend.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromDays(3);

    /// <summary>How many are kept: some 250 KB, where an object of the host may have a megabyte.</summary>
    internal const int Most = 4000;

    /// <summary>An object that so many clusters did not answer for is not remembered.</summary>
    private const int MostExceptions = 16;

    private readonly Dictionary<string, Tombstone> _byUid = new(StringComparer.Ordinal);

    private Tombstones()
    {
    }

    public static Tombstones None { get; } = new();

    public bool IsEmpty => _byUid.Count == 0;

    public Tombstone? Find(string? uid) => uid is null ? null : _byUid.GetValueOrDefault(uid);

    /// <summary>Reads the ConfigMap. What is too old, or can't be read, is left out.</summary>
    /// <param name="stored">The ConfigMap; null when there is none.</param>
    /// <param name="now">The time.</param>
    public static Tombstones Read(KubeObject? stored, DateTimeOffset now)
    {
        var all = new Tombstones();
        foreach (var (_, batch) in Batches(stored).Where(entry => IsCurrent(entry.Batch, now)))
        {
            foreach (var (uid, time) in batch!.Map("deleted") ?? [])
            {
                if (Time(time) is { } deleted)
                {
                    all._byUid[uid] = new Tombstone(uid, deleted, batch.Map("except").Texts(uid));
                }
            }
        }

        return all;
    }

    /// <summary>What to merge into the ConfigMap's data: one entry more, and null for those that are too old, and for the oldest of too many.</summary>
    /// <param name="stored">The ConfigMap; null when there is none.</param>
    /// <param name="added">Objects whose deletion is complete.</param>
    /// <param name="now">The time.</param>
    public static JsonObject Next(KubeObject? stored, IReadOnlyList<Tombstone> added, DateTimeOffset now)
    {
        var kept = added.Where(tombstone => tombstone.Except.Count <= MostExceptions).TakeLast(Most).ToList();
        var room = Most - kept.Count;
        var data = new JsonObject();
        foreach (var (name, batch) in Batches(stored).OrderByDescending(entry => Time(entry.Batch?["time"])))
        {
            room -= batch.Map("deleted")?.Count ?? 0;
            if (room < 0 || !IsCurrent(batch, now))
            {
                data[name] = null;
            }
        }

        if (kept.Count > 0)
        {
            // Two writers at once write two entries.
            data[$"{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{Guid.NewGuid():N}"[..25]] = Text(kept, now);
        }

        return data;
    }

    private static string Text(IReadOnlyList<Tombstone> tombstones, DateTimeOffset now)
    {
        var batch = new JsonObject
        {
            ["time"] = Timestamps.Write(now),
            ["deleted"] = new JsonObject(tombstones.Select(tombstone =>
                KeyValuePair.Create(tombstone.Uid, (JsonNode?)Timestamps.Write(tombstone.Deleted)))),
        };
        var except = tombstones.Where(tombstone => tombstone.Except.Count > 0).ToList();
        if (except.Count > 0)
        {
            batch["except"] = new JsonObject(except.Select(tombstone => KeyValuePair.Create(
                tombstone.Uid, (JsonNode?)new JsonArray([.. tombstone.Except.Select(cluster => JsonValue.Create(cluster))]))));
        }

        return JsonText.Write(batch);
    }

    private static IEnumerable<(string Name, JsonObject? Batch)> Batches(KubeObject? stored)
    {
        foreach (var (name, value) in stored?.Json.Map("data") ?? [])
        {
            yield return (name, Parse(value));
        }
    }

    private static JsonObject? Parse(JsonNode? value)
    {
        try
        {
            return value is JsonValue text && text.TryGetValue<string>(out var json) ? JsonText.ParseObject(json) : null;
        }
        catch (JsonException)
        {
            // Nobody but this class writes here; what somebody wrote by hand says nothing.
            return null;
        }
    }

    private static bool IsCurrent(JsonObject? batch, DateTimeOffset now) => Time(batch?["time"]) is { } time && now - time < Lifetime;

    private static DateTimeOffset? Time(JsonNode? node) =>
        node is JsonValue value
        && value.TryGetValue<string>(out var text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;
}
