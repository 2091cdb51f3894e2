using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeFed.Engine.Propagation.Desired;

/// <summary>
/// JSON as Go's <c>encoding/json</c> writes a decoded object: keys in byte order, no spaces, <c>&lt;</c>, <c>&gt;</c>, <c>&amp;</c>, U+2028 and U+2029
/// escaped, integers that fit 64 bits as they are and every other number as the shortest text of its float64. Equal values give equal bytes whatever
/// their source looked like, which is what a hash needs.
/// </summary>
/// <remarks>E-80.</remarks>
public static class CanonicalJson
{
    /// <summary>UTF-8, without the newline Go's encoder appends.</summary>
    public static byte[] Write(JsonNode? node)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        Write(buffer, node);
        return buffer.WrittenSpan.ToArray();
    }

    public static void Write(ArrayBufferWriter<byte> output, JsonNode? node)
    {
        switch (node)
        {
            case null:
                output.Write("null"u8);
                break;
            case JsonObject map:
                WriteObject(output, map);
                break;
            case JsonArray array:
                output.Write("["u8);
                for (var i = 0; i < array.Count; i++)
                {
                    if (i > 0)
                    {
                        output.Write(","u8);
                    }

                    Write(output, array[i]);
                }

                output.Write("]"u8);
                break;
            default:
                WriteScalar(output, node.AsValue());
                break;
        }
    }

    /// <summary>A string with Go's escapes, quotes included.</summary>
    public static void WriteString(ArrayBufferWriter<byte> output, string text)
    {
        output.Write("\""u8);
        var plain = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is >= ' ' and not ('"' or '\\' or '<' or '>' or '&' or '\u2028' or '\u2029') && !IsLoneSurrogate(text, i))
            {
                continue;
            }

            WritePlain(output, text.AsSpan(plain, i - plain));
            plain = i + 1;
            output.Write(Encoding.UTF8.GetBytes(Escape(c)));
        }

        WritePlain(output, text.AsSpan(plain));
        output.Write("\""u8);
    }

    /// <summary>A number as Go prints it after decoding: <c>1.0</c> and <c>1e0</c> are 1, <c>1e21</c> stays in scientific form.</summary>
    public static string Number(string literal)
    {
        if (long.TryParse(literal, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
        {
            return integer.ToString(CultureInfo.InvariantCulture);
        }

        var number = double.Parse(literal, NumberStyles.Float, CultureInfo.InvariantCulture);
        var magnitude = Math.Abs(number);
        var (sign, digits, exponent) = Decompose(number.ToString("R", CultureInfo.InvariantCulture));
        return magnitude != 0 && magnitude is < 1e-6 or >= 1e21 ? sign + Scientific(digits, exponent) : sign + Positional(digits, exponent);
    }

    private static void WriteObject(ArrayBufferWriter<byte> output, JsonObject map)
    {
        var keys = new string[map.Count];
        var at = 0;
        foreach (var (key, _) in map)
        {
            keys[at++] = key;
        }

        Array.Sort(keys, CompareAsUtf8);
        output.Write("{"u8);
        for (var i = 0; i < keys.Length; i++)
        {
            if (i > 0)
            {
                output.Write(","u8);
            }

            WriteString(output, keys[i]);
            output.Write(":"u8);
            Write(output, map[keys[i]]);
        }

        output.Write("}"u8);
    }

    private static void WriteScalar(ArrayBufferWriter<byte> output, JsonValue value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                WriteString(output, value.GetValue<string>());
                break;
            case JsonValueKind.True:
                output.Write("true"u8);
                break;
            case JsonValueKind.False:
                output.Write("false"u8);
                break;
            case JsonValueKind.Number:
                output.Write(Encoding.ASCII.GetBytes(Number(value.ToJsonString())));
                break;
            default:
                output.Write("null"u8);
                break;
        }
    }

    private static void WritePlain(ArrayBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        output.Advance(Encoding.UTF8.GetBytes(text, span));
    }

    private static string Escape(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ when char.IsSurrogate(c) => "\\ufffd",
        _ => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
    };

    private static bool IsLoneSurrogate(string text, int i)
    {
        var c = text[i];
        return char.IsHighSurrogate(c) ? i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])
            : char.IsLowSurrogate(c) && (i == 0 || !char.IsHighSurrogate(text[i - 1]));
    }

    /// <summary>Go compares keys byte by byte; that differs from UTF-16 order only where surrogates meet U+E000 and above.</summary>
    private static int CompareAsUtf8(string left, string right)
    {
        var length = Math.Min(left.Length, right.Length);
        for (var i = 0; i < length; i++)
        {
            var (a, b) = (left[i], right[i]);
            if (a != b)
            {
                return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b) : char.IsSurrogate(a) ? 1 : -1;
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    /// <summary>Splits <c>-1.25E-07</c> into sign, significant digits without trailing zeros, and the exponent of the first digit.</summary>
    private static (string Sign, string Digits, int Exponent) Decompose(string text)
    {
        var sign = text.StartsWith('-') ? "-" : string.Empty;
        var body = text[sign.Length..];
        var e = body.IndexOf('E', StringComparison.Ordinal);
        var exponent = e < 0 ? 0 : int.Parse(body.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? body : body[..e];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? mantissa : mantissa[..point];
        var digits = whole + (point < 0 ? string.Empty : mantissa[(point + 1)..]);
        exponent += whole.Length - 1;
        var leading = digits.Length - digits.TrimStart('0').Length;
        if (leading == digits.Length)
        {
            return (sign, "0", 0);
        }

        return (sign, digits[leading..].TrimEnd('0'), exponent - leading);
    }

    private static string Positional(string digits, int exponent)
    {
        if (exponent < 0)
        {
            return "0." + new string('0', -exponent - 1) + digits;
        }

        return digits.Length <= exponent + 1 ? digits.PadRight(exponent + 1, '0') : digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }

    private static string Scientific(string digits, int exponent)
    {
        // Go writes at least two exponent digits, and encoding/json then cleans e-09 to e-9, but leaves e+21 as it is.
        var mantissa = digits.Length == 1 ? digits : digits[..1] + "." + digits[1..];
        return $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent).ToString(exponent < 0 ? "0" : "00", CultureInfo.InvariantCulture)}";
    }
}
