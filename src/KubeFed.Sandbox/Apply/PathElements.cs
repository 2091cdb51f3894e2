using System.Text.Json.Nodes;
using KubeFed.Sandbox.Schema;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Apply;

/// <summary>A list that breaks its own rules: an item without its key, or two items with the same.</summary>
internal sealed class TypedValueException(string message) : Exception(message);

/// <summary>How members and items are named in field paths.</summary>
internal static class PathElements
{
    public static string Field(string name) => "f:" + name;

    /// <summary>The name of a list item by its keys or its value; keys that are absent take their default.</summary>
    /// <exception cref="TypedValueException">The item has none of its keys, or is null.</exception>
    public static string Item(JsonNode? item, TypeSchema list, string path)
    {
        if (list.Topology == ListTopology.Set)
        {
            return item is null
                ? throw new TypedValueException($"{path}: associative list with values has an element that's an explicit null")
                : "v:" + item.ToJsonString(WireJson.Options);
        }

        if (item is not JsonObject map)
        {
            throw new TypedValueException($"{path}: associative list with keys may not have non-map elements");
        }

        var keys = new JsonObject();
        foreach (var key in list.Keys.Order(StringComparer.Ordinal))
        {
            if (map.TryGetPropertyValue(key, out var value) && value is not null)
            {
                keys[key] = value.DeepClone();
            }
            else if (list.Items.Fields.TryGetValue(key, out var field) && field.KeyDefault is not null)
            {
                keys[key] = field.KeyDefault.DeepClone();
            }
            else
            {
                throw new TypedValueException(
                    $"{path}: associative list with keys has an element that omits key field {FieldError.Quote(key)} (and doesn't have default value)");
            }
        }

        return "k:" + keys.ToJsonString(WireJson.Options);
    }

    /// <summary>A list's items by name, in order.</summary>
    /// <exception cref="TypedValueException">Two items share a name.</exception>
    public static List<KeyValuePair<string, JsonNode?>> Items(JsonArray? items, TypeSchema list, string path)
    {
        var named = new List<KeyValuePair<string, JsonNode?>>(items?.Count ?? 0);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < (items?.Count ?? 0); i++)
        {
            var item = items![i];
            var name = Item(item, list, $"{path}: element {i}");
            if (!seen.Add(name))
            {
                throw new TypedValueException($"{path}: duplicate entries for key {Readable(name)}");
            }

            named.Add(new KeyValuePair<string, JsonNode?>(name, item));
        }

        return named;
    }

    /// <summary>An element as servers print it: <c>[name="c"]</c>.</summary>
    public static string Readable(string element)
    {
        var set = new FieldSet();
        set.Insert([element]);
        return set.Paths().First();
    }
}
