using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Sandbox.Builtins;
using KubeFed.Sandbox.Schema;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Apply;

/// <summary>An applied object must fit its kind's shape, or no one could say who owns what in it.</summary>
internal static class TypedValues
{
    /// <exception cref="TypedValueException">A built-in kind does not declare a field, or a keyed list breaks its rules.</exception>
    public static void Check(JsonObject config, ResourceType resource, int minor)
    {
        var faults = new List<string>();
        Walk(config, resource.Ownership, string.Empty, faults, minor);
        if (faults.Count == 1)
        {
            throw new TypedValueException(faults[0]);
        }

        if (faults.Count > 1)
        {
            throw new TypedValueException($"errors:\n  {string.Join("\n  ", faults)}");
        }
    }

    private static void Walk(JsonNode? value, TypeSchema type, string path, List<string> faults, int minor)
    {
        switch (value)
        {
            case JsonObject map when type.Kind == ValueKind.Object && !type.Atomic:
                foreach (var (key, child) in map)
                {
                    if (type.Fields.TryGetValue(key, out var field))
                    {
                        Walk(child, field.Type, $"{path}.{key}", faults, minor);
                    }
                    else if (type.Rules is null && !type.PreserveUnknown)
                    {
                        faults.Add($"{path}.{key}: field not declared in schema");
                    }
                }

                break;
            case JsonObject map when type.Kind == ValueKind.Map:
                foreach (var (key, child) in map)
                {
                    Walk(child, type.Items, $"{path}.{key}", faults, minor);
                }

                break;
            case JsonArray list when type.Kind == ValueKind.List:
                if (type.IsGranularList)
                {
                    foreach (var (element, item) in PathElements.Items(list, type, path))
                    {
                        Walk(item, type.Items, path + PathElements.Readable(element), faults, minor);
                    }

                    break;
                }

                for (var i = 0; i < list.Count; i++)
                {
                    Walk(list[i], type.Items, $"{path}[{i}]", faults, minor);
                }

                break;
            case not null when Expected(type.Kind) is { } expected && !Fits(value, type.Kind):
                faults.Add($"{path}: expected {expected}, got {Found(value, type.Kind, minor)}");
                break;
        }
    }

    private static string? Expected(ValueKind kind) =>
        kind switch
        {
            ValueKind.Integer or ValueKind.Number => "numeric (int or float)",
            ValueKind.String or ValueKind.Bytes or ValueKind.Time => "string",
            ValueKind.Boolean => "boolean",
            ValueKind.Object or ValueKind.Map => "map",
            ValueKind.List => "list",
            _ => null,
        };

    private static bool Fits(JsonNode value, ValueKind kind) =>
        kind switch
        {
            ValueKind.Integer or ValueKind.Number => value.GetValueKind() == JsonValueKind.Number,
            ValueKind.String or ValueKind.Bytes or ValueKind.Time => value.GetValueKind() == JsonValueKind.String,
            ValueKind.Boolean => value.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
            ValueKind.Object or ValueKind.Map => value is JsonObject,
            _ => value is JsonArray,
        };

    /// <summary>The value as a server prints it: a Go value where a text is expected, its content where a map or a list is, and its type elsewhere.</summary>
    private static string Found(JsonNode value, ValueKind expected, int minor) => expected switch
    {
        ValueKind.String or ValueKind.Bytes or ValueKind.Time => $"&value.valueUnstructured{{Value:{GoText.Syntax(value)}}}",
        ValueKind.Object or ValueKind.Map or ValueKind.List or ValueKind.Boolean => $"&{{{GoText.Plain(value)}}}",
        _ when minor <= 21 => "*value.valueUnstructured",
        _ => GoText.TypeOf(value),
    };
}
