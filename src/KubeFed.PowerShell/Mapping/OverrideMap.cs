using System.Text.Json.Nodes;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Kubernetes.Objects;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Mapping;

/// <summary>Overrides as the pipeline shows them: as they are stored, whatever their shape, or as one cluster gets them.</summary>
internal static class OverrideMap
{
    /// <summary>Of a selector that can't be read: the sync reports what is wrong with it; a listing must still show the resource.</summary>
    private const string Invalid = "(invalid)";

    /// <summary>Every operation of every entry, in the order of the list.</summary>
    public static IEnumerable<Override> Stored(EngineResource resource) =>
        from entry in (resource.Overrides ?? []).OfType<JsonObject>()
        let cluster = Text(entry, "clusterName") is { Length: > 0 } name ? name : null
        let selector = SelectorText(entry["clusterSelector"])
        from operation in (entry["clusterOverrides"] as JsonArray ?? []).OfType<JsonObject>()
        select new Override
        {
            Name = resource.Key.Name,
            Namespace = resource.Key.Namespace,
            Type = resource.Type.Name,
            Cluster = cluster ?? (selector is null ? string.Empty : null),
            ClusterSelector = selector,
            Op = Text(operation, "op") is { Length: > 0 } op ? op : "replace",
            Path = Text(operation, "path") ?? string.Empty,
            Value = RawObject.Value(operation["value"]),
            ValueTemplate = RawObject.Value(operation["valueTemplate"]),
        };

    /// <summary>What one cluster gets, in the order it is carried out.</summary>
    public static IEnumerable<Override> Effective(EngineResource resource, string cluster, ClusterOverrides overrides) =>
        from operation in overrides.Operations
        select new Override
        {
            Name = resource.Key.Name,
            Namespace = resource.Key.Namespace,
            Type = resource.Type.Name,
            Cluster = cluster,
            ClusterSelector = SelectorText(operation.Selector),
            Op = operation.Op.ToString().ToLowerInvariant(),
            Path = operation.Path.ToString(),
            Value = RawObject.Value(operation.Value),
            ValueTemplate = RawObject.Value(operation.Template),
        };

    /// <summary>A selector in kubectl's form; <c>*</c> for the one that selects everything.</summary>
    public static string? SelectorText(JsonNode? selector)
    {
        if (selector is null)
        {
            return null;
        }

        try
        {
            return UnknownFields.InSelector(selector, string.Empty).Any() ? Invalid : SelectorText(LabelSelector.FromJson(selector));
        }
        catch (SelectorException)
        {
            return Invalid;
        }
    }

    private static string? SelectorText(LabelSelector? selector) =>
        selector is null ? null : selector.IsEverything ? SelectorInput.Everywhere : selector.ToString();

    private static string? Text(JsonObject json, string key) => json[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
