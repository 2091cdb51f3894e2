using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;
using static KubeFed.Sandbox.Tables.BuiltInColumns;

namespace KubeFed.Sandbox.Tables;

/// <summary>Columns of what runs: Pods and the kinds that make them.</summary>
internal static class WorkloadColumns
{
    private static readonly Column Containers =
        Column.Text("Containers", item => Joined((item.At("spec.template.spec").Items("containers") ?? []).Select(container => container.Text("name")))).Wide();

    private static readonly Column Images =
        Column.Text("Images", item => Joined((item.At("spec.template.spec").Items("containers") ?? []).Select(container => container.Text("image")))).Wide();

    private static readonly Column SelectorColumn = Column.Text("Selector", item => Selector(item.At("spec.selector") as JsonObject)).Wide();

    public static IReadOnlyList<Column>? Of(string kind) => kind switch
    {
        "Pod" => Pod,
        "Deployment" => [
            Column.ObjectName,
            Column.Text("Ready", item => $"{Count(item, "status.readyReplicas")}/{Count(item, "spec.replicas")}"),
            Column.Text("Up-to-date", item => $"{Count(item, "status.updatedReplicas")}"),
            Column.Text("Available", item => $"{Count(item, "status.availableReplicas")}"),
            Column.Age,
            Containers,
            Images,
            SelectorColumn,
        ],
        "ReplicaSet" => [
            Column.ObjectName,
            Column.Number("Desired", item => Count(item, "spec.replicas")),
            Column.Number("Current", item => Count(item, "status.replicas")),
            Column.Number("Ready", item => Count(item, "status.readyReplicas")),
            Column.Age,
            Containers,
            Images,
            SelectorColumn,
        ],
        "StatefulSet" => [
            Column.ObjectName,
            Column.Text("Ready", item => $"{Count(item, "status.readyReplicas")}/{Count(item, "spec.replicas")}"),
            Column.Age,
            Containers,
            Images,
        ],
        "DaemonSet" => [
            Column.ObjectName,
            Column.Number("Desired", item => Count(item, "status.desiredNumberScheduled")),
            Column.Number("Current", item => Count(item, "status.currentNumberScheduled")),
            Column.Number("Ready", item => Count(item, "status.numberReady")),
            Column.Number("Up-to-date", item => Count(item, "status.updatedNumberScheduled")),
            Column.Number("Available", item => Count(item, "status.numberAvailable")),
            Column.Text("Node Selector", item => Labels(item.At("spec.template.spec.nodeSelector") as JsonObject)),
            Column.Age,
            Containers,
            Images,
            SelectorColumn,
        ],
        "ControllerRevision" => [
            Column.ObjectName,
            Column.Text("Controller", item => Controller(item)),
            Column.Number("Revision", item => item.Number("revision") ?? 0),
            Column.Age,
        ],
        "Job" => [
            Column.ObjectName,
            Column.Text("Status", JobStatus),
            Column.Text("Completions", Completions),
            new("Duration", "string", JobDuration),
            Column.Age,
            Containers,
            Images,
            SelectorColumn,
        ],
        "CronJob" => [
            Column.ObjectName,
            Column.Text("Schedule", item => item.At("spec").Text("schedule")),
            Column.Text("Timezone", item => OrNone(item.At("spec").Text("timeZone"))),
            Column.Text("Suspend", item => item.At("spec").Flag("suspend") ? "True" : "False"),
            Column.Number("Active", item => (item.At("status.active") as JsonArray)?.Count ?? 0),
            new("Last Schedule", "string", (item, now) => item.At("status").Text("lastScheduleTime") is { } last ? Duration.Since(last, now) : "<none>"),
            Column.Age,
        ],
        "HorizontalPodAutoscaler" => [
            Column.ObjectName,
            Column.Text("Reference", item => $"{item.At("spec.scaleTargetRef").Text("kind")}/{item.At("spec.scaleTargetRef").Text("name")}"),
            Column.Text("Targets", Targets),
            Column.Text("MinPods", item => WireJson.AsNumber(item.At("spec.minReplicas"))?.ToString(null, null) ?? "<unset>"),
            Column.Number("MaxPods", item => Count(item, "spec.maxReplicas")),
            Column.Number("Replicas", item => Count(item, "status.currentReplicas")),
            Column.Age,
        ],
        "PodDisruptionBudget" => [
            Column.ObjectName,
            Column.Text("Min Available", item => item.At("spec.minAvailable")?.ToString() ?? "N/A"),
            Column.Text("Max Unavailable", item => item.At("spec.maxUnavailable")?.ToString() ?? "N/A"),
            Column.Number("Allowed Disruptions", item => Count(item, "status.disruptionsAllowed")),
            Column.Age,
        ],
        _ => null,
    };

    private static readonly IReadOnlyList<Column> Pod =
    [
        Column.ObjectName,
        Column.Text("Ready", item =>
        {
            var statuses = (item.At("status").Items("containerStatuses") ?? []).ToList();
            return $"{statuses.Count(status => status.Flag("ready"))}/{item.At("spec").Items("containers")?.Count ?? 0}";
        }),
        Column.Text("Status", PodStatus),
        Column.Text("Restarts", item => $"{(item.At("status").Items("containerStatuses") ?? []).Sum(status => status.Number("restartCount") ?? 0)}"),
        Column.Age,
        Column.Text("IP", item => OrNone(item.At("status").Text("podIP"))).Wide(),
        Column.Text("Node", item => OrNone(item.At("spec").Text("nodeName"))).Wide(),
        Column.Text("Nominated Node", item => OrNone(item.At("status").Text("nominatedNodeName"))).Wide(),
        Column.Text("Readiness Gates", item => item.At("spec").Items("readinessGates") is { Count: > 0 } gates ? $"0/{gates.Count}" : "<none>").Wide(),
    ];

    /// <summary>The phase, unless a container has more to say, or the Pod is on its way out.</summary>
    private static string PodStatus(JsonObject pod)
    {
        var status = pod.At("status");
        var told = status.Text("reason") is { Length: > 0 } reason ? reason : status.Text("phase") ?? string.Empty;
        foreach (var container in (status.Items("containerStatuses") ?? []).OfType<JsonObject>().Reverse())
        {
            var state = container.Child("state");
            if (state.Child("waiting").Text("reason") is { Length: > 0 } waiting)
            {
                told = waiting;
            }
            else if (state.Child("terminated") is { } terminated)
            {
                told = terminated.Text("reason") is { Length: > 0 } ended ? ended : $"ExitCode:{terminated.Number("exitCode") ?? 0}";
            }
        }

        return pod.At("metadata").Text("deletionTimestamp") is null ? told : "Terminating";
    }

    private static string Controller(JsonObject item)
    {
        var owner = (item.At("metadata").Items("ownerReferences") ?? []).FirstOrDefault(reference => reference.Flag("controller"));
        return owner is null ? "<none>" : $"{(owner.Text("kind") ?? string.Empty).ToLowerInvariant()}.{(owner.Text("apiVersion") ?? string.Empty).Split('/')[0]}/{owner.Text("name")}";
    }

    private static string JobStatus(JsonObject job)
    {
        bool Has(string type) => (job.At("status").Items("conditions") ?? []).Any(condition => condition.Text("type") == type && condition.Text("status") == "True");
        return Has("Complete") ? "Complete"
            : Has("Failed") ? "Failed"
            : job.At("metadata").Text("deletionTimestamp") is not null ? "Terminating"
            : Has("Suspended") ? "Suspended"
            : Has("FailureTarget") ? "FailureTarget"
            : Has("SuccessCriteriaMet") ? "SuccessCriteriaMet"
            : "Running";
    }

    private static string Completions(JsonObject job)
    {
        var succeeded = Count(job, "status.succeeded");
        if (WireJson.AsNumber(job.At("spec.completions")) is { } completions)
        {
            return $"{succeeded}/{completions}";
        }

        var parallelism = Count(job, "spec.parallelism");
        return parallelism > 1 ? $"{succeeded}/1 of {parallelism}" : $"{succeeded}/1";
    }

    private static JsonNode? JobDuration(JsonObject job, DateTimeOffset now) =>
        Duration.Parse(job.At("status").Text("startTime")) is { } started
            ? Duration.Human((Duration.Parse(job.At("status").Text("completionTime")) ?? now) - started)
            : string.Empty;

    private static string Targets(JsonObject scaler)
    {
        var metrics = (scaler.At("spec").Items("metrics") ?? []).OfType<JsonObject>().Select(metric =>
        {
            var resource = metric.Child("resource");
            var target = resource.Child("target");
            return resource is null
                ? "<unknown>"
                : $"{resource.Text("name")}: <unknown>/{(target.Number("averageUtilization") is { } percent ? $"{percent}%" : target.Text("averageValue"))}";
        }).ToList();
        if (WireJson.AsNumber(scaler.At("spec.targetCPUUtilizationPercentage")) is { } cpu)
        {
            metrics.Add($"cpu: <unknown>/{cpu}%");
        }

        return metrics.Count == 0 ? "<none>" : string.Join(", ", metrics);
    }
}
