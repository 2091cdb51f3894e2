using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Scheduling;

/// <summary>What a decision must know of earlier ones, kept in the preference's status between runs that share nothing else.</summary>
/// <param name="UnavailableSince">Since when the cluster cannot be used; null when it can.</param>
/// <param name="FullSince">When the cluster was last found full; null when it never was, or long ago.</param>
/// <param name="FullAt">How many replicas it could hold then.</param>
/// <param name="CoolDown">How long after <paramref name="FullSince"/> it gets no more than that.</param>
public sealed record SchedulingMemory(DateTimeOffset? UnavailableSince = null, DateTimeOffset? FullSince = null, long FullAt = 0, TimeSpan CoolDown = default)
{
    public static SchedulingMemory Empty { get; } = new();

    /// <summary>By cluster, from <c>status.clusters</c>; anything unreadable reads as nothing remembered.</summary>
    public static IReadOnlyDictionary<string, SchedulingMemory> Read(KubeObject preference)
    {
        ArgumentNullException.ThrowIfNull(preference);
        var memories = new Dictionary<string, SchedulingMemory>(StringComparer.Ordinal);
        foreach (var entry in preference.Status.Maps("clusters"))
        {
            if (entry.NonEmptyText("name") is { } name)
            {
                memories[name] = new(
                    Time(entry, "unavailableSince"), Time(entry, "fullSince"), entry.Integer("fullAt") ?? 0, TimeSpan.FromSeconds(entry.Integer("coolDownSeconds") ?? 0));
            }
        }

        return memories;
    }

    internal void Write(JsonObject entry)
    {
        if (UnavailableSince is { } unavailable)
        {
            entry["unavailableSince"] = Text(unavailable);
        }

        if (FullSince is { } full)
        {
            entry["fullSince"] = Text(full);
            entry["fullAt"] = FullAt;
            entry["coolDownSeconds"] = (long)CoolDown.TotalSeconds;
        }
    }

    internal static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static DateTimeOffset? Time(JsonObject entry, string name) =>
        DateTimeOffset.TryParse(entry.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
