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
    /// <param name="onDate">Told of each date that a custom object holds: it may have been text, which ConvertFrom-Json took for a date.</param>
    /// <exception cref="InputException">A part of it has no JSON form; the message gives the path to it.</exception>
    public static JsonNode? ToJson(object? value, string parameter, Action<DateField>? onDate = null) =>
        new Reading(parameter, onDate ?? (_ => { })).Convert(value, string.Empty, 0);

    /// <summary>As <see cref="ToJson"/>, for a value that must be a map.</summary>
    public static JsonObject ToJsonObject(object? value, string parameter, Action<DateField>? onDate = null) =>
        ToJson(value, parameter, onDate) as JsonObject
        ?? throw new InputException("InvalidInput", $"-{parameter} must be a hashtable or an object, not {Describe(value)}.", value)
        {
            Remedy = "Write @{ ... }, or an object with properties.",
        };

    /// <summary>The object a script meant: without PowerShell's wrapper, unless the wrapper is all there is.</summary>
    private static object? Unwrap(object? value) => value is PSObject { BaseObject: not PSCustomObject and var inner } ? inner : value;

    /// <summary>Not written as @{} in a script: ConvertFrom-Json -AsHashtable has a kind of hashtable of its own.</summary>
    private static bool IsForeign(IDictionary map) =>
        map.GetType() != typeof(Hashtable) && map.GetType() != typeof(System.Collections.Specialized.OrderedDictionary);

    private static string Describe(object? value) => Unwrap(value) switch
    {
        null => "nothing",
        PSObject => "an object",
        var other when "AEIOU".Contains(other.GetType().Name[0], StringComparison.OrdinalIgnoreCase) => $"an {other.GetType().Name}",
        var other => $"a {other.GetType().Name}",
    };

    private sealed class Reading(string parameter, Action<DateField> onDate)
    {
        public JsonNode? Convert(object? value, string path, int depth, bool custom = false)
        {
            if (depth > MaxDepth)
            {
                var reason = $"-{parameter}{Excerpt.Of(path)} is nested deeper than {MaxDepth} levels; does it contain itself?";
                throw new InputException("InvalidInput", reason, null)
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
                    return Map(map, path, depth, IsForeign(map));
                case PSObject properties:
                    return Properties(properties, path, depth);
                case string or char or Guid or Uri or Enum or Version:
                    return JsonValue.Create(System.Convert.ToString(Unwrap(value), CultureInfo.InvariantCulture));
                case bool truth:
                    return JsonValue.Create(truth);
                case SwitchParameter flag:
                    return JsonValue.Create(flag.ToBool());
                case DateTime time:
                    return Date(path, DateField.Write(time), custom);
                case DateTimeOffset time:
                    return Date(path, DateField.Write(time), custom);
                case DateOnly date:
                    return JsonValue.Create(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                case System.Numerics.BigInteger number:
                    return JsonNode.Parse(number.ToString(CultureInfo.InvariantCulture));
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
                    return new JsonArray([.. list.Cast<object?>().Select(item => Convert(item, $"{path}[{index++}]", depth + 1, custom))]);
                default:
                    throw new InputException("InvalidInput", $"-{parameter}{path} holds {Describe(value)}, which has no JSON form.", value)
                    {
                        Remedy = "Use hashtables, arrays, strings, numbers and booleans.",
                    };
            }
        }

        private JsonObject Map(IDictionary map, string path, int depth, bool custom)
        {
            var json = new JsonObject();
            foreach (DictionaryEntry entry in map)
            {
                var key = System.Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? string.Empty;
                json[key] = Convert(entry.Value, $"{path}.{key}", depth + 1, custom);
            }

            return json;
        }

        private JsonObject Properties(PSObject custom, string path, int depth)
        {
            var json = new JsonObject();
            foreach (var property in custom.Properties)
            {
                json[property.Name] = Convert(property.Value, $"{path}.{property.Name}", depth + 1, custom: true);
            }

            return json;
        }

        private JsonValue Date(string path, string text, bool custom)
        {
            if (custom)
            {
                onDate(new DateField(path, text));
            }

            return JsonValue.Create(text);
        }
    }
}
