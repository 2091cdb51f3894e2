using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Builtins;

/// <summary>Values as a server written in Go prints them in its errors.</summary>
internal static class GoText
{
    public static string Map(JsonObject? map) =>
        map is null
            ? "map[string]string(nil)"
            : "map[string]string{" + string.Join(", ", map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{FieldError.Quote(pair.Key)}:{FieldError.Quote(map.Text(pair.Key) ?? string.Empty)}")) + "}";

    /// <summary>As Go prints a value of no particular type: <c>map[a:1 b:[x y]]</c>.</summary>
    public static string Plain(JsonNode? value) =>
        value switch
        {
            null => "<nil>",
            JsonObject map => $"map[{string.Join(' ', map.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => $"{member.Key}:{Plain(member.Value)}"))}]",
            JsonArray list => $"[{string.Join(' ', list.Select(Plain))}]",
            JsonValue text when text.TryGetValue<string>(out var held) => held,
            _ => value.ToJsonString(),
        };

    /// <summary>As Go source would have it: <c>map[string]interface {}{"a":1}</c>.</summary>
    public static string Syntax(JsonNode? value) =>
        value switch
        {
            null => "interface {}(nil)",
            JsonObject map => $"map[string]interface {{}}{{{string.Join(", ", map.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => $"{FieldError.Quote(member.Key)}:{Syntax(member.Value)}"))}}}",
            JsonArray list => $"[]interface {{}}{{{string.Join(", ", list.Select(Syntax))}}}",
            JsonValue text when text.TryGetValue<string>(out var held) => FieldError.Quote(held),
            _ => value.ToJsonString(),
        };

    /// <summary>The Go type a decoded value has.</summary>
    public static string TypeOf(JsonNode value) =>
        value.GetValueKind() switch
        {
            JsonValueKind.String => "string",
            JsonValueKind.Number => value.AsValue().TryGetValue<long>(out _) ? "int64" : "float64",
            JsonValueKind.True or JsonValueKind.False => "bool",
            JsonValueKind.Array => "[]interface {}",
            _ => "map[string]interface {}",
        };

    public static string Texts(IEnumerable<string> texts) => "[]string{" + string.Join(", ", texts.Select(FieldError.Quote)) + "}";

    public static string EmptySlice(string type) => $"[]{type}(nil)";

    public static string Struct(string type, JsonObject? value, IReadOnlyList<string> fields) =>
        $"{type}{{{string.Join(", ", fields.Select(field => $"{Exported(field)}:{FieldError.Quote(value.Text(field) ?? string.Empty)}"))}}}";

    public static string Print(string path, JsonNode? value) =>
        value switch
        {
            JsonObject map when path.EndsWith("selector", StringComparison.Ordinal) => Selector(map),
            null => "null",
            _ => value.ToJsonString(WireJson.Options),
        };

    private static string Selector(JsonObject selector)
    {
        var expressions = selector.Items("matchExpressions") is { Count: > 0 } given
            ? "[]v1.LabelSelectorRequirement{" + string.Join(", ", given.OfType<JsonObject>().Select(Requirement)) + "}"
            : "[]v1.LabelSelectorRequirement(nil)";
        return $"v1.LabelSelector{{MatchLabels:{Map(selector.Child("matchLabels"))}, MatchExpressions:{expressions}}}";
    }

    private static string Requirement(JsonObject requirement) =>
        $"v1.LabelSelectorRequirement{{Key:{FieldError.Quote(requirement.Text("key") ?? string.Empty)}, Operator:{FieldError.Quote(requirement.Text("operator") ?? string.Empty)}, "
        + $"Values:{(requirement.Items("values") is { } values ? Texts(values.Select(value => value?.GetValue<string>() ?? string.Empty)) : "[]string(nil)")}}}";

    private static string Exported(string field) => field == "apiGroup" ? "APIGroup" : char.ToUpperInvariant(field[0]) + field[1..];
}
