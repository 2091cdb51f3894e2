using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Sandbox.Schema;

/// <summary>A value that does not fit its declared type.</summary>
internal sealed class TypeMismatchException(string message) : Exception(message);

/// <summary>
/// What happens to a built-in object on its way through a server: undeclared fields and nulls go, zero values that mean "absent" go, structs that are always
/// written appear, quantities take their canonical form, and defaults are filled in.
/// </summary>
internal static class Normalization
{
    /// <summary>Normalises an object in place.</summary>
    /// <param name="value">The object.</param>
    /// <param name="type">Its shape.</param>
    /// <param name="defaults">Whether absent fields take their defaults; false gives the object's bare form.</param>
    /// <exception cref="TypeMismatchException">A value has the wrong type; the message is the server's decoder's.</exception>
    public static void Apply(JsonObject value, TypeSchema type, bool defaults) => Object(value, type, defaults, string.Empty);

    /// <summary>Stored as protobuf, an empty list and none are the same: those that are always written become null.</summary>
    public static void EmptyListsToNull(JsonObject value, TypeSchema type)
    {
        foreach (var field in type.Fields.Values)
        {
            switch (value[field.Name])
            {
                case JsonArray { Count: 0 } when field.AlwaysWritten:
                    value[field.Name] = null;
                    break;
                case JsonObject child when field.Type.Kind == ValueKind.Object:
                    EmptyListsToNull(child, field.Type);
                    break;
            }
        }
    }

    private static void Object(JsonObject value, TypeSchema type, bool defaults, string path)
    {
        if (!type.PreserveUnknown)
        {
            foreach (var unknown in value.Select(member => member.Key).Where(key => !type.Fields.ContainsKey(key)).ToList())
            {
                value.Remove(unknown);
            }
        }

        foreach (var field in type.Fields.Values)
        {
            var fieldPath = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
            var present = value.TryGetPropertyValue(field.Name, out var node);
            if (node is not null)
            {
                var normal = Value(node, field.Type, defaults, fieldPath);
                if (!field.Optional && !field.AlwaysWritten && IsZero(normal))
                {
                    value.Remove(field.Name);
                    node = null;
                    present = false;
                }
                else
                {
                    if (!ReferenceEquals(normal, node))
                    {
                        value[field.Name] = normal;
                    }

                    node = normal;
                }
            }

            var isZeroText = node is JsonValue text && field.AlwaysWritten && text.TryGetValue<string>(out var held) && held.Length == 0;
            if (defaults && field.Default is not null && (node is null || isZeroText))
            {
                var filled = field.Default.DeepClone();
                if (filled is JsonObject child)
                {
                    Object(child, field.Type, defaults, fieldPath);
                }

                value[field.Name] = filled;
                continue;
            }

            if (node is not null)
            {
                continue;
            }

            if (field.AlwaysWritten)
            {
                value[field.Name] = Zero(field, defaults, fieldPath);
            }
            else if (present)
            {
                value.Remove(field.Name);
            }
        }
    }

    private static JsonNode? Zero(FieldSchema field, bool defaults, string path)
    {
        if (field.Optional)
        {
            return null;
        }

        switch (field.Type.Kind)
        {
            case ValueKind.String:
            case ValueKind.Bytes:
                return JsonValue.Create(string.Empty);
            case ValueKind.Integer:
            case ValueKind.IntOrString:
                return JsonValue.Create(0);
            case ValueKind.Boolean:
                return JsonValue.Create(false);
            case ValueKind.Object:
                var created = new JsonObject();
                Object(created, field.Type, defaults, path);
                return created;
            default:
                return null;
        }
    }

    private static JsonNode Value(JsonNode node, TypeSchema type, bool defaults, string path)
    {
        switch (type.Kind)
        {
            case ValueKind.Object:
                Object(node as JsonObject ?? throw Mismatch(node, path, "object"), type, defaults, path);
                return node;
            case ValueKind.Map:
                Map(node as JsonObject ?? throw Mismatch(node, path, "map"), type, defaults, path);
                return node;
            case ValueKind.List:
                List(node as JsonArray ?? throw Mismatch(node, path, "list"), type, defaults, path);
                return node;
            case ValueKind.String:
            case ValueKind.Time:
                return node.GetValueKind() == JsonValueKind.String ? node : throw Mismatch(node, path, "string");
            case ValueKind.Bytes:
                return Base64(node, path);
            case ValueKind.Integer:
                return node is JsonValue number && TryInteger(number, out _) ? node : throw Mismatch(node, path, "int32");
            case ValueKind.Number:
                return node.GetValueKind() == JsonValueKind.Number ? node : throw Mismatch(node, path, "float64");
            case ValueKind.Boolean:
                return node.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? node : throw Mismatch(node, path, "bool");
            case ValueKind.IntOrString:
                return node.GetValueKind() is JsonValueKind.Number or JsonValueKind.String ? node : throw Mismatch(node, path, "intstr.IntOrString");
            case ValueKind.Quantity:
                return CanonicalQuantity(node, path);
            default:
                return node;
        }
    }

    private static void Map(JsonObject map, TypeSchema type, bool defaults, string path)
    {
        foreach (var (key, item) in map.ToList())
        {
            if (item is null)
            {
                // Go decodes null into the element's zero value.
                map[key] = type.Items.Kind is ValueKind.String or ValueKind.Bytes ? JsonValue.Create(string.Empty) : null;
                continue;
            }

            var normal = Value(item, type.Items, defaults, $"{path}.{key}");
            if (!ReferenceEquals(normal, item))
            {
                map[key] = normal;
            }
        }
    }

    private static void List(JsonArray list, TypeSchema type, bool defaults, string path)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is not { } item)
            {
                if (type.Items.Kind == ValueKind.Object)
                {
                    var created = new JsonObject();
                    Object(created, type.Items, defaults, path);
                    list[i] = created;
                }

                continue;
            }

            var normal = Value(item, type.Items, defaults, path);
            if (!ReferenceEquals(normal, item))
            {
                list[i] = normal;
            }
        }
    }

    private static JsonNode Base64(JsonNode node, string path)
    {
        if (node.GetValueKind() != JsonValueKind.String)
        {
            throw Mismatch(node, path, "[]uint8");
        }

        var text = node.GetValue<string>();
        var buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text, buffer, out _)
            ? node
            : throw new TypeMismatchException("illegal base64 data at input byte " + FirstBadBase64(text).ToString(CultureInfo.InvariantCulture));
    }

    private static int FirstBadBase64(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit(text[i]) && text[i] is not ('+' or '/' or '='))
            {
                return i;
            }
        }

        return text.Length - (text.Length % 4);
    }

    private static JsonNode CanonicalQuantity(JsonNode node, string path)
    {
        var text = node.GetValueKind() switch
        {
            JsonValueKind.String => node.GetValue<string>(),
            JsonValueKind.Number => node.ToJsonString(),
            _ => throw Mismatch(node, path, "resource.Quantity"),
        };
        if (!Quantity.TryParse(text, out var quantity))
        {
            throw new TypeMismatchException(
                "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
        }

        var canonical = quantity.ToString();
        return node.GetValueKind() == JsonValueKind.String && canonical == text ? node : JsonValue.Create(canonical);
    }

    private static bool TryInteger(JsonValue value, out long number)
    {
        if (value.TryGetValue(out number))
        {
            return true;
        }

        if (value.TryGetValue<int>(out var small))
        {
            number = small;
            return true;
        }

        return false;
    }

    private static bool IsZero(JsonNode? node) =>
        node switch
        {
            null => true,
            JsonObject map => map.Count == 0,
            JsonArray list => list.Count == 0,
            _ => node.GetValueKind() switch
            {
                JsonValueKind.String => node.GetValue<string>().Length == 0,
                JsonValueKind.False => true,
                JsonValueKind.Number => node.ToJsonString() == "0",
                _ => false,
            },
        };

    private static TypeMismatchException Mismatch(JsonNode node, string path, string expected)
    {
        var found = node.GetValueKind() switch
        {
            JsonValueKind.String => "string",
            JsonValueKind.Number => "number",
            JsonValueKind.True or JsonValueKind.False => "bool",
            JsonValueKind.Array => "array",
            _ => "object",
        };
        return new TypeMismatchException($"json: cannot unmarshal {found} into Go struct field .{path} of type {expected}");
    }
}
