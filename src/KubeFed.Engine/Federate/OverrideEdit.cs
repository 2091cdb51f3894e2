using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Engine.Federate;

/// <summary>Changes <c>spec.overrides</c> operation by operation; what the change does not concern stays as it is, down to its place in the list.</summary>
/// <remarks>Order counts: selectors apply in the list's (P-60), and the operations of an entry in theirs.</remarks>
public static class OverrideEdit
{
    /// <summary>Makes the operations the resource's only ones.</summary>
    public static void Replace(FederatedResource resource, IReadOnlyList<OverrideEntry> entries)
    {
        resource.Object.Section("spec").Remove("overrides");
        foreach (var entry in entries)
        {
            var overrides = Overrides(resource);

            // A selector given twice with another between is meant to come twice; a name may not.
            var own = entry.Cluster is null ? overrides.LastOrDefault() : overrides.FirstOrDefault(entry.Target.IsOf);
            Operations(overrides, entry.Target.IsOf(own) ? own : null, entry.Target).Add((JsonNode)entry.ToJson());
        }
    }

    /// <summary>
    /// Carries an operation out after all others of its target. It takes the place of an earlier one that does the same at the same path where that comes to
    /// the same; else it is appended. A target without an entry gets one at the end.
    /// </summary>
    public static void Add(FederatedResource resource, OverrideEntry entry)
    {
        var overrides = Overrides(resource);
        var operations = Operations(overrides, overrides.LastOrDefault(entry.Target.IsOf), entry.Target);
        var operation = entry.ToJson();
        if (Replaceable(operations, operation) is { } index)
        {
            operations[index] = operation;
        }
        else
        {
            operations.Add((JsonNode)operation);
        }
    }

    /// <summary>Takes operations away, and entries that have none left.</summary>
    /// <param name="resource">Edited in place.</param>
    /// <param name="target">Whose operations.</param>
    /// <param name="path">Only those at this path; null for all.</param>
    /// <param name="op">Only those that do this; null for all.</param>
    /// <returns>Whether there was anything to take away.</returns>
    public static bool Remove(FederatedResource resource, OverrideTarget target, string? path = null, string? op = null)
    {
        var removed = false;
        foreach (var entry in (resource.Overrides ?? []).Where(target.IsOf).ToList())
        {
            var operations = (entry as JsonObject).List("clusterOverrides") ?? [];
            var own = operations.Where(operation => Is(operation, path, op)).ToList();
            own.ForEach(operation => operations.Remove(operation));
            var whole = path is null && op is null;
            if (whole || (own.Count > 0 && operations.Count == 0))
            {
                resource.Overrides!.Remove(entry);
            }

            removed |= whole || own.Count > 0;
        }

        if (removed && resource.Overrides is { Count: 0 })
        {
            resource.Object.Spec!.Remove("overrides");
        }

        return removed;
    }

    private static JsonArray Overrides(FederatedResource resource)
    {
        var spec = resource.Object.Section("spec");
        if (spec["overrides"] is JsonArray overrides)
        {
            return overrides;
        }

        overrides = [];
        spec["overrides"] = overrides;
        return overrides;
    }

    private static JsonArray Operations(JsonArray overrides, JsonNode? entry, OverrideTarget target)
    {
        if (entry is not JsonObject own)
        {
            own = target.ToEntry();
            overrides.Add((JsonNode)own);
        }

        if (own["clusterOverrides"] is not JsonArray operations)
        {
            operations = [];
            own["clusterOverrides"] = operations;
        }

        return operations;
    }

    private static bool Is(JsonNode? operation, string? path, string? op) => operation is JsonObject map
        && (path is null || map.Text("path") == path)
        && (op is null || Op(map) == op);

    private static string Op(JsonObject operation) => operation.NonEmptyText("op") ?? "replace";

    /// <summary>The last operation that does the same at the same path, unless one after it makes its place matter, or both are to happen.</summary>
    private static int? Replaceable(JsonArray operations, JsonObject wanted)
    {
        if (!JsonPointer.TryParse(wanted.Text("path") ?? string.Empty, out var path, out _) || path.IsRoot)
        {
            return null;
        }

        for (var i = operations.Count - 1; i >= 0; i--)
        {
            if (operations[i] is not JsonObject other || !JsonPointer.TryParse(other.Text("path") ?? string.Empty, out var place, out _))
            {
                return null;
            }

            if (place.Equals(path) && Op(other) == Op(wanted) && (Op(wanted) == "replace" || !IsIndex(path.Tokens[^1])))
            {
                return i;
            }

            if (Disturbs(other, place, path))
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Whether an operation may change what a path means, or what is there: it acts above or below it, or shifts a list on the way to it.</summary>
    private static bool Disturbs(JsonObject operation, JsonPointer place, JsonPointer path)
    {
        var common = place.Tokens.Zip(path.Tokens).TakeWhile(pair => pair.First == pair.Second).Count();
        return common == place.Tokens.Count
            || common == path.Tokens.Count
            || (Op(operation) != "replace" && common == place.Tokens.Count - 1 && IsIndex(place.Tokens[^1]) && IsIndex(path.Tokens[common]));
    }

    private static bool IsIndex(string token) => token == "-" || (token.Length > 0 && token.All(char.IsAsciiDigit));
}
