using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeFed.Sandbox.Server;

/// <summary>JSON as an API server writes it, and short ways to read it.</summary>
internal static class WireJson
{
    public static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 512 };

    private static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>CRD schemas nest deeper than the library's default of 64.</summary>
    private static JsonDocumentOptions ReaderOptions { get; } = new() { MaxDepth = 512, AllowDuplicateProperties = true };

    public static JsonNode? Parse(ReadOnlySpan<byte> utf8) => JsonNode.Parse(utf8, nodeOptions: null, ReaderOptions);

    public static byte[] Utf8(JsonNode node)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            node.WriteTo(writer, Options);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static string? Text(this JsonNode? parent, string key) =>
        parent is JsonObject map && map.TryGetPropertyValue(key, out var node) && node is JsonValue value && value.TryGetValue<string>(out var text)
            ? text
            : null;

    public static long? Number(this JsonNode? parent, string key) =>
        parent is JsonObject map && map.TryGetPropertyValue(key, out var node) ? AsNumber(node) : null;

    public static long? AsNumber(JsonNode? node)
    {
        if (node is not JsonValue value || value.GetValueKind() != JsonValueKind.Number)
        {
            return null;
        }

        return long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    public static bool Flag(this JsonNode? parent, string key) =>
        parent is JsonObject map && map.TryGetPropertyValue(key, out var node) && node is JsonValue value && value.GetValueKind() == JsonValueKind.True;

    public static JsonObject? Child(this JsonNode? parent, string key) =>
        parent is JsonObject map && map.TryGetPropertyValue(key, out var node) ? node as JsonObject : null;

    public static JsonArray? Items(this JsonNode? parent, string key) =>
        parent is JsonObject map && map.TryGetPropertyValue(key, out var node) ? node as JsonArray : null;

    /// <summary>Walks objects by a dotted path; null when any step is missing.</summary>
    public static JsonNode? At(this JsonNode? node, string dottedPath)
    {
        foreach (var step in dottedPath.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            node = node is JsonObject map && map.TryGetPropertyValue(step, out var next) ? next : null;
        }

        return node;
    }

    public static JsonObject Ensure(this JsonObject parent, string key)
    {
        if (parent.Child(key) is { } child)
        {
            return child;
        }

        child = [];
        parent[key] = child;
        return child;
    }

    /// <summary>Equal as JSON: numbers by value, members in any order.</summary>
    public static bool Same(JsonNode? left, JsonNode? right) => JsonNode.DeepEquals(left, right);
}
