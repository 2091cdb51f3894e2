using System.Text.Json.Nodes;
using KubeFed.Engine.Federate;

namespace KubeFed.PowerShell.Input;

/// <summary>
/// Reads <c>-Override</c>. One entry is <c>@{ cluster = 'member2'; path = '/spec/replicas'; value = 5; op = 'replace' }</c>; a map by cluster is
/// <c>@{ member2 = @{ '/spec/replicas' = 5 } }</c> or, where an operation is needed, <c>@{ member2 = @{ op = 'remove'; path = '/spec/x' }, ... }</c>.
/// </summary>
internal static class OverrideInput
{
    private const string Remedy = "Write @{ cluster = 'name'; path = '/spec/field'; value = 1 } or @{ name = @{ '/spec/field' = 1 } }.";

    /// <exception cref="InputException">An entry lacks its cluster or its path, or has a member it should not.</exception>
    public static IReadOnlyList<OverrideEntry> Read(IEnumerable<object?> values) => [.. values.SelectMany(Entries)];

    private static IEnumerable<OverrideEntry> Entries(object? value)
    {
        if (value is PSObject { BaseObject: Override wrapped })
        {
            value = wrapped;
        }

        if (value is Override existing)
        {
            return [new OverrideEntry(existing.Cluster, existing.Op, existing.Path, JsonInput.ToJson(existing.Value, "Override"))];
        }

        var json = JsonInput.ToJsonObject(value, "Override");
        return Find(json, "cluster") is { } cluster && cluster is not JsonObject and not JsonArray
            ? [Entry(cluster.ToString(), json)]
            : json.SelectMany(pair => ForCluster(pair.Key, pair.Value));
    }

    private static IEnumerable<OverrideEntry> ForCluster(string cluster, JsonNode? value) => value switch
    {
        JsonArray entries => entries.SelectMany(entry => ForCluster(cluster, entry)),
        JsonObject json when Find(json, "path") is not null => [Entry(cluster, json)],
        JsonObject json when json.All(pair => pair.Key.StartsWith('/')) =>
            json.Select(pair => new OverrideEntry(cluster, null, pair.Key, pair.Value?.DeepClone())),
        _ => throw Invalid($"-Override: what is given for cluster '{cluster}' is not a map of paths to values", value),
    };

    private static OverrideEntry Entry(string cluster, JsonObject json)
    {
        foreach (var (key, _) in json)
        {
            if (!key.Equals("cluster", StringComparison.OrdinalIgnoreCase) && !key.Equals("path", StringComparison.OrdinalIgnoreCase)
                && !key.Equals("op", StringComparison.OrdinalIgnoreCase) && !key.Equals("value", StringComparison.OrdinalIgnoreCase))
            {
                throw Invalid($"-Override for cluster '{cluster}': '{key}' is not one of cluster, op, path and value", json);
            }
        }

        var path = Find(json, "path")?.ToString() ?? throw Invalid($"-Override for cluster '{cluster}' has no path", json);
        return new OverrideEntry(cluster, Find(json, "op")?.ToString(), path, Find(json, "value")?.DeepClone());
    }

    private static JsonNode? Find(JsonObject json, string name) =>
        json.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static InputException Invalid(string message, JsonNode? value) =>
        new("InvalidOverride", $"{message}: {value?.ToJsonString() ?? "null"}.", value?.ToJsonString()) { Remedy = Remedy };
}
