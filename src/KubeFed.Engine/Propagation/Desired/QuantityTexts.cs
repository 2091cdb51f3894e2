using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Schema;

namespace KubeFed.Engine.Propagation.Desired;

/// <summary>
/// Writes quantities that a template gives as numbers, such as <c>cpu: 1</c>, as the texts they stand for. Servers before 1.21 refuse to apply a number there,
/// while a PUT, which KubeFed sent, took it.
/// </summary>
/// <remarks>Kubernetes API conventions, Quantity: a JSON number is read as its text.</remarks>
internal static class QuantityTexts
{
    public static void Complete(JsonObject value)
    {
        if (BuiltInShapes.Of(value) is { } shape)
        {
            _ = Completed(value, shape);
        }
    }

    /// <summary>The value itself, changed inside, or the text that takes its place.</summary>
    private static JsonNode? Completed(JsonNode? node, TypeSchema type)
    {
        switch (node)
        {
            case JsonObject map when type.Kind is ValueKind.Object or ValueKind.Map:
                foreach (var (key, child) in map.ToList())
                {
                    if (Completed(child, type.Member(key)) is var completed && !ReferenceEquals(completed, child))
                    {
                        map[key] = completed;
                    }
                }

                return map;
            case JsonArray list when type.Kind == ValueKind.List:
                foreach (var item in list)
                {
                    _ = Completed(item, type.Items);
                }

                return list;
            case JsonValue number when type.Kind == ValueKind.Quantity && number.GetValueKind() == JsonValueKind.Number:
                return JsonValue.Create(number.ToJsonString());
            default:
                return node;
        }
    }
}
