using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Engine.Federate;

/// <summary>Checks <c>spec.overrides</c>.</summary>
/// <remarks>E-71 to E-77; paths are strict RFC 6901 (P-62).</remarks>
internal static class OverrideValidation
{
    private const string WriteAPointer = "Write an RFC 6901 pointer from the object's root, such as /spec/replicas.";

    /// <summary>What the engine itself decides (E-72).</summary>
    private static readonly string[] Forbidden = ["/metadata/namespace", "/metadata/name", "/metadata/generateName", "/kind"];

    public static void Check(JsonNode? node, List<FieldFault> faults)
    {
        if (node is null)
        {
            return;
        }

        if (node is not JsonArray overrides)
        {
            faults.Add(Fault("InvalidOverride", "spec.overrides", node, "it must be a list", "Write one entry per cluster."));
            return;
        }

        var clusters = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < overrides.Count; i++)
        {
            var at = $"spec.overrides[{i}]";
            if (overrides[i] is not JsonObject entry || entry.NonEmptyText("clusterName") is not { } cluster)
            {
                faults.Add(Fault("InvalidOverride", $"{at}.clusterName", null, "an override needs the name of its cluster", "Set clusterName."));
                continue;
            }

            if (!clusters.Add(cluster))
            {
                faults.Add(Fault(
                    "DuplicateOverride",
                    $"{at}.clusterName",
                    entry["clusterName"],
                    $"cluster \"{cluster}\" appears more than once",
                    "Put all operations of a cluster into one entry."));
            }

            CheckOperations(cluster, entry["clusterOverrides"], $"{at}.clusterOverrides", faults);
        }
    }

    private static void CheckOperations(string cluster, JsonNode? node, string at, List<FieldFault> faults)
    {
        if (node is not (null or JsonArray))
        {
            faults.Add(Fault("InvalidOverride", at, node, "it must be a list", "Write one entry per operation."));
            return;
        }

        var paths = new HashSet<string>(StringComparer.Ordinal);
        var operations = node as JsonArray ?? [];
        for (var i = 0; i < operations.Count; i++)
        {
            if (operations[i] is not JsonObject operation)
            {
                faults.Add(Fault("InvalidOverride", $"{at}[{i}]", operations[i], "an operation must be an object", "Write op, path and value."));
                continue;
            }

            var path = operation.Text("path") ?? string.Empty;
            CheckPath(path, operation["path"], $"{at}[{i}].path", faults);
            CheckOp(operation, $"{at}[{i}]", faults);

            // Appending twice to one list is two operations on one path, and sensible; any other repetition is a mistake (E-72, E-77).
            if (!paths.Add(path) && !path.EndsWith("/-", StringComparison.Ordinal))
            {
                faults.Add(Fault(
                    "DuplicateOverride",
                    $"{at}[{i}].path",
                    operation["path"],
                    $"path \"{path}\" appears more than once for cluster \"{cluster}\"",
                    "Keep one operation per path."));
            }
        }
    }

    private static void CheckPath(string path, JsonNode? value, string at, List<FieldFault> faults)
    {
        if (!JsonPointer.TryParse(path, out var pointer, out var error))
        {
            faults.Add(Fault("InvalidOverridePath", at, value, error.TrimEnd('.'), WriteAPointer));
        }
        else if (pointer.IsRoot)
        {
            faults.Add(Fault("InvalidOverridePath", at, value, "the path is empty", WriteAPointer));
        }
        else if (Forbidden.Contains(pointer.ToString(), StringComparer.Ordinal))
        {
            faults.Add(Fault("ForbiddenOverridePath", at, value, "a copy's kind, name and namespace are those of its resource", "Remove this operation."));
        }
    }

    private static void CheckOp(JsonObject operation, string at, List<FieldFault> faults)
    {
        var op = operation["op"];
        if (op is not null && !(op is JsonValue && operation.Text("op") is "" or "add" or "remove" or "replace"))
        {
            faults.Add(Fault("InvalidOverrideOp", $"{at}.op", op, "it must be add, remove or replace", "Leave op out to mean replace."));
        }
        else if (operation.Text("op") == "add" && !operation.ContainsKey("value"))
        {
            faults.Add(Fault("InvalidOverride", $"{at}.value", null, "add needs a value", "Set value, or use op remove."));
        }
    }

    private static FieldFault Fault(string id, string field, JsonNode? value, string message, string remedy) =>
        new(id, field, value is null ? string.Empty : FederatedResourceValidation.Show(value), message, remedy);
}
