using System.Globalization;
using System.Text.Json.Nodes;

namespace KubeFed.Sandbox.Server;

/// <summary>The <c>meta.k8s.io/v1 Table</c> form of objects, which kubectl prints: name and age, and for workloads their counts.</summary>
internal static class Tables
{
    private sealed record Column(string Name, string Type, Func<JsonObject, DateTimeOffset, JsonNode?> Cell);

    public static JsonObject Of(ResourceType resource, IReadOnlyList<JsonObject> items, JsonObject metadata, DateTimeOffset now)
    {
        var columns = Columns(resource);
        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = metadata,
            ["columnDefinitions"] = new JsonArray([.. columns.Select(column => new JsonObject
            {
                ["name"] = column.Name,
                ["type"] = column.Type,
                ["format"] = column.Name == "Name" ? "name" : string.Empty,
                ["description"] = string.Empty,
                ["priority"] = 0,
            })]),
            ["rows"] = new JsonArray([.. items.Select(item => new JsonObject
            {
                ["cells"] = new JsonArray([.. columns.Select(column => column.Cell(item, now))]),
                ["object"] = new JsonObject
                {
                    ["kind"] = "PartialObjectMetadata",
                    ["apiVersion"] = "meta.k8s.io/v1",
                    ["metadata"] = item["metadata"]?.DeepClone(),
                },
            })]),
        };
    }

    /// <summary>A duration as kubectl prints it: <c>5s</c>, <c>12m</c>, <c>3h</c>, <c>4d</c>.</summary>
    public static string Age(TimeSpan age) =>
        age.TotalSeconds < 120 ? $"{Math.Max(0, (int)age.TotalSeconds)}s"
        : age.TotalMinutes < 120 ? $"{(int)age.TotalMinutes}m"
        : age.TotalHours < 48 ? $"{(int)age.TotalHours}h"
        : $"{(int)age.TotalDays}d";

    private static List<Column> Columns(ResourceType resource)
    {
        var columns = new List<Column> { new("Name", "string", (item, _) => item.At("metadata").Text("name")) };
        columns.AddRange(resource.Kind switch
        {
            "Deployment" => [
                new("Ready", "string", (item, _) => $"{Number(item, "status.readyReplicas")}/{Number(item, "spec.replicas")}"),
                new("Up-to-date", "integer", (item, _) => Number(item, "status.updatedReplicas")),
                new("Available", "integer", (item, _) => Number(item, "status.availableReplicas")),
            ],
            "ReplicaSet" => [
                new("Desired", "integer", (item, _) => Number(item, "spec.replicas")),
                new("Current", "integer", (item, _) => Number(item, "status.replicas")),
                new("Ready", "integer", (item, _) => Number(item, "status.readyReplicas")),
            ],
            "Pod" or "Namespace" => [new("Status", "string", (item, _) => item.At("status").Text("phase"))],
            "ConfigMap" => [new("Data", "integer", (item, _) => (item.Child("data")?.Count ?? 0) + (item.Child("binaryData")?.Count ?? 0))],
            "Secret" => [
                new("Type", "string", (item, _) => item.Text("type")),
                new("Data", "integer", (item, _) => item.Child("data")?.Count ?? 0),
            ],
            "Service" => [
                new("Type", "string", (item, _) => item.At("spec").Text("type")),
                new("Cluster-IP", "string", (item, _) => item.At("spec").Text("clusterIP") ?? "<none>"),
            ],
            _ => Array.Empty<Column>(),
        });
        columns.Add(new("Age", "string", (item, now) => DateTimeOffset.TryParse(
            item.At("metadata").Text("creationTimestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var created) ? Age(now - created) : "<unknown>"));
        return columns;
    }

    private static long Number(JsonObject item, string path) => WireJson.AsNumber(item.At(path)) ?? 0;
}
