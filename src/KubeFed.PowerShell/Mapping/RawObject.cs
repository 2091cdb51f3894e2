using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeFed.PowerShell.Mapping;

/// <summary>Turns JSON into the objects a script walks: <c>$x.Raw.spec.template.spec.containers[0].image</c>.</summary>
internal static class RawObject
{
    public static PSObject From(JsonObject json)
    {
        var value = new PSObject();
        foreach (var (key, node) in json)
        {
            // Property names ignore case and cannot be empty; maps whose keys clash under that rule become hashtables, see Value.
            value.Properties.Add(new PSNoteProperty(key, Value(node)), preValidated: true);
        }

        return value;
    }

    public static object? Value(JsonNode? node) => node switch
    {
        null => null,
        JsonObject json => FitsProperties(json) ? From(json) : Table(json),
        JsonArray array => array.Select(Value).ToArray(),
        JsonValue value => Scalar(value),
        _ => node.ToString(),
    };

    private static bool FitsProperties(JsonObject json)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, _) in json)
        {
            if (key.Length == 0 || !seen.Add(key))
            {
                return false;
            }
        }

        return true;
    }

    private static Hashtable Table(JsonObject json)
    {
        var table = new Hashtable(StringComparer.Ordinal);
        foreach (var (key, node) in json)
        {
            table[key] = Value(node);
        }

        return table;
    }

    private static object? Scalar(JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.String => value.ToString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when value.TryGetValue<long>(out var whole) => whole,
        JsonValueKind.Number when value.TryGetValue<int>(out var small) => (long)small,
        JsonValueKind.Number when value.TryGetValue<double>(out var real) => real,
        JsonValueKind.Number => value.ToJsonString(),
        _ => null,
    };
}
