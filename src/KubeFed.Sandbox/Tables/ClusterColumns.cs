using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;
using static KubeFed.Sandbox.Tables.BuiltInColumns;

namespace KubeFed.Sandbox.Tables;

/// <summary>Columns of what a cluster consists of and who may do what in it.</summary>
internal static class ClusterColumns
{
    private const string RolePrefix = "node-role.kubernetes.io/";

    public static IReadOnlyList<Column>? Of(string kind) => kind switch
    {
        "Namespace" => [Column.ObjectName, Column.Text("Status", item => item.At("status").Text("phase")), Column.Age],
        "Node" => [
            Column.ObjectName,
            Column.Text("Status", NodeStatus),
            Column.Text("Roles", NodeRoles),
            Column.Age,
            Column.Text("Version", item => item.At("status.nodeInfo").Text("kubeletVersion") ?? string.Empty),
            Column.Text("Internal-IP", item => Address(item, "InternalIP")).Wide(),
            Column.Text("External-IP", item => Address(item, "ExternalIP")).Wide(),
            Column.Text("OS-Image", item => NodeInfo(item, "osImage")).Wide(),
            Column.Text("Kernel-Version", item => NodeInfo(item, "kernelVersion")).Wide(),
            Column.Text("Container-Runtime", item => NodeInfo(item, "containerRuntimeVersion")).Wide(),
        ],
        "Event" => [
            new("Last Seen", "string", (item, now) => Duration.Since(LastSeen(item), now)),
            Column.Text("Type", item => item.Text("type")),
            Column.Text("Reason", item => item.Text("reason")),
            Column.Text("Object", item => $"{(item.At("involvedObject").Text("kind") ?? string.Empty).ToLowerInvariant()}/{item.At("involvedObject").Text("name")}"),
            Column.Text("Subobject", item => item.At("involvedObject").Text("fieldPath") ?? string.Empty).Wide(),
            Column.Text("Source", item => Joined([item.At("source").Text("component") ?? item.Text("reportingComponent"), item.At("source").Text("host")])).Wide(),
            Column.Text("Message", item => (item.Text("message") ?? string.Empty).Trim()),
            new Column("First Seen", "string", (item, now) => Duration.Since(item.Text("firstTimestamp") ?? item.Text("eventTime"), now)).Wide(),
            Column.Number("Count", item => item.Number("count") ?? 1).Wide(),
            Column.ObjectName.Wide(),
        ],
        "ServiceAccount" => [Column.ObjectName, Column.Number("Secrets", item => item.Items("secrets")?.Count ?? 0), Column.Age],
        "RoleBinding" or "ClusterRoleBinding" => [
            Column.ObjectName,
            Column.Text("Role", item => $"{item.At("roleRef").Text("kind")}/{item.At("roleRef").Text("name")}"),
            Column.Age,
            Column.Text("Users", item => Subjects(item, "User")).Wide(),
            Column.Text("Groups", item => Subjects(item, "Group")).Wide(),
            Column.Text("ServiceAccounts", item => Subjects(item, "ServiceAccount")).Wide(),
        ],
        "Lease" => [Column.ObjectName, Column.Text("Holder", item => item.At("spec").Text("holderIdentity") ?? string.Empty), Column.Age],
        "ResourceQuota" => [
            Column.ObjectName,
            Column.Text("Request", item => Quota(item, limits: false)),
            Column.Text("Limit", item => Quota(item, limits: true)),
            Column.Age,
        ],
        "PriorityClass" => [
            Column.ObjectName,
            Column.Number("Value", item => item.Number("value") ?? 0),
            new("Global-Default", "boolean", (item, _) => item.Flag("globalDefault")),
            Column.Age,
        ],
        "MutatingWebhookConfiguration" or "ValidatingWebhookConfiguration" => [
            Column.ObjectName,
            Column.Number("Webhooks", item => item.Items("webhooks")?.Count ?? 0),
            Column.Age,
        ],
        _ => null,
    };

    private static string NodeStatus(JsonObject node)
    {
        var ready = (node.At("status").Items("conditions") ?? []).FirstOrDefault(condition => condition.Text("type") == "Ready");
        var status = ready is null ? "Unknown" : ready.Text("status") == "True" ? "Ready" : "NotReady";
        return node.At("spec").Flag("unschedulable") ? status + ",SchedulingDisabled" : status;
    }

    private static string NodeRoles(JsonObject node) => OrNone(Joined((node.At("metadata").Child("labels") ?? [])
        .Where(label => label.Key.StartsWith(RolePrefix, StringComparison.Ordinal))
        .Select(label => label.Key[RolePrefix.Length..])
        .Order(StringComparer.Ordinal)));

    private static string Address(JsonObject node, string type) =>
        OrNone((node.At("status").Items("addresses") ?? []).FirstOrDefault(address => address.Text("type") == type).Text("address"));

    private static string NodeInfo(JsonObject node, string field) => node.At("status.nodeInfo").Text(field) is { Length: > 0 } text ? text : "<unknown>";

    private static string? LastSeen(JsonObject item) =>
        item.At("series").Text("lastObservedTime") ?? item.Text("lastTimestamp") ?? item.Text("firstTimestamp") ?? item.Text("eventTime");

    private static string Subjects(JsonObject binding, string kind) => string.Join(
        ", ",
        (binding.Items("subjects") ?? [])
            .Where(subject => subject.Text("kind") == kind)
            .Select(subject => kind == "ServiceAccount" ? $"{subject.Text("namespace")}/{subject.Text("name")}" : subject.Text("name")));

    private static string Quota(JsonObject quota, bool limits) => string.Join(
        ", ",
        (quota.At("status.hard") as JsonObject ?? [])
            .Where(pair => pair.Key.StartsWith("limits.", StringComparison.Ordinal) == limits)
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key}: {quota.At("status").Child("used").Text(pair.Key) ?? "0"}/{pair.Value}"));
}
