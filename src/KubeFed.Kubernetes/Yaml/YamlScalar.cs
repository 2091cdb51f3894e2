using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SharpYaml;
using SharpYaml.Events;

namespace KubeFed.Kubernetes.Yaml;

/// <summary>Says what a scalar means to kubectl: YAML 1.1's words and numbers where it is plain, text where it is quoted, and what its tag says.</summary>
/// <remarks>resolve and scalar of go.yaml.in/yaml/v2.</remarks>
internal static partial class YamlScalar
{
    private const string TagPrefix = "tag:yaml.org,2002:";

    private static readonly Encoding StrictUtf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A string, a bool, a <see cref="long"/>, a <see cref="ulong"/>, a <see cref="double"/>, or null.</summary>
    /// <exception cref="FormatException">The text is not what its tag says; the message says of what.</exception>
    public static object? Meaning(Scalar scalar)
    {
        var tag = scalar.Tag is null or "!" ? string.Empty : scalar.Tag.Replace(TagPrefix, "!!", StringComparison.Ordinal);
        if (tag.Length == 0 && (scalar.Style != ScalarStyle.Plain || scalar.Tag == "!"))
        {
            return scalar.Value;
        }

        return tag switch
        {
            "" => Plain(scalar.Value),
            "!!null" or "!!bool" or "!!int" or "!!float" => Tagged(scalar.Value, tag),
            "!!timestamp" when !Timestamp().IsMatch(scalar.Value) => throw new FormatException($"'{scalar.Value}' is tagged {tag} and is no date"),
            "!!binary" => Binary(scalar.Value),
            _ => scalar.Value,
        };
    }

    /// <summary>What the text means without quotes and without a tag.</summary>
    public static object? Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON" => true,
        "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF" => false,
        ".nan" or ".NaN" or ".NAN" => double.NaN,
        ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" => double.PositiveInfinity,
        "-.inf" or "-.Inf" or "-.INF" => double.NegativeInfinity,
        ['+' or '-' or '.' or (>= '0' and <= '9'), ..] => (object?)YamlNumber.Read(text) ?? text,
        _ => text,
    };

    /// <exception cref="FormatException">JSON has no such number.</exception>
    public static JsonNode? ToJson(object? meaning) => meaning switch
    {
        null => null,
        string text => JsonValue.Create(text),
        bool truth => JsonValue.Create(truth),
        ValueType number => YamlNumber.ToJson(number)
            ?? throw new FormatException($"{YamlNumber.ToKey(number)} is a number that JSON does not have; quote it if text is meant"),
        _ => throw new ArgumentOutOfRangeException(nameof(meaning)),
    };

    /// <exception cref="FormatException">It can't be a key.</exception>
    public static string ToKey(object? meaning) => meaning switch
    {
        string text => text,
        bool truth => truth ? "true" : "false",
        ValueType number when YamlNumber.ToKey(number) is { } key => key,
        null => throw new FormatException("a key is null; quote it if text is meant"),
        _ => throw new FormatException($"the key {meaning} is too large a number; quote it"),
    };

    private static object? Tagged(string text, string tag)
    {
        var meaning = Plain(text);
        return (tag, meaning) switch
        {
            ("!!null", null) or ("!!bool", bool) or ("!!int", long or ulong) or ("!!float", double) => meaning,
            ("!!float", long whole) => (double)whole,
            _ => throw new FormatException($"'{text}' is tagged {tag} and is none"),
        };
    }

    private static string Binary(string text)
    {
        try
        {
            return text.AsSpan().ContainsAny(' ', '\t')
                ? throw new FormatException("blanks are no part of it")
                : StrictUtf8.GetString(Convert.FromBase64String(text));
        }
        catch (ArgumentException)
        {
            throw new FormatException(
                "the bytes of a !!binary value are not text in UTF-8; leave the tag out, and put the base64 where the field takes base64");
        }
        catch (FormatException error)
        {
            throw new FormatException("a !!binary value is not base64", error);
        }
    }

    /// <summary>The forms of a date that kubectl accepts; it keeps the text as it is written.</summary>
    [GeneratedRegex(
        @"\A[0-9]{4}-(0?[1-9]|1[0-2])-(0?[1-9]|[12][0-9]|3[01])"
            + @"([Tt]([01]?[0-9]|2[0-3]):[0-5]?[0-9]:[0-5]?[0-9](\.[0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})"
            + @"| ([01]?[0-9]|2[0-3]):[0-5]?[0-9]:[0-5]?[0-9](\.[0-9]+)?)?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Timestamp();
}
