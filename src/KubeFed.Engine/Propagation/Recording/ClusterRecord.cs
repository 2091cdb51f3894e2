using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Engine.Propagation.Health;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Engine.Propagation.Recording;

/// <summary>One entry of a federated object's <c>status.clusters[]</c>: what became of it in one cluster, and what is known of the copy there.</summary>
/// <remarks>
/// <c>name</c>, <c>status</c> and <c>remoteStatus</c> are KubeFed's (engine.md section 9); <c>message</c>, <c>lastTransitionTime</c>,
/// <c>observedVersion</c>, <c>appliedHash</c>, <c>health</c> and <c>healthMessage</c> are ours (P-46, P-70, P-73).
/// </remarks>
public sealed record ClusterRecord
{
    public required string Name { get; init; }

    public PropagationReason Reason { get; init; }

    /// <summary>The server's or the planner's text; empty when all is well.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary>When <see cref="Reason"/> came to be what it is, to the second.</summary>
    public DateTimeOffset? LastTransitionTime { get; init; }

    /// <summary>The member object's version after our last write; null when we know of no copy.</summary>
    public string? ObservedVersion { get; init; }

    /// <summary>The hash of what was last applied; null when we applied nothing.</summary>
    public string? AppliedHash { get; init; }

    public JsonNode? RemoteStatus { get; init; }

    /// <summary>How the copy fares; null where status is not collected.</summary>
    public ObjectHealth? Health { get; init; }

    /// <summary>A copy is, or may be, in this cluster.</summary>
    public bool MayHoldCopy => ObservedVersion is not null;

    /// <summary>Null for an entry without a name.</summary>
    public static ClusterRecord? Read(JsonNode? node)
    {
        if (node is not JsonObject entry || Text(entry, "name") is not { Length: > 0 } name)
        {
            return null;
        }

        return new ClusterRecord
        {
            Name = name,
            Reason = Enum.TryParse<PropagationReason>(Text(entry, "status"), out var reason) ? reason : PropagationReason.Ok,
            Message = Printable.Of(Text(entry, "message") ?? string.Empty),
            LastTransitionTime = Timestamps.Read(Text(entry, "lastTransitionTime")),
            ObservedVersion = Text(entry, "observedVersion"),
            AppliedHash = Text(entry, "appliedHash"),
            RemoteStatus = entry["remoteStatus"]?.DeepClone(),
            Health = Enum.TryParse<HealthStatus>(Text(entry, "health"), out var health)
                ? new ObjectHealth(health, Text(entry, "healthMessage") ?? string.Empty)
                : null,
        };
    }

    public JsonObject ToJson()
    {
        var entry = new JsonObject { ["name"] = Name };
        Add("status", Reason == PropagationReason.Ok ? null : Reason.ToString());
        Add("message", Message.Length == 0 ? null : Message);
        Add("lastTransitionTime", LastTransitionTime is { } time ? Timestamps.Write(time) : null);
        Add("observedVersion", ObservedVersion);
        Add("appliedHash", AppliedHash);
        Add("health", Health?.Status.ToString());
        Add("healthMessage", Health is { Message.Length: > 0 } ? Health.Message : null);
        if (RemoteStatus is not null)
        {
            entry["remoteStatus"] = RemoteStatus.DeepClone();
        }

        return entry;

        void Add(string key, string? value)
        {
            if (value is not null)
            {
                entry[key] = value;
            }
        }
    }

    /// <summary>
    /// Whether storing <paramref name="next"/> instead would change nothing worth a write: the time follows the reason, and health that is not stored may
    /// have been pruned by a definition that a KubeFed generated, so its absence alone must not be written again and again.
    /// </summary>
    public bool IsAsGoodAs(ClusterRecord next) =>
        this with { RemoteStatus = null, LastTransitionTime = null, Health = null } == next with { RemoteStatus = null, LastTransitionTime = null, Health = null }
        && (Health is null || Health == next.Health)
        && SemanticJson.Same(RemoteStatus, next.RemoteStatus);

    private static string? Text(JsonObject parent, string key) => parent[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

/// <summary>Times as the API writes them: RFC 3339, UTC, whole seconds.</summary>
internal static class Timestamps
{
    public static string Write(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    public static DateTimeOffset? Read(string? text) => text is null ? null
        : DateTimeOffset.TryParseExact(
            text, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var usual)
            ? usual
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
}
