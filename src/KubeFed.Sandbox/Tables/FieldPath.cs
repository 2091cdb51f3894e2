using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Tables;

/// <summary>
/// The part of kubectl's JSONPath that printer columns use: <c>.spec.replicas</c>, <c>.list[0]</c>, <c>['a.b']</c>, <c>.a\.b</c>, <c>[*]</c> and
/// <c>[?(@.type=="Ready")]</c>. The first match counts.
/// </summary>
internal sealed class FieldPath
{
    private readonly List<Func<JsonNode, IEnumerable<JsonNode?>>> _steps;

    private FieldPath(List<Func<JsonNode, IEnumerable<JsonNode?>>> steps) => _steps = steps;

    public JsonNode? Find(JsonNode root)
    {
        IEnumerable<JsonNode?> found = [root];
        foreach (var step in _steps)
        {
            found = found.Where(node => node is not null).SelectMany(node => step(node!));
        }

        return found.FirstOrDefault(node => node is not null);
    }

    /// <summary>Null when the text is no such path.</summary>
    public static FieldPath? TryParse(string text)
    {
        var steps = new List<Func<JsonNode, IEnumerable<JsonNode?>>>();
        var at = text.StartsWith('$') ? 1 : 0;
        while (at < text.Length)
        {
            if (text[at] == '.')
            {
                at++;
                if (at < text.Length && text[at] == '[')
                {
                    continue;
                }

                var name = Name(text, ref at);
                if (name.Length == 0)
                {
                    return null;
                }

                steps.Add(name == "*" ? Every : node => [Member(node, name)]);
                continue;
            }

            var end = text[at] == '[' ? Closing(text, at) : -1;
            if (end < 0 || Bracket(text[(at + 1)..end].Trim()) is not { } step)
            {
                return null;
            }

            steps.Add(step);
            at = end + 1;
        }

        return new FieldPath(steps);
    }

    private static string Name(string text, ref int at)
    {
        var name = new StringBuilder();
        while (at < text.Length && text[at] is not ('.' or '['))
        {
            if (text[at] == '\\' && at + 1 < text.Length)
            {
                at++;
            }

            name.Append(text[at++]);
        }

        return name.ToString();
    }

    private static int Closing(string text, int open)
    {
        var quote = '\0';
        for (var i = open + 1; i < text.Length; i++)
        {
            if (quote != '\0')
            {
                quote = text[i] == quote ? '\0' : quote;
            }
            else if (text[i] is '\'' or '"')
            {
                quote = text[i];
            }
            else if (text[i] == ']')
            {
                return i;
            }
        }

        return -1;
    }

    private static Func<JsonNode, IEnumerable<JsonNode?>>? Bracket(string inner)
    {
        if (inner == "*")
        {
            return Every;
        }

        if (int.TryParse(inner, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
        {
            return node => node is JsonArray list && (index < 0 ? list.Count + index : index) is var place && place >= 0 && place < list.Count ? [list[place]] : [];
        }

        if (Quoted(inner) is { } name)
        {
            return node => [Member(node, name)];
        }

        return inner.StartsWith("?(", StringComparison.Ordinal) && inner.EndsWith(')') ? Filter(inner[2..^1]) : null;
    }

    private static Func<JsonNode, IEnumerable<JsonNode?>>? Filter(string condition)
    {
        var equals = condition.IndexOf("==", StringComparison.Ordinal);
        var differs = condition.IndexOf("!=", StringComparison.Ordinal);
        var cut = equals >= 0 ? equals : differs;
        if (cut < 0 || !condition.StartsWith('@') || TryParse(condition[1..cut].Trim()) is not { } path)
        {
            return null;
        }

        var wanted = condition[(cut + 2)..].Trim();
        wanted = Quoted(wanted) ?? wanted;
        return node => (node as JsonArray ?? []).Where(item => item is not null && (Plain(path.Find(item)) == wanted) == (equals >= 0));
    }

    private static string? Quoted(string text) => text.Length >= 2 && text[0] is '\'' or '"' && text[^1] == text[0] ? text[1..^1] : null;

    private static string? Plain(JsonNode? node) => node?.GetValueKind() switch
    {
        null => null,
        JsonValueKind.String => node.GetValue<string>(),
        _ => node.ToJsonString(WireJson.Options),
    };

    private static JsonNode? Member(JsonNode node, string name) => node is JsonObject map && map.TryGetPropertyValue(name, out var member) ? member : null;

    private static IEnumerable<JsonNode?> Every(JsonNode node) => node switch
    {
        JsonArray list => list,
        JsonObject map => map.Select(pair => pair.Value),
        _ => [],
    };
}
