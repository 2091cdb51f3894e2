using System.Text;
using System.Text.Json.Nodes;

namespace KubeFed.Kubernetes.Objects;

/// <summary>One condition on one field: <c>metadata.name=x</c> or <c>status.phase!=Running</c>.</summary>
public sealed record FieldRequirement(string Field, bool Negated, string Value)
{
    /// <summary>The API's text form, with backslash, comma and equals sign in the value escaped.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Field).Append(Negated ? "!=" : "=");
        foreach (var c in Value)
        {
            if (c is '\\' or ',' or '=')
            {
                text.Append('\\');
            }

            text.Append(c);
        }

        return text.ToString();
    }
}

/// <summary>Chooses objects by the values of their fields; all requirements must hold. Which fields a resource offers is the server's matter.</summary>
public sealed class FieldSelector
{
    private FieldSelector(IReadOnlyList<FieldRequirement> requirements) => Requirements = requirements;

    public static FieldSelector Everything { get; } = new([]);

    /// <summary>In the order written.</summary>
    public IReadOnlyList<FieldRequirement> Requirements { get; }

    public static FieldSelector Of(params IEnumerable<FieldRequirement> requirements) => new([.. requirements]);

    /// <summary>Reads <c>a=b,c!=d,e==f</c>; backslash escapes comma, equals sign and itself. Empty text matches everything.</summary>
    /// <exception cref="SelectorException">A term has no operator, no field, or a stray backslash.</exception>
    public static FieldSelector Parse(string text) =>
        new([.. Split(text).Where(term => term.Length > 0).Select(term => Requirement(term, text))]);

    /// <summary>Whether the object's own fields fulfil the requirements; an absent field counts as the empty string.</summary>
    public bool Matches(KubeObject value) =>
        Requirements.All(requirement => (FieldText(value.Json, requirement.Field) == requirement.Value) != requirement.Negated);

    /// <summary>As <see cref="Matches(KubeObject)"/>, for callers that know the fields of the resource.</summary>
    public bool Matches(Func<string, string> field) =>
        Requirements.All(requirement => (field(requirement.Field) == requirement.Value) != requirement.Negated);

    public override string ToString() => string.Join(',', Requirements);

    private static IEnumerable<string> Split(string text)
    {
        var start = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\')
            {
                at++;
            }
            else if (text[at] == ',')
            {
                yield return text[start..at];
                start = at + 1;
            }
        }

        yield return text[start..];
    }

    private static FieldRequirement Requirement(string term, string whole)
    {
        for (var at = 0; at < term.Length; at++)
        {
            if (term[at] == '\\')
            {
                at++;
                continue;
            }

            var (length, negated) = term.AsSpan(at) switch
            {
                ['!', '=', ..] => (2, true),
                ['=', '=', ..] => (2, false),
                ['=', ..] => (1, false),
                _ => (0, false),
            };
            if (length > 0)
            {
                return at == 0
                    ? throw Error(whole, $"the term \"{term}\" names no field")
                    : new FieldRequirement(term[..at].Trim(), negated, Unescape(term[(at + length)..], whole));
            }
        }

        throw Error(whole, $"the term \"{term}\" has no =, == or !=");
    }

    private static string Unescape(string value, string whole)
    {
        var text = new StringBuilder(value.Length);
        for (var at = 0; at < value.Length; at++)
        {
            if (value[at] == '\\')
            {
                at++;
                if (at == value.Length || value[at] is not ('\\' or ',' or '='))
                {
                    throw Error(whole, @"a backslash must stand before a backslash, a comma or an equals sign");
                }
            }
            else if (value[at] == '=')
            {
                throw Error(whole, $"the equals sign in the value \"{value}\" must be written \\=");
            }

            text.Append(value[at]);
        }

        return text.ToString();
    }

    private static string FieldText(JsonObject json, string field)
    {
        JsonNode? node = json;
        foreach (var part in field.Split('.'))
        {
            node = (node as JsonObject)?[part];
        }

        return node switch
        {
            null => string.Empty,
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            _ => node.ToJsonString(),
        };
    }

    private static SelectorException Error(string whole, string what) =>
        new($"The field selector \"{whole}\" can't be read: {what}.") { Remedy = "Write it like: metadata.name=web,status.phase!=Running" };
}
