using System.Text.Json.Nodes;
using KubeFed.Engine.Api;

namespace KubeFed.Engine.Propagation.Comparison;

/// <summary>
/// Keeps the values of Secrets out of comparisons, which end up in terminals and logs: a comparison tells that they differ, not what they are.
/// </summary>
internal static class SecretMask
{
    private const string Mask = "***";

    private static readonly string[] Sections = ["data", "stringData"];

    public static bool Applies(FederatedType type) => SecretValues.AreIn(type);

    public static FieldComparison Over(FieldComparison field) => IsSecret(field.Path)
        ? field with { Actual = OverValue(field.Actual), Desired = OverValue(field.Desired) }
        : field with { Actual = Below(field.Actual, field.Path == "/"), Desired = Below(field.Desired, field.Path == "/") };

    private static bool IsSecret(string path) =>
        path.Contains(SecretValues.LastApplied, StringComparison.Ordinal)
        || path.Contains(SecretValues.LastApplied.Replace("/", "~1", StringComparison.Ordinal), StringComparison.Ordinal)
        || Sections.Any(section => path == $"/{section}" || path.StartsWith($"/{section}/", StringComparison.Ordinal)
            || path.StartsWith($"/{section}[", StringComparison.Ordinal));

    /// <summary>The same value with what is secret below it masked, in place.</summary>
    private static JsonNode? Below(JsonNode? node, bool isWhole)
    {
        foreach (var name in node is JsonObject map ? map.Select(entry => entry.Key).ToList() : [])
        {
            if (name == SecretValues.LastApplied || (isWhole && Sections.Contains(name, StringComparer.Ordinal)))
            {
                node![name] = OverValue(node[name]);
            }
            else
            {
                Below(node![name], isWhole: false);
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
