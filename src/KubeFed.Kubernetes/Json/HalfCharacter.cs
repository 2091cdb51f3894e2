using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeFed.Kubernetes.Json;

/// <summary>Half of a surrogate pair that stands alone in a value. It has no UTF-8 and would arrive as U+FFFD, which is another text.</summary>
/// <param name="Path">Where it is: fields separated by dots, indexes in brackets; the field itself where its name holds it.</param>
/// <param name="Unit">The half, between U+D800 and U+DFFF.</param>
internal sealed record HalfCharacter(string Path, char Unit)
{
    public const string Remedy = "Remove it, or write the whole character.";

    /// <summary>Says what is wrong, without the text around it, which may be secret.</summary>
    public string Message => string.Create(
        CultureInfo.InvariantCulture, $"holds U+{(int)Unit:X4} alone, which is half of a character and can't be sent to an API server");

    /// <summary>The first one in a value and the names of its fields; null when there is none.</summary>
    public static HalfCharacter? Find(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (key, child) in map)
                {
                    if (In(key) is { } unit)
                    {
                        return new HalfCharacter(key, unit);
                    }

                    if (Find(child) is { } found)
                    {
                        return found with { Path = found.Path.Length == 0 || found.Path[0] == '[' ? key + found.Path : $"{key}.{found.Path}" };
                    }
                }

                return null;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    if (Find(list[i]) is { } found)
                    {
                        var index = string.Create(CultureInfo.InvariantCulture, $"[{i}]");
                        return found with { Path = found.Path.Length == 0 || found.Path[0] == '[' ? index + found.Path : $"{index}.{found.Path}" };
                    }
                }

                return null;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                return In(value.GetValue<object>() is JsonElement element ? element.GetString()! : value.GetValue<object>().ToString()!) is { } half
                    ? new HalfCharacter(string.Empty, half)
                    : null;
            default:
                return null;
        }
    }

    private static char? In(ReadOnlySpan<char> text)
    {
        for (var at = 0; text[at..].IndexOfAnyInRange('\uD800', '\uDFFF') is var next and >= 0;)
        {
            at += next;
            if (at + 1 == text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
            {
                return text[at];
            }

            at += 2;
        }

        return null;
    }
}
