using System.Text.Json.Nodes;

namespace KubeFed.Kubernetes.Objects;

/// <summary>Takes lists apart as kubectl does: what has a kind and items is a list, and items without kind and apiVersion have those of a typed list.</summary>
public static class ManifestList
{
    private const string Suffix = "List";

    /// <summary>True for an object with a kind and a field <c>items</c> that is a list or null, whatever the kind is called.</summary>
    public static bool IsList(JsonObject value) =>
        Text(value, "kind") is { Length: > 0 } && value.TryGetPropertyValue("items", out var items) && (items is null or JsonArray);

    /// <summary>Why an object with a field <c>items</c> is neither a list nor anything else; null where it is one of them.</summary>
    public static string? Fault(JsonObject value)
    {
        if (Text(value, "kind") is not { Length: > 0 } kind || !value.TryGetPropertyValue("items", out var items))
        {
            return null;
        }

        return items switch
        {
            null or JsonArray { Count: 0 } when !kind.EndsWith(Suffix, StringComparison.Ordinal) =>
                "has a field items with nothing in it, which makes an empty list of it: leave the field out",
            null or JsonArray => null,
            _ => "has a field items that is no list, and kubectl takes whatever has one for a list",
        };
    }

    /// <summary>Copies of a list's items, in order; <c>items: null</c> has none. An item is null where it is no object.</summary>
    /// <remarks>decodeToList of k8s.io/apimachinery's unstructured objects.</remarks>
    public static IReadOnlyList<JsonObject?> Items(JsonObject list) =>
        [.. (list["items"] as JsonArray ?? []).Select(item => item is JsonObject map ? Typed((JsonObject)map.DeepClone(), list) : null)];

    private static JsonObject Typed(JsonObject item, JsonObject list)
    {
        var kind = Text(list, "kind") ?? string.Empty;
        if (string.IsNullOrEmpty(Text(item, "kind")) && string.IsNullOrEmpty(Text(item, "apiVersion")) && kind != Suffix)
        {
            item["apiVersion"] = list["apiVersion"]?.DeepClone();
            item["kind"] = kind.EndsWith(Suffix, StringComparison.Ordinal) ? kind[..^Suffix.Length] : kind;
        }

        return item;
    }

    private static string? Text(JsonObject parent, string key) =>
        parent[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
