using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Kubernetes.Yaml;

/// <summary>Writes JSON as YAML the way kubectl prints it; every string that another reader could take for something else is quoted.</summary>
public static class YamlWriter
{
    /// <summary>A longer one must say that it is a key: readers look no further than 1,024 characters for its colon.</summary>
    private const int LongestSimpleKey = 1000;

    /// <summary>One document, ending in a line feed.</summary>
    /// <exception cref="YamlTextException">A text holds half of a surrogate pair.</exception>
    public static string Write(JsonNode? node)
    {
        if (HalfCharacter.Find(node) is { } half)
        {
            throw new YamlTextException($"the field \"{Text.Excerpt.Of(half.Path)}\" {half.Message}", 0, 0) { Remedy = HalfCharacter.Remedy };
        }

        var text = new StringBuilder();
        switch (node)
        {
            case JsonObject { Count: > 0 } map:
                Map(text, map, 0, startsOnLine: true);
                break;
            case JsonArray { Count: > 0 } array:
                List(text, array, 0);
                break;
            default:
                Scalar(text, node, 0);
                break;
        }

        return text.ToString();
    }

    /// <summary>Several documents, separated by <c>---</c>.</summary>
    public static string WriteAll(IEnumerable<JsonNode?> nodes) => string.Join("---\n", nodes.Select(Write));

    private static void Map(StringBuilder text, JsonObject map, int depth, bool startsOnLine)
    {
        foreach (var (key, value) in map)
        {
            if (startsOnLine)
            {
                text.Append(' ', depth * 2);
            }

            startsOnLine = true;
            Key(text, YamlPlainText.IsSafe(key) ? key : Quoted(key), depth);
            switch (value)
            {
                case JsonObject { Count: > 0 } inner:
                    text.Append('\n');
                    Map(text, inner, depth + 1, startsOnLine: true);
                    break;
                case JsonArray { Count: > 0 } inner:
                    text.Append('\n');
                    List(text, inner, depth);
                    break;
                default:
                    text.Append(' ');
                    Scalar(text, value, depth + 1);
                    break;
            }
        }
    }

    private static void Key(StringBuilder text, string key, int depth)
    {
        if (key.Length > LongestSimpleKey)
        {
            text.Append("? ").Append(key).Append('\n').Append(' ', depth * 2).Append(':');
            return;
        }

        text.Append(key).Append(':');
    }

    private static void List(StringBuilder text, JsonArray array, int depth)
    {
        foreach (var item in array)
        {
            text.Append(' ', depth * 2).Append("- ");
            switch (item)
            {
                case JsonObject { Count: > 0 } inner:
                    Map(text, inner, depth + 1, startsOnLine: false);
                    break;
                case JsonArray { Count: > 0 } inner:
                    // A list in a list: its dashes stand below each other, the first one behind the outer dash.
                    var nested = new StringBuilder();
                    List(nested, inner, depth + 1);
                    text.Append(nested.ToString().AsSpan((depth + 1) * 2));
                    break;
                default:
                    Scalar(text, item, depth + 1);
                    break;
            }
        }
    }

    private static void Scalar(StringBuilder text, JsonNode? value, int depth)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject:
                text.Append("{}");
                break;
            case JsonArray:
                text.Append("[]");
                break;
            case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String:
                var content = scalar.GetValue<string>();
                if (CanBeBlock(content))
                {
                    Block(text, content, depth);
                    return;
                }

                text.Append(YamlPlainText.IsSafe(content) ? content : Quoted(content));
                break;
            default:
                text.Append(value.ToJsonString());
                break;
        }

        text.Append('\n');
    }

    /// <summary>Several lines, none of which begins a guess about indentation or ends in something invisible.</summary>
    private static bool CanBeBlock(string content) =>
        content.Contains('\n', StringComparison.Ordinal)
        && content[0] is not (' ' or '\n' or '\t')
        && !content.Contains(" \n", StringComparison.Ordinal)
        && !content.EndsWith(' ')
        && content.All(c => c is '\n' or '\t' || !IsEscaped(c))
        && YamlCharacters.FirstForbidden(content) < 0;

    private static void Block(StringBuilder text, string content, int depth)
    {
        var body = content.TrimEnd('\n');
        var trailing = content.Length - body.Length;
        text.Append('|').Append(trailing switch { 0 => "-", 1 => string.Empty, _ => "+" }).Append('\n');
        foreach (var line in body.Split('\n'))
        {
            if (line.Length > 0)
            {
                text.Append(' ', Math.Max(1, depth) * 2).Append(line);
            }

            text.Append('\n');
        }

        text.Append('\n', Math.Max(0, trailing - 1));
    }

    /// <summary>Characters above U+FFFF stand as they are: to a YAML reader, JSON's pairs of escapes for them are no characters.</summary>
    private static string Quoted(string content)
    {
        var text = new StringBuilder(content.Length + 2).Append('"');
        for (var i = 0; i < content.Length; i++)
        {
            var c = content[i];
            if (char.IsHighSurrogate(c) && i + 1 < content.Length && char.IsLowSurrogate(content[i + 1]))
            {
                text.Append(c).Append(content[++i]);
                continue;
            }

            _ = c switch
            {
                '"' or '\\' => text.Append('\\').Append(c),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                _ when IsEscaped(c) => text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }

        return text.Append('"').ToString();
    }

    /// <summary>What a reader would take for a line break or a byte order mark, or refuse, and what nobody would see.</summary>
    private static bool IsEscaped(char c) => char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF';
}
