using System.Text.Json.Nodes;
using KubeFed.Engine.Scheduling;
using EnginePlan = KubeFed.Engine.Scheduling.ClusterPlan;

namespace KubeFed.PowerShell.Mapping;

internal static class SchedulingMap
{
    public static ReplicaSchedulingPreference ToOutput(StoredPreference stored, DateTimeOffset now)
    {
        var preference = stored.Preference;
        var condition = (stored.Source.Status?["conditions"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(entry => Text(entry, "type") == "Scheduled");
        return new()
        {
            Name = stored.Key.Name,
            Namespace = stored.Key.Namespace ?? string.Empty,
            TargetKind = preference.TargetKind,
            TotalReplicas = preference.TotalReplicas,
            Rebalance = preference.Rebalance,
            IntersectWithClusterSelector = preference.IntersectWithClusterSelector,
            Mode = preference.Mode.ToString(),
            OmitEmptyCluster = preference.OmitEmptyClusters,
            ClusterPreference = [.. preference.Clusters.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => new ClusterPreference
            {
                Cluster = entry.Key, MinReplicas = entry.Value.MinReplicas, MaxReplicas = entry.Value.MaxReplicas, Weight = entry.Value.Weight,
            })],
            Status = Text(condition, "reason") ?? "Unknown",
            Message = Text(condition, "message") ?? string.Empty,
            Created = Times.Local(stored.Source.CreationTimestamp),
            Age = Times.Since(stored.Source.CreationTimestamp, now),
            Json = stored.Source.Json,
        };
    }

    /// <summary>One row per cluster, those that were not planned for included.</summary>
    public static IEnumerable<ClusterPlan> ToOutput(SchedulingDecision decision) =>
        decision.Clusters.Select(cluster => Row(decision.Key.ToString(), decision.Stored.Preference.Mode, cluster.Cluster, cluster.Plan, decision.Plan, cluster.Replicas, cluster.Reason));

    public static IEnumerable<ClusterPlan> ToOutput(ReplicaPlan plan) =>
        plan.Clusters.Select(cluster => Row(plan.Key, plan.Mode, cluster.Cluster, cluster, plan, cluster.Replicas, cluster.Reason));

    private static ClusterPlan Row(string key, SchedulingMode mode, string name, EnginePlan? cluster, ReplicaPlan? plan, long? replicas, string reason) => new()
    {
        Name = name,
        Preference = key,
        Mode = mode.ToString(),
        Current = cluster?.Current,
        Capacity = cluster?.Capacity,
        Planned = cluster?.Planned,
        Overflow = cluster?.Overflow,
        Replicas = replicas,
        Rule = reason,
        Steps = [.. (cluster?.Steps ?? []).Select(step => new PlanStep
        {
            Rule = step.Rule.ToString(), Round = step.Round, Before = step.Before, After = step.After, Limit = step.Limit.ToString(), Text = step.Explanation,
        })],
        TotalReplicas = plan?.TotalReplicas ?? 0,
        Unplaced = plan?.Unplaced ?? 0,
    };

    private static string? Text(JsonObject? json, string name) => json?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
