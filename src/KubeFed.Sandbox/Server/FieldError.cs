using System.Text.Json.Nodes;

namespace KubeFed.Sandbox.Server;

/// <summary>What is wrong with one field, in the API server's words.</summary>
internal sealed record FieldError(string Reason, string Message, string Field)
{
    public static FieldError Required(string field, string detail = "") =>
        new("FieldValueRequired", detail.Length == 0 ? "Required value" : $"Required value: {detail}", field);

    public static FieldError Invalid(string field, JsonNode? value, string detail) =>
        new("FieldValueInvalid", $"Invalid value: {Print(value)}: {detail}", field);

    public static FieldError Invalid(string field, string printed, string detail, bool raw) =>
        new("FieldValueInvalid", $"Invalid value: {(raw ? printed : Quote(printed))}: {detail}", field);

    public static FieldError Unsupported(string field, string value, IEnumerable<string> supported) =>
        new("FieldValueNotSupported", $"Unsupported value: {Quote(value)}: supported values: {string.Join(", ", supported.Select(Quote))}", field);

    public static FieldError Duplicate(string field, JsonNode? value) => new("FieldValueDuplicate", $"Duplicate value: {Print(value)}", field);

    public static FieldError Forbidden(string field, string detail) => new("FieldValueForbidden", $"Forbidden: {detail}", field);

    public static FieldError NotFound(string field, string value) => new("FieldValueNotFound", $"Not found: {Quote(value)}", field);

    public override string ToString() => $"{Field}: {Message}";

    public static string Quote(string text) => JsonValue.Create(text).ToJsonString(WireJson.Options);

    private static string Print(JsonNode? value) => value is null ? "\"null\"" : value.ToJsonString(WireJson.Options);
}
