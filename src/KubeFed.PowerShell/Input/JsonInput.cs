using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Text;

namespace KubeFed.PowerShell.Input;

/// <summary>Turns what a script writes (hashtables, custom objects, lists, scalars) into JSON.</summary>
internal static class JsonInput
{
    private const int MaxDepth = 100;

    /// <param name="value">Anything a script can write.</param>
    /// <param name="parameter">The parameter it came in by, for error messages.</param>
    /// <exception cref="InputException">A part of it has no JSON form; the message gives the path to it.</exception>
    public static JsonNode? ToJson(object? value, string parameter) => Convert(value, parameter, string.Empty, 0);

    /// <summary>As <see cref="ToJson"/>, for a value that must be a map.</summary>
    public static JsonObject ToJsonObject(object? value, string parameter) =>
        ToJson(value, parameter) as JsonObject
        ?? throw new InputException("InvalidInput", $"-{parameter} must be a hashtable or an object, not {Describe(value)}.", value)
        {
            Remedy = "Write @{ ... }, or an object with properties.",
        };

    private static JsonNode? Convert(object? value, string parameter, string path, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new InputException("InvalidInput", $"-{parameter}{Excerpt.Of(path)} is nested deeper than {MaxDepth} levels; does it contain itself?", null)
            {
                Remedy = "Write the value out, without references to what it is part of.",
            };
        }

        switch (Unwrap(value))
        {
            case null:
                return null;
            case JsonNode node:
                return node.DeepClone();
            case IDictionary map:
                return Map(map, parameter, path, depth);
            case PSObject custom:
                return Properties(custom, parameter, path, depth);
            case string or char or Guid or Uri or Enum or Version:
                return JsonValue.Create(System.Convert.ToString(Unwrap(value), CultureInfo.InvariantCulture));
            case bool truth:
                return JsonValue.Create(truth);
            case SwitchParameter flag:
                return JsonValue.Create(flag.ToBool());
            case DateTime time:
                return JsonValue.Create(time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            case DateTimeOffset time:
                return JsonValue.Create(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            case byte or sbyte or short or ushort or int or uint or long:
                return JsonValue.Create(System.Convert.ToInt64(Unwrap(value), CultureInfo.InvariantCulture));
            case ulong number:
                return JsonValue.Create(number);
            case decimal number:
                return JsonValue.Create(number);
            case float or double when double.IsFinite(System.Convert.ToDouble(Unwrap(value), CultureInfo.InvariantCulture)):
                return JsonValue.Create(System.Convert.ToDouble(Unwrap(value), CultureInfo.InvariantCulture));
            case IEnumerable list:
                var index = 0;
                return new JsonArray([.. list.Cast<object?>().Select(item => Convert(item, parameter, $"{path}[{index++}]", depth + 1))]);
            default:
                throw new InputException("InvalidInput", $"-{parameter}{path} holds {Describe(value)}, which has no JSON form.", value)
                {
                    Remedy = "Use hashtables, arrays, strings, numbers and booleans.",
                };
        }
    }

    /// <summary>The object a script meant: without PowerShell's wrapper, unless the wrapper is all there is.</summary>
    private static object? Unwrap(object? value) => value is PSObject { BaseObject: not PSCustomObject and var inner } ? inner : value;

    private static JsonObject Map(IDictionary map, string parameter, string path, int depth)
    {
        var json = new JsonObject();
        foreach (DictionaryEntry entry in map)
        {
            var key = System.Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? string.Empty;
            json[key] = Convert(entry.Value, parameter, $"{path}.{key}", depth + 1);
        }

        return json;
    }

    private static JsonObject Properties(PSObject custom, string parameter, string path, int depth)
    {
        var json = new JsonObject();
        foreach (var property in custom.Properties)
        {
            json[property.Name] = Convert(property.Value, parameter, $"{path}.{property.Name}", depth + 1);
        }

        return json;
    }

    private static string Describe(object? value) => Unwrap(value) switch
    {
        null => "nothing",
        PSObject => "an object",
        var other when "AEIOU".Contains(other.GetType().Name[0], StringComparison.OrdinalIgnoreCase) => $"an {other.GetType().Name}",
        var other => $"a {other.GetType().Name}",
    };
}
