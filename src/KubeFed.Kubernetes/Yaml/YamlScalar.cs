using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KubeFed.Kubernetes.Yaml;

/// <summary>What a plain scalar means (YAML 1.2 core schema, section 10.3.2); quoted ones are always text.</summary>
internal static class YamlScalar
{
    public static JsonNode? ToJson(Scalar scalar)
    {
        if (scalar.Style != ScalarStyle.Plain || scalar.Tag == "tag:yaml.org,2002:str" || scalar.Tag == "!")
        {
            return JsonValue.Create(scalar.Value);
        }

        return scalar.Value switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            var text => Number(text) ?? JsonValue.Create(text),
        };
    }

    private static JsonValue? Number(string text)
    {
        var digits = text.AsSpan(text[0] is '-' or '+' ? 1 : 0);
        if (digits.IsEmpty || !(char.IsAsciiDigit(digits[0]) || digits[0] == '.'))
        {
            return null;
        }

        if (digits.StartsWith("0x", StringComparison.Ordinal))
        {
            return long.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? Signed(text, hex) : null;
        }

        if (digits.StartsWith("0o", StringComparison.Ordinal))
        {
            return Octal(digits[2..]) is { } octal ? Signed(text, octal) : null;
        }

        if (digits.Length > 1 && digits[0] == '0' && !digits.ContainsAnyExceptInRange('0', '9'))
        {
            return Octal(digits) is { } mode ? Signed(text, mode) : null;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            return JsonValue.Create(whole);
        }

        if (ulong.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large))
        {
            return JsonValue.Create(large);
        }

        const NumberStyles Real = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Real, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) ? JsonValue.Create(real) : null;
    }

    private static JsonValue Signed(string text, long number) => JsonValue.Create(text[0] == '-' ? -number : number);

    private static long? Octal(ReadOnlySpan<char> digits)
    {
        if (digits.IsEmpty || digits.Length > 20)
        {
            return null;
        }

        long number = 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7')
            {
                return null;
            }

            number = (number * 8) + (digit - '0');
        }

        return number;
    }
}
