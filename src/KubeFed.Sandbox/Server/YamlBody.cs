using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KubeFed.Sandbox.Server;

/// <summary>
/// Reads a body as an API server reads YAML: by the rules of version 1.1, the first document alone, the last of several equal keys, and every number as Go
/// prints what it decoded.
/// </summary>
internal static partial class YamlBody
{
    private static readonly byte[][] FoldedBreaks = [[0xC2, 0x85], [0xE2, 0x80, 0xA8], [0xE2, 0x80, 0xA9]];

    /// <exception cref="YamlBodyException">It is no YAML.</exception>
    public static JsonNode? Read(ReadOnlySpan<byte> body)
    {
        var text = body.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? body[3..] : body;
        YamlCharacters.Check(text);
        var isFlow = text.TrimStart(" \n\r\t"u8) is [(byte)'{' or (byte)'[', ..];
        if (isFlow)
        {
            YamlCharacters.CheckQuoted(text);
            if (AsJson(text) is { } json)
            {
                return Numbers(json);
            }
        }

        try
        {
            var parser = new Parser(new StringReader(Encoding.UTF8.GetString(text)));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                return null;
            }

            return Value(parser, new Dictionary<string, JsonNode?>(StringComparer.Ordinal), isRoot: true);
        }
        catch (YamlException bad)
        {
            throw new YamlBodyException(bad.Message);
        }
    }

    /// <summary>JSON that means the same in YAML is read as JSON, which is faster; null for any other text.</summary>
    private static JsonNode? AsJson(ReadOnlySpan<byte> text)
    {
        foreach (var folded in FoldedBreaks)
        {
            if (text.IndexOf(folded) >= 0)
            {
                return null;
            }
        }

        try
        {
            return JsonNode.Parse(text, nodeOptions: null, new JsonDocumentOptions { MaxDepth = 512, AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The next value. What follows the root is not looked at, as a server does not.</summary>
    private static JsonNode? Value(IParser parser, Dictionary<string, JsonNode?> anchors, bool isRoot = false)
    {
        JsonNode? value;
        var anchor = (parser.Current as NodeEvent)?.Anchor ?? AnchorName.Empty;
        switch (parser.Current)
        {
            case AnchorAlias alias:
                parser.MoveNext();
                return anchors.TryGetValue(alias.Value.Value, out var known)
                    ? known?.DeepClone()
                    : throw new YamlBodyException($"unknown anchor '{alias.Value.Value}' referenced");
            case SequenceStart:
                parser.MoveNext();
                var list = new JsonArray();
                while (!Ends<SequenceEnd>(parser, isRoot))
                {
                    list.Add(Value(parser, anchors));
                }

                value = list;
                break;
            case MappingStart:
                parser.MoveNext();
                var map = new JsonObject();
                while (!Ends<MappingEnd>(parser, isRoot))
                {
                    var key = Key(Value(parser, anchors));
                    map[key] = Value(parser, anchors);
                }

                value = map;
                break;
            default:
                value = Scalar(parser.Consume<Scalar>());
                break;
        }

        if (!anchor.IsEmpty)
        {
            anchors[anchor.Value] = value;
        }

        return value;
    }

    private static bool Ends<T>(IParser parser, bool isRoot)
        where T : ParsingEvent =>
        isRoot ? parser.Current is T : parser.TryConsume<T>(out _);

    private static string Key(JsonNode? key) => key switch
    {
        JsonValue text when text.TryGetValue<string>(out var name) => name,
        JsonValue other => other.ToJsonString(),
        null => throw new YamlBodyException("Unsupported map key of type: <nil>, key: <nil>"),
        _ => throw new YamlBodyException("invalid map key"),
    };

    private static JsonValue? Scalar(Scalar scalar)
    {
        var text = scalar.Value;
        if (scalar.Style is not ScalarStyle.Plain)
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" or "y" or "Y" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => JsonValue.Create(true),
            "false" or "False" or "FALSE" or "n" or "N" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => JsonValue.Create(false),
            _ => Number(text) ?? JsonValue.Create(text),
        };
    }

    private static JsonValue? Number(string text)
    {
        if (text[0] is not ((>= '0' and <= '9') or '+' or '-' or '.'))
        {
            return null;
        }

        var plain = text.Replace("_", string.Empty, StringComparison.Ordinal);
        if (Integer().Match(plain) is { Success: true } whole && Whole(whole) is { } integer)
        {
            return Of(integer);
        }

        return Real().IsMatch(plain) ? Of(plain, double.Parse(plain, NumberStyles.Float, CultureInfo.InvariantCulture)) : null;
    }

    private static BigInteger? Whole(Match match)
    {
        var (digits, radix) = match switch
        {
            _ when match.Groups["hex"].Success => (match.Groups["hex"].Value, 16),
            _ when match.Groups["bin"].Success => (match.Groups["bin"].Value, 2),
            _ when match.Groups["oct"].Success => (match.Groups["oct"].Value, 8),
            _ => (match.Groups["dec"].Value, 10),
        };
        var value = digits.Aggregate(BigInteger.Zero, (sum, digit) => (sum * radix) + int.Parse([digit], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        value = match.Groups["sign"].Value == "-" ? -value : value;
        return value >= long.MinValue && value <= ulong.MaxValue ? value : null;
    }

    private static JsonValue Of(BigInteger integer) => integer <= long.MaxValue ? JsonValue.Create((long)integer) : JsonValue.Create((double)integer);

    /// <summary>A number beyond what a float64 holds is text to the reader.</summary>
    private static JsonValue Of(string text, double number) =>
        !double.IsFinite(number) ? JsonValue.Create(text)
        : number == Math.Truncate(number) && Math.Abs(number) < long.MaxValue ? JsonValue.Create((long)number)
        : JsonValue.Create(number);

    /// <summary>Numbers of JSON as they are after the way through YAML: <c>1.0</c> and <c>1e0</c> are 1.</summary>
    private static JsonNode? Numbers(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (key, value) in map.ToList())
                {
                    if (Numbers(value) is var changed && !ReferenceEquals(changed, value))
                    {
                        map[key] = changed;
                    }
                }

                return map;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    if (Numbers(list[i]) is var changed && !ReferenceEquals(changed, list[i]))
                    {
                        list[i] = changed;
                    }
                }

                return list;
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number && !value.TryGetValue<long>(out _):
                return Number(value.ToJsonString());
            default:
                return node;
        }
    }

    [GeneratedRegex(@"\A(?<sign>[-+]?)(0x(?<hex>[0-9a-fA-F]+)|0b(?<bin>[01]+)|0o?(?<oct>[0-7]+)|(?<dec>0|[1-9][0-9]*))\z", RegexOptions.CultureInvariant)]
    private static partial Regex Integer();

    [GeneratedRegex(@"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Real();
}
