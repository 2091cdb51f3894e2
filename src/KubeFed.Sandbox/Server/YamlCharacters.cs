using System.Buffers;
using System.Globalization;
using System.Text;

namespace KubeFed.Sandbox.Server;

/// <summary>A body that can't be read as YAML; the message is a server's.</summary>
internal sealed class YamlBodyException(string message) : Exception(message)
{
    /// <summary>With the line, which servers name from the second one on.</summary>
    public static YamlBodyException At(ReadOnlySpan<byte> text, int position, string message)
    {
        var line = text[..position].Count((byte)'\n');
        return new YamlBodyException(line == 0 ? message : string.Create(CultureInfo.InvariantCulture, $"line {line + 1}: {message}"));
    }
}

/// <summary>Checks what a YAML reader refuses and a JSON reader does not: characters, escapes, and keys that are too long to be seen as such.</summary>
/// <remarks>YAML 1.1 sections 5.1, 5.6 and 7.3.2, as kube-apiserver 1.20.2 and 1.36.2 answer.</remarks>
internal static class YamlCharacters
{
    private const int LongestSimpleKey = 1024;

    private static readonly SearchValues<byte> Plain =
        SearchValues.Create([(byte)'\t', (byte)'\n', (byte)'\r', .. Enumerable.Range(0x20, 0x5F).Select(value => (byte)value)]);

    private static readonly SearchValues<byte> Short = SearchValues.Create("0abt\tnvfre \"'\\N_LP\n\r"u8);

    /// <exception cref="YamlBodyException">Not UTF-8, or a character that no YAML text may hold.</exception>
    public static void Check(ReadOnlySpan<byte> text)
    {
        for (var at = 0; ;)
        {
            var next = text[at..].IndexOfAnyExcept(Plain);
            if (next < 0)
            {
                return;
            }

            at += next;
            if (Rune.DecodeFromUtf8(text[at..], out var rune, out var length) != OperationStatus.Done)
            {
                throw new YamlBodyException(Undecodable(text[at..]));
            }

            if (rune.Value is < 0x20 or 0x7F or (>= 0x80 and <= 0x9F and not 0x85) or 0xFFFE or 0xFFFF)
            {
                throw new YamlBodyException("control characters are not allowed");
            }

            at += length;
        }
    }

    /// <summary>Checks the double-quoted scalars of a text in flow style, as JSON is.</summary>
    /// <exception cref="YamlBodyException">An escape that YAML 1.1 does not know, or a key beyond 1,024 characters without a question mark.</exception>
    public static void CheckQuoted(ReadOnlySpan<byte> text)
    {
        var isExplicit = false;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '"')
            {
                isExplicit = text[at] == '?' || (isExplicit && text[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t');
                continue;
            }

            var start = at;
            at = End(text, at + 1);
            var after = at + 1;
            while (after < text.Length && text[after] is (byte)' ' or (byte)'\t')
            {
                after++;
            }

            if (!isExplicit && after < text.Length && text[after] == ':' && after - start > LongestSimpleKey
                && Encoding.UTF8.GetCharCount(text[start..after]) > LongestSimpleKey)
            {
                throw new YamlBodyException("did not find expected ',' or '}'");
            }

            isExplicit = false;
        }
    }

    /// <summary>The closing quote; the end of the text where there is none, which the reader finds.</summary>
    private static int End(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length)
        {
            var next = text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0 || at + next + 1 >= text.Length)
            {
                return text.Length;
            }

            at += next;
            if (text[at] == '"')
            {
                return at;
            }

            at += Escape(text, at);
        }

        return at;
    }

    private static int Escape(ReadOnlySpan<byte> text, int at)
    {
        var digits = text[at + 1] switch
        {
            (byte)'x' => 2,
            (byte)'u' => 4,
            (byte)'U' => 8,
            var letter when Short.Contains(letter) => 0,
            _ => throw YamlBodyException.At(text, at, "found unknown escape character"),
        };
        if (digits == 0)
        {
            return 2;
        }

        if (at + 2 + digits > text.Length
            || !uint.TryParse(text.Slice(at + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            throw YamlBodyException.At(text, at, "did not find expected hexdecimal number");
        }

        return value is >= 0xD800 and <= 0xDFFF or > 0x10FFFF
            ? throw YamlBodyException.At(text, at, "found invalid Unicode character escape code")
            : 2 + digits;
    }

    private static string Undecodable(ReadOnlySpan<byte> text)
    {
        var width = text[0] switch { >= 0xC0 and < 0xE0 => 2, >= 0xE0 and < 0xF0 => 3, >= 0xF0 and < 0xF8 => 4, _ => 0 };
        if (width == 0)
        {
            return "invalid leading UTF-8 octet";
        }

        for (var i = 1; i < width; i++)
        {
            if (i >= text.Length)
            {
                return "incomplete UTF-8 octet sequence";
            }

            if ((text[i] & 0xC0) != 0x80)
            {
                return "invalid trailing UTF-8 octet";
            }
        }

        return text[0] is 0xED || text is [0xF4, >= 0x90, ..] ? "invalid Unicode character" : "invalid length of a UTF-8 sequence";
    }
}
