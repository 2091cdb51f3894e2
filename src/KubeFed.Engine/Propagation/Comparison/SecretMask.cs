using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Comparison;

/// <summary>
/// Keeps the values of Secrets out of comparisons, which end up in terminals and logs: a comparison tells that they differ, not what they are.
/// </summary>
internal static class SecretMask
{
    private const string Mask = "***";

    private static readonly string[] Sections = ["data", "stringData"];

    public static bool Applies(FederatedType type) => type.Target.Group == KnownResources.Secrets.Group && type.Target.Kind == KnownResources.Secrets.Kind;

    public static FieldComparison Over(FieldComparison field) =>
        field.Path == "/" ? field with { Actual = OverObject(field.Actual), Desired = OverObject(field.Desired) }
        : Sections.Any(section => field.Path == $"/{section}" || field.Path.StartsWith($"/{section}/", StringComparison.Ordinal))
            ? field with { Actual = OverValue(field.Actual), Desired = OverValue(field.Desired) }
        : field;

    private static JsonNode? OverObject(JsonNode? node)
    {
        if (node is JsonObject map)
        {
            foreach (var section in Sections.Where(map.ContainsKey))
            {
                map[section] = OverValue(map[section]);
            }
        }

        return node;
    }

    private static JsonNode? OverValue(JsonNode? node) => node switch
    {
        null => null,
        JsonObject map => new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key, OverValue(entry.Value)))),
        _ => JsonValue.Create(Mask),
    };
}
