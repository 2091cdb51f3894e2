using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;

namespace KubeFed.Kubernetes.Json;

/// <summary>A place in a JSON document: <c>/spec/template/metadata/annotations/a~1b</c>.</summary>
/// <remarks>RFC 6901, strict: <c>~</c> only as <c>~0</c> or <c>~1</c>, array indexes without leading zeros.</remarks>
public sealed record JsonPointer
{
    private JsonPointer(IReadOnlyList<string> tokens) => Tokens = tokens;

    /// <summary>The whole document: the empty string.</summary>
    public static JsonPointer Root { get; } = new([]);

    /// <summary>The reference tokens, unescaped.</summary>
    public IReadOnlyList<string> Tokens { get; }

    public bool IsRoot => Tokens.Count == 0;

    /// <exception cref="JsonPatchException">Not a pointer; the message says where and why.</exception>
    public static JsonPointer Parse(string text) =>
        TryParse(text, out var pointer, out var error) ? pointer : throw new JsonPatchException(error);

    public static bool TryParse(string text, [NotNullWhen(true)] out JsonPointer? pointer, [NotNullWhen(false)] out string? error)
    {
        (pointer, error) = (null, null);
        if (text.Length == 0)
        {
            pointer = Root;
            return true;
        }

        if (text[0] != '/')
        {
            error = $"'{text}' is not a JSON Pointer: it must be empty or start with '/'.";
            return false;
        }

        var tokens = text[1..].Split('/');
        for (var i = 0; i < tokens.Length; i++)
        {
            for (var at = tokens[i].IndexOf('~', StringComparison.Ordinal); at >= 0; at = tokens[i].IndexOf('~', at + 1))
            {
                if (at + 1 == tokens[i].Length || tokens[i][at + 1] is not ('0' or '1'))
                {
                    error = $"'{text}' is not a JSON Pointer: '~' must be written '~0', and '/' within a name '~1'.";
                    return false;
                }
            }

            // The order matters: ~01 is the text ~1, not a slash.
            tokens[i] = tokens[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        }

        pointer = new JsonPointer(tokens);
        return true;
    }

    /// <summary>The pointer to a member or element of what this one points to; escaping is done here.</summary>
    public JsonPointer Append(string token) => new([.. Tokens, token]);

    /// <summary>The value this points to; a value that is JSON null is found, and null.</summary>
    public bool TryFind(JsonNode? document, out JsonNode? value)
    {
        value = document;
        foreach (var token in Tokens)
        {
            if (value is JsonObject map && map.TryGetPropertyValue(token, out var member))
            {
                value = member;
            }
            else if (value is JsonArray array && TryIndex(token, out var index) && index < array.Count)
            {
                value = array[index];
            }
            else
            {
                value = null;
                return false;
            }
        }

        return true;
    }

    /// <summary>True when what <paramref name="other"/> points to lies within what this points to.</summary>
    public bool IsProperPrefixOf(JsonPointer other) =>
        Tokens.Count < other.Tokens.Count && Tokens.SequenceEqual(other.Tokens.Take(Tokens.Count), StringComparer.Ordinal);

    public bool Equals(JsonPointer? other) => other is not null && Tokens.SequenceEqual(other.Tokens, StringComparer.Ordinal);

    public override int GetHashCode() => Tokens.Aggregate(17, (hash, token) => HashCode.Combine(hash, token));

    /// <summary>The escaped text form.</summary>
    public override string ToString() =>
        string.Concat(Tokens.Select(t => "/" + t.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)));

    internal static bool TryIndex(string token, out int index)
    {
        index = -1;
        return token.Length > 0
            && (token.Length == 1 || token[0] != '0')
            && token.All(char.IsAsciiDigit)
            && int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }
}
