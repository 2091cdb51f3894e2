using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Recording;

/// <summary>The <c>Propagation</c> condition of a federated object.</summary>
/// <remarks>engine.md section 9.1; <c>message</c> is ours (P-73).</remarks>
public sealed record PropagationCondition(
    bool Propagated, AggregateReason Reason, string Message, DateTimeOffset? LastTransitionTime, DateTimeOffset? LastUpdateTime);

/// <summary>A federated object's <c>status</c> as far as propagation is concerned; conditions of others are carried along untouched.</summary>
public sealed record PropagationStatus
{
    private const string ConditionType = "Propagation";

    public static PropagationStatus None { get; } = new();

    /// <summary>The generation of the spec this status is about (E-114).</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>Null before the first propagation.</summary>
    public PropagationCondition? Condition { get; init; }

    /// <summary>By cluster name, ordinal (P-74).</summary>
    public IReadOnlyList<ClusterRecord> Clusters { get; init; } = [];

    /// <summary>Null before the first propagation, and where the definition has no room for it.</summary>
    public StatusSummary? Summary { get; init; }

    public ClusterRecord? Find(string cluster)
    {
        foreach (var record in Clusters)
        {
            if (record.Name == cluster)
            {
                return record;
            }
        }

        return null;
    }

    /// <summary>Reads what is stored; entries that make no sense are left out.</summary>
    public static PropagationStatus Read(KubeObject federated)
    {
        if (federated.Status is not { } status)
        {
            return None;
        }

        return new PropagationStatus
        {
            ObservedGeneration = status["observedGeneration"] is JsonValue value && value.TryGetValue<long>(out var generation) ? generation : 0,
            Condition = ReadCondition(status["conditions"] as JsonArray),
            Clusters = status["clusters"] is JsonArray clusters
                ? [.. clusters.Select(ClusterRecord.Read).OfType<ClusterRecord>().DistinctBy(r => r.Name).OrderBy(r => r.Name, StringComparer.Ordinal)]
                : [],
            Summary = StatusSummary.Read(status["summary"] as JsonObject),
        };
    }

    /// <summary>
    /// The status section to store: this status, and from the stored object whatever is none of ours. To be sent as a merge patch, whose lists replace.
    /// </summary>
    public JsonObject ToJson(KubeObject stored)
    {
        var conditions = new JsonArray();
        foreach (var other in (stored.Status?["conditions"] as JsonArray ?? []).OfType<JsonObject>().Where(c => !IsOurs(c)))
        {
            conditions.Add(other.DeepClone());
        }

        if (Condition is { } condition)
        {
            var entry = new JsonObject { ["type"] = ConditionType, ["status"] = condition.Propagated ? "True" : "False" };
            Add(entry, "reason", condition.Reason == AggregateReason.None ? null : condition.Reason.ToString());
            Add(entry, "message", condition.Message.Length == 0 ? null : condition.Message);
            Add(entry, "lastUpdateTime", condition.LastUpdateTime is { } updated ? Timestamps.Write(updated) : null);
            Add(entry, "lastTransitionTime", condition.LastTransitionTime is { } changed ? Timestamps.Write(changed) : null);
            conditions.Add(entry);
        }

        var json = new JsonObject
        {
            ["observedGeneration"] = ObservedGeneration,
            ["conditions"] = conditions,
            ["clusters"] = new JsonArray([.. Clusters.Select(c => c.ToJson())]),
        };
        if (Summary is not null)
        {
            json["summary"] = Summary.ToJson(stored.Status?["summary"] as JsonObject);
        }

        return json;
    }

    private static PropagationCondition? ReadCondition(JsonArray? conditions)
    {
        if (conditions?.OfType<JsonObject>().FirstOrDefault(IsOurs) is not { } entry)
        {
            return null;
        }

        return new PropagationCondition(
            Text(entry, "status") == "True",
            Enum.TryParse<AggregateReason>(Text(entry, "reason"), out var reason) ? reason : AggregateReason.None,
            Text(entry, "message") ?? string.Empty,
            Timestamps.Read(Text(entry, "lastTransitionTime")),
            Timestamps.Read(Text(entry, "lastUpdateTime")));
    }

    private static bool IsOurs(JsonObject condition) => Text(condition, "type") == ConditionType;

    private static string? Text(JsonObject parent, string key) => parent[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static void Add(JsonObject entry, string key, string? value)
    {
        if (value is not null)
        {
            entry[key] = value;
        }
    }
}
