using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KubeFed.Kubernetes.Yaml;

/// <summary>
/// The numbers of YAML 1.1 as kubectl reads them: whole ones to base 2, 8, 10 and 16, with underscores among the digits, then decimals. A leading zero means
/// octal where all digits are octal, and nothing otherwise. Base 60 is text.
/// </summary>
/// <remarks>resolve of go.yaml.in/yaml/v2, which reads by Go's strconv.ParseInt with base 0.</remarks>
internal static partial class YamlNumber
{
    /// <summary>A whole number of 64 bits, signed or not, else a double; null where the text is no number.</summary>
    public static ValueType? Read(string text)
    {
        if (text.StartsWith('.'))
        {
            return Fraction().IsMatch(text) ? Real(text) : null;
        }

        var digits = text.Replace("_", string.Empty, StringComparison.Ordinal);
        return Whole(digits) ?? (Decimal().IsMatch(digits) ? Real(digits) : null);
    }

    /// <summary>The number as JSON: a whole one without a fraction, as Go writes it, so that 1.0 and 1e3 can be a count of replicas.</summary>
    /// <returns>Null for infinity and for what is not a number, which JSON does not have.</returns>
    public static JsonValue? ToJson(ValueType number) => number switch
    {
        long whole => JsonValue.Create(whole),
        ulong large => JsonValue.Create(large),
        double real when !double.IsFinite(real) => null,
        double real when Math.Floor(real) == real && Math.Abs(real) < 1L << 53 => JsonValue.Create((long)real),
        double real => JsonValue.Create(real),
        _ => throw new ArgumentOutOfRangeException(nameof(number)),
    };

    /// <summary>The number as the key of a map; null for one that kubectl takes for no key: above 2^63.</summary>
    public static string? ToKey(ValueType number) => number switch
    {
        long whole => whole.ToString(CultureInfo.InvariantCulture),
        double real => Short((float)real),
        _ => null,
    };

    private static ValueType? Whole(string text)
    {
        var signed = text is ['+' or '-', ..];
        var unsigned = text.AsSpan(signed ? 1 : 0);
        var (radix, prefix) = Radix(unsigned);
        var digits = unsigned[prefix..];
        if (digits.IsEmpty)
        {
            return null;
        }

        var number = BigInteger.Zero;
        foreach (var digit in digits)
        {
            var value = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : radix;
            number = (number * radix) + value;
            if (value >= radix || number > ulong.MaxValue)
            {
                return null;
            }
        }

        number = text[0] == '-' ? -number : number;
        if (number >= long.MinValue && number <= long.MaxValue)
        {
            var whole = (long)number;
            return whole;
        }

        if (number < 0 || signed)
        {
            return null;
        }

        var large = (ulong)number;
        return large;
    }

    private static (int Radix, int Prefix) Radix(ReadOnlySpan<char> digits) => digits switch
    {
        ['0', 'x' or 'X', ..] => (16, 2),
        ['0', 'o' or 'O', ..] => (8, 2),
        ['0', 'b' or 'B', ..] => (2, 2),
        ['0', _, ..] => (8, 1),
        _ => (10, 0),
    };

    /// <summary>Null where it is too large for a double; kubectl leaves it text then.</summary>
    private static ValueType? Real(string text)
    {
        var real = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(real) ? real + 0.0 : null;
    }

    /// <summary>The fewest digits that name a number of single precision, with an exponent below 0.0001 and from a million on.</summary>
    private static string Short(float number)
    {
        if (!float.IsFinite(number))
        {
            return float.IsNaN(number) ? ".nan" : number > 0 ? ".inf" : "-.inf";
        }

        var written = number.ToString("E8", CultureInfo.InvariantCulture);
        for (var precision = 0; precision < 9; precision++)
        {
            written = number.ToString($"E{precision}", CultureInfo.InvariantCulture);
            if (float.Parse(written, CultureInfo.InvariantCulture) == number)
            {
                break;
            }
        }

        var mark = written.IndexOf('E', StringComparison.Ordinal);
        var exponent = int.Parse(written.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return exponent is >= -4 and < 6
            ? decimal.Parse(written, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
            : $"{written[..mark]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    [GeneratedRegex(@"\A\.[0-9]+([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Fraction();

    [GeneratedRegex(@"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Decimal();
}
