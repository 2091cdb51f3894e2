using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Kubernetes.Objects;

/// <summary>
/// Finds what metadata can't be: every server refuses a name, a label or an annotation that is no text, and YAML makes such of <c>yes</c> and of 5.
/// </summary>
public static class MetadataShape
{
    private static readonly string[] Texts = ["name", "generateName", "namespace"];

    private static readonly string[] Maps = ["labels", "annotations"];

    /// <summary>The first field that is wrong, its value and the remedy; null where there is none.</summary>
    /// <remarks>kubectl 1.35 decodes ObjectMeta while it reads, and refuses the object.</remarks>
    public static string? Fault(JsonObject value)
    {
        if (value["metadata"] is not JsonObject metadata)
        {
            return value["metadata"] is { } other ? $"has a metadata that is {Describe(other)}, and must be a map" : null;
        }

        return Texts.Select(name => NotText($"metadata.{name}", metadata[name])).FirstOrDefault(fault => fault is not null)
            ?? Maps.Select(name => NotTexts($"metadata.{name}", metadata[name])).FirstOrDefault(fault => fault is not null);
    }

    private static string? NotTexts(string path, JsonNode? node) => node switch
    {
        null => null,
        JsonObject map => map.Select(pair => NotText($"{path}.{Excerpt.Of(pair.Key)}", pair.Value)).FirstOrDefault(fault => fault is not null),
        _ => $"has a {path} that is {Describe(node)}, and must be a map of texts",
    };

    private static string? NotText(string path, JsonNode? node) => node?.GetValueKind() is null or JsonValueKind.String
        ? null
        : $"has a {path} that is {Describe(node)}, and must be text: put it in quotes";

    private static string Describe(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.True or JsonValueKind.False => $"the truth value {node.ToJsonString()}",
        JsonValueKind.Number => $"the number {node.ToJsonString()}",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "a map",
        _ => $"the text {Excerpt.Of(node.ToString())}",
    };
}
