using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Quickstart;

/// <summary>Short ways to look into an object, for tables and checks: a missing step on the way yields null, never an exception.</summary>
public static class StoryJson
{
    /// <summary>The scalar at a path, as text; array steps are given as numbers (<c>"0"</c>).</summary>
    public static string? Text(KubeObject? value, params string[] path)
    {
        JsonNode? node = value?.Json;
        foreach (var step in path)
        {
            node = node switch
            {
                JsonObject map => map[step],
                JsonArray list when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count => list[index],
                _ => null,
            };
        }

        return node is JsonValue scalar ? scalar.TryGetValue<string>(out var text) ? text : scalar.ToJsonString() : null;
    }

    /// <summary>The image of a workload's first container.</summary>
    public static string? Image(KubeObject? workload) => Text(workload, "spec", "template", "spec", "containers", "0", "image");

    public static string? Replicas(KubeObject? workload) => Text(workload, "spec", "replicas");
}
