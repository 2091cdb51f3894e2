using System.Text.Json.Nodes;
using KubeFed.Engine.Api;

namespace KubeFed.Engine.Scheduling;

/// <summary>The status of a preference: one condition and the last decision, cluster by cluster.</summary>
/// <remarks>P-80. KubeFed's schema declares an empty status and never writes it, so nothing can contradict these fields.</remarks>
internal static class SchedulingStatus
{
    public const string Condition = "Scheduled";

    /// <returns>The new status, or null when the stored one says the same already.</returns>
    public static JsonObject? Compose(SchedulingDecision decision, DateTimeOffset now)
    {
        var source = decision.Stored.Source;
        var stamp = SchedulingMemory.Text(now);
        var status = decision.HasPlan || decision.Reason == SchedulingReason.WriteFailed ? [] : Kept(source.Status);
        status["observedGeneration"] = source.Generation;
        status["conditions"] = new JsonArray(new JsonObject
        {
            ["type"] = Condition,
            ["status"] = decision.HasPlan ? "True" : "False",
            ["reason"] = decision.Reason.ToString(),
            ["message"] = string.Join(" ", decision.Warnings.Prepend(decision.Message).Where(text => text.Length > 0)),
            ["lastTransitionTime"] = stamp,
        });
        if (decision.Plan is { } plan)
        {
            status["mode"] = plan.Mode.ToString();
            status["totalReplicas"] = plan.TotalReplicas;
            status["writtenReplicas"] = decision.Replicas.Values.Sum();
            status["unplacedReplicas"] = plan.Unplaced;
        }

        if (decision.Clusters.Count > 0)
        {
            status["clusters"] = new JsonArray([.. decision.Clusters.Select(Cluster)]);
        }

        status["lastScheduleTime"] = stamp;
        return Settle(status, source.Status) ? status : null;
    }

    /// <summary>The last decision stays readable when the next one could not be made.</summary>
    private static JsonObject Kept(JsonObject? status)
    {
        var kept = (JsonObject?)status?.DeepClone() ?? [];
        kept.Remove("conditions");
        return kept;
    }

    private static JsonObject Cluster(ClusterDecision decision)
    {
        var entry = new JsonObject { ["name"] = decision.Cluster };
        Set(entry, "replicas", decision.Replicas);
        if (decision.Plan is { } plan)
        {
            Set(entry, "current", plan.Current);
            Set(entry, "capacity", plan.Capacity);
            entry["planned"] = plan.Planned;
            entry["overflow"] = plan.Overflow;
        }

        entry["reason"] = decision.Reason;
        decision.Memory.Write(entry);
        return entry;
    }

    private static void Set(JsonObject entry, string name, long? value)
    {
        if (value is { } number)
        {
            entry[name] = number;
        }
    }

    /// <summary>Keeps the times of what did not change, and finds out whether anything did.</summary>
    private static bool Settle(JsonObject status, JsonObject? stored)
    {
        if (stored is null)
        {
            return true;
        }

        var condition = status.Maps("conditions").First();
        var before = stored.Maps("conditions").FirstOrDefault(candidate => candidate.Text("type") == Condition);
        if (before.Text("status") == condition.Text("status") && before.NonEmptyText("lastTransitionTime") is { } transition)
        {
            condition["lastTransitionTime"] = transition;
        }

        var time = status["lastScheduleTime"]!.DeepClone();
        status["lastScheduleTime"] = stored["lastScheduleTime"]?.DeepClone();
        if (JsonNode.DeepEquals(status, stored))
        {
            return false;
        }

        status["lastScheduleTime"] = time;
        return true;
    }
}
