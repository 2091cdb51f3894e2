using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Engine.Propagation.Desired;

/// <summary>All of a resource's <c>spec.overrides</c>, sorted by cluster; what is wrong with one cluster's entries is that cluster's alone.</summary>
/// <remarks>E-71 to E-77; P-61: KubeFed failed every cluster for one bad entry. Repeated paths are carried out in order (P-63).</remarks>
public sealed class OverrideSet
{
    private readonly Dictionary<string, ClusterOverrides> _clusters = new(StringComparer.Ordinal);
    private readonly ClusterOverrides _others;

    private OverrideSet(ClusterOverrides others) => _others = others;

    public static OverrideSet Empty { get; } = new(ClusterOverrides.None);

    /// <summary>Faults that concern no cluster in particular, such as an entry that names none; nobody fails for them.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>True when no cluster has any, so that all get the same object.</summary>
    public bool IsEmpty => _clusters.Count == 0 && _others.IsNone;

    /// <summary>Reads the list; every fault ends in the result, never in an exception.</summary>
    public static OverrideSet Parse(JsonNode? overrides)
    {
        switch (overrides)
        {
            case null:
                return Empty;
            case JsonArray { Count: 0 }:
                return Empty;
            case JsonArray items:
                return Parse(items);
            default:
                // Nobody can say which clusters were meant, so none is safe to write to.
                return new OverrideSet(ClusterOverrides.Broken($"spec.overrides must be a list, but is {JsonText.Write(overrides)}"));
        }
    }

    /// <summary>What applies to one cluster; <see cref="ClusterOverrides.None"/> when nothing does.</summary>
    public ClusterOverrides For(string cluster) => _clusters.GetValueOrDefault(cluster, _others);

    private static OverrideSet Parse(JsonArray items)
    {
        var warnings = new List<string>();
        var set = new OverrideSet(ClusterOverrides.None) { Warnings = warnings };
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < items.Count; i++)
        {
            var field = $"spec.overrides[{i}]";
            if (items[i] is not JsonObject item
                || item["clusterName"] is not JsonValue value
                || !value.TryGetValue<string>(out var cluster)
                || cluster.Length == 0)
            {
                warnings.Add($"{field} names no cluster in clusterName and is ignored: {JsonText.Write(items[i])}");
                continue;
            }

            set._clusters[cluster] = seen.TryGetValue(cluster, out var first)
                ? ClusterOverrides.Broken($"cluster '{cluster}' appears more than once in spec.overrides (entries {first} and {i}); merge them into one")
                : ClusterOverrides.Parse(item["clusterOverrides"], $"{field}.clusterOverrides");
            seen.TryAdd(cluster, i);
        }

        return set;
    }
}

/// <summary>The operations for one cluster, or why there can't be any.</summary>
public sealed class ClusterOverrides
{
    private readonly IReadOnlyList<OverrideOperation> _operations;

    private ClusterOverrides(IReadOnlyList<OverrideOperation> operations, string? error) => (_operations, Error) = (operations, error);

    public static ClusterOverrides None { get; } = new([], null);

    public bool IsNone => _operations.Count == 0 && Error is null;

    /// <summary>Why these overrides can't be used; null when they can.</summary>
    public string? Error { get; }

    internal static ClusterOverrides Broken(string error) => new([], error);

    internal static ClusterOverrides Parse(JsonNode? entries, string field)
    {
        if (entries is null)
        {
            return None;
        }

        if (entries is not JsonArray items)
        {
            return Broken($"{field} must be a list of operations, but is {JsonText.Write(entries)}");
        }

        try
        {
            return new ClusterOverrides([.. items.Select((entry, i) => OverrideOperation.Read(entry, $"{field}[{i}]"))], null);
        }
        catch (OverrideException error)
        {
            return Broken(error.Message);
        }
    }

    /// <summary>The document with every operation carried out in order, or as it was when there are none.</summary>
    /// <exception cref="OverrideException">An operation is malformed or does not fit.</exception>
    public JsonObject Apply(JsonObject document)
    {
        if (Error is not null)
        {
            throw new OverrideException(Error);
        }

        return _operations.Aggregate(document, (current, operation) => operation.Apply(current));
    }
}
