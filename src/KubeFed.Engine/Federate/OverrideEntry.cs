using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Federate;

/// <summary>One JSON-Patch operation for one cluster, or for those a selector chooses (P-60).</summary>
/// <param name="Cluster">The cluster's name; null where <see cref="Selector"/> chooses.</param>
/// <param name="Op"><c>add</c>, <c>remove</c>, <c>replace</c>, or null for replace (E-74).</param>
/// <param name="Path">An RFC 6901 pointer, such as <c>/spec/replicas</c>.</param>
/// <param name="Value">Ignored for remove, and where there is a <see cref="ValueTemplate"/>.</param>
public sealed record OverrideEntry(string? Cluster, string? Op, string Path, JsonNode? Value)
{
    /// <summary>A metav1.LabelSelector as JSON; null where a cluster is named.</summary>
    public JsonObject? Selector { get; init; }

    /// <summary>JSON whose texts refer to the cluster (P-65); null for a literal value.</summary>
    public JsonNode? ValueTemplate { get; init; }

    public OverrideTarget Target => new(Cluster, Selector);

    /// <summary>The operation as <c>clusterOverrides</c> holds it.</summary>
    internal JsonObject ToJson()
    {
        var operation = new JsonObject();
        if (!string.IsNullOrEmpty(Op))
        {
            operation["op"] = Op;
        }

        operation["path"] = Path;
        if (ValueTemplate is not null)
        {
            operation["valueTemplate"] = ValueTemplate.DeepClone();
        }
        else if (Op != "remove")
        {
            operation["value"] = Value?.DeepClone();
        }

        return operation;
    }
}

/// <summary>Whom an entry of <c>spec.overrides</c> is for.</summary>
/// <param name="Cluster">The cluster's name; null where the selector chooses, empty for an entry that concerns nobody.</param>
/// <param name="Selector">A metav1.LabelSelector as JSON; equal ones may be written differently.</param>
public sealed record OverrideTarget(string? Cluster, JsonObject? Selector)
{
    /// <summary>Whether an entry is for the same clusters by the same means.</summary>
    public bool IsOf(JsonNode? entry) => entry is JsonObject map && (Cluster, map.NonEmptyText("clusterName")) switch
    {
        (null, null) => SelectorText(map["clusterSelector"]) is { } text && text == SelectorText(Selector),
        ("", null) => map["clusterSelector"] is null,
        var (wanted, name) => string.Equals(wanted, name, StringComparison.OrdinalIgnoreCase),
    };

    public bool Concerns(MemberCluster cluster) => Cluster is not null
        ? Cluster == cluster.Name
        : Selector is not null && LabelSelector.FromJson(Selector).Matches(cluster.Labels);

    public override string ToString() => Cluster switch
    {
        null => $"clusters {(SelectorText(Selector) is { Length: > 0 } text ? text : "*")}",
        "" => "no cluster",
        _ => $"cluster {Cluster}",
    };

    /// <summary>An entry without operations.</summary>
    internal JsonObject ToEntry() => Cluster is not null
        ? new JsonObject { ["clusterName"] = Cluster, ["clusterOverrides"] = new JsonArray() }
        : new JsonObject { ["clusterSelector"] = Selector?.DeepClone(), ["clusterOverrides"] = new JsonArray() };

    /// <summary>The same text for equal selectors; null for none, and for what is not a selector and so equals nothing.</summary>
    private static string? SelectorText(JsonNode? selector)
    {
        try
        {
            return selector is null || UnknownFields.InSelector(selector, string.Empty).Any() ? null : LabelSelector.FromJson(selector).ToString();
        }
        catch (SelectorException)
        {
            return null;
        }
    }
}
