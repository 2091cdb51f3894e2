using System.Text.Json.Nodes;

namespace KubeFed.Engine.Api;

/// <summary>Reads fields of stored objects that may have any shape: a wrong type reads as absent, and validation reports it.</summary>
internal static class JsonFields
{
    public static string? Text(this JsonObject? parent, string key) =>
        parent?[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>Null for an absent field and for an empty one.</summary>
    public static string? NonEmptyText(this JsonObject? parent, string key) => parent.Text(key) is { Length: > 0 } text ? text : null;

    public static JsonObject? Map(this JsonObject? parent, string key) => parent?[key] as JsonObject;

    public static JsonArray? List(this JsonObject? parent, string key) => parent?[key] as JsonArray;

    public static long? Integer(this JsonObject? parent, string key) => parent?[key].AsInteger();

    public static long? AsInteger(this JsonNode? node)
    {
        if (node is not JsonValue value)
        {
            return null;
        }

        if (value.TryGetValue<long>(out var number))
        {
            return number;
        }

        return value.TryGetValue<int>(out var small) ? small : null;
    }

    public static bool Flag(this JsonObject? parent, string key) =>
        parent?[key] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    /// <summary>The texts of a list; entries that are no text are left out.</summary>
    public static IReadOnlyList<string> Texts(this JsonObject? parent, string key) =>
        parent?[key] is JsonArray array ? [.. array.OfType<JsonValue>().Where(v => v.TryGetValue<string>(out _)).Select(v => v.GetValue<string>())] : [];

    /// <summary>The objects of a list; entries that are none are left out.</summary>
    public static IEnumerable<JsonObject> Maps(this JsonObject? parent, string key) => (parent?[key] as JsonArray)?.OfType<JsonObject>() ?? [];
}
