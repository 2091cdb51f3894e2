using System.Text.Json.Nodes;
using KubeFed.Engine.Api;

namespace KubeFed.Engine.Clusters;

/// <summary>The conditions a probe leads to. Pure. Ready and Offline are always both there, whatever the probe found (P-22).</summary>
/// <remarks>api.md section 3, "Conditions and their fixed strings".</remarks>
internal static class ClusterConditions
{
    public static IReadOnlyList<ClusterCondition> From(ProbeResult probe, IReadOnlyList<ClusterCondition> before, DateTimeOffset now)
    {
        (string Type, string Status, string Reason, string Message)[] found = probe.Outcome switch
        {
            ProbeOutcome.Ready => [("Ready", "True", "ClusterReady", "/healthz responded with ok"), Reachable],
            ProbeOutcome.NotReady => [("Ready", "False", "ClusterNotReady", NotReady(probe)), Reachable],
            ProbeOutcome.Unreachable =>
            [
                ("Ready", "Unknown", "ClusterNotReachable", $"cluster is not reachable: {probe.Message}"),
                ("Offline", "True", "ClusterNotReachable", $"cluster is not reachable: {probe.Message}"),
            ],
            _ =>
            [
                ("Ready", "False", "ClusterConfigMalformed", probe.Message),
                ("Offline", "Unknown", "ClusterConfigMalformed", "cluster cannot be asked before its configuration is corrected"),
                ("ConfigMalformed", "True", "ClusterConfigMalformed", "cluster's configuration may be malformed"),
            ],
        };
        return [.. found.Select(c => new ClusterCondition(c.Type, c.Status, c.Reason, c.Message, now, Transition(c.Type, c.Status, before, now)))];
    }

    /// <summary>What decides whether a write is worth it: times and messages alone are not (P-22).</summary>
    public static bool SayTheSame(IReadOnlyList<ClusterCondition> left, IReadOnlyList<ClusterCondition> right) =>
        left.Select(Essence).Order(StringComparer.Ordinal).SequenceEqual(right.Select(Essence).Order(StringComparer.Ordinal), StringComparer.Ordinal);

    public static JsonObject Write(ClusterCondition condition)
    {
        var json = new JsonObject
        {
            ["type"] = condition.Type,
            ["status"] = condition.Status,
            ["reason"] = condition.Reason,
            ["message"] = condition.Message,
            ["lastProbeTime"] = Time(condition.LastProbeTime),
        };
        if (condition.LastTransitionTime is { } transition)
        {
            json["lastTransitionTime"] = Time(transition);
        }

        return json;
    }

    private static (string Type, string Status, string Reason, string Message) Reachable => ("Offline", "False", "ClusterReachable", "cluster is reachable");

    private static string NotReady(ProbeResult probe) =>
        probe.Message.Length == 0 ? "/healthz responded without ok" : $"/healthz responded without ok: {probe.Message}";

    private static DateTimeOffset Transition(string type, string status, IReadOnlyList<ClusterCondition> before, DateTimeOffset now) =>
        before.FirstOrDefault(condition => condition.Type == type) is { LastTransitionTime: { } time } same && same.Status == status ? time : now;

    private static string Essence(ClusterCondition condition) => $"{condition.Type}|{condition.Status}|{condition.Reason}";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
