using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;

namespace KubeFed.Kubernetes.Json;

/// <summary>
/// Writes every character of a JSON string as it is, also those above U+FFFF, and escapes only what JSON demands and what a YAML reader would refuse, fold or
/// drop: control characters, line separators, byte order marks and the two noncharacters that end the first plane.
/// </summary>
/// <remarks>RFC 8259 section 7; YAML 1.1 section 5.1, for API servers read apply bodies as YAML, where a pair of surrogate escapes is no character.</remarks>
internal sealed class LiteralEncoder : JavaScriptEncoder
{
    private static readonly SearchValues<byte> PlainBytes = SearchValues.Create([.. Enumerable.Range(0x20, 0x5F).Where(IsPlain).Select(value => (byte)value)]);

    private static readonly SearchValues<char> PlainChars = SearchValues.Create([.. Enumerable.Range(0x20, 0x5F).Where(IsPlain).Select(value => (char)value)]);

    private LiteralEncoder()
    {
    }

    public static LiteralEncoder Instance { get; } = new();

    /// <summary>As many as <c>\uFFFF</c> has.</summary>
    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override bool WillEncode(int unicodeScalar) =>
        unicodeScalar is < 0x20 or '"' or '\\' or (>= 0x7F and <= 0x9F) or 0x2028 or 0x2029 or 0xFEFF or 0xFFFE or 0xFFFF;

    /// <inheritdoc/>
    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var all = new ReadOnlySpan<char>(text, textLength);
        for (var at = 0; ; at++)
        {
            var next = all[at..].IndexOfAnyExcept(PlainChars);
            if (next < 0)
            {
                return -1;
            }

            at += next;
            var isPair = char.IsHighSurrogate(all[at]) && at + 1 < textLength && char.IsLowSurrogate(all[at + 1]);
            if (isPair)
            {
                at++;
            }
            else if (char.IsSurrogate(all[at]) || WillEncode(all[at]))
            {
                return at;
            }
        }
    }

    /// <inheritdoc/>
    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text)
    {
        for (var at = 0; ;)
        {
            var next = utf8Text[at..].IndexOfAnyExcept(PlainBytes);
            if (next < 0)
            {
                return -1;
            }

            at += next;
            if (Rune.DecodeFromUtf8(utf8Text[at..], out var rune, out var length) != OperationStatus.Done || WillEncode(rune.Value))
            {
                return at;
            }

            at += length;
        }
    }

    /// <inheritdoc/>
    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var output = new Span<char>(buffer, bufferLength);
        var escape = Short(unicodeScalar);
        numberOfCharactersWritten = escape is null ? 6 : 2;
        if (bufferLength < numberOfCharactersWritten)
        {
            numberOfCharactersWritten = 0;
            return false;
        }

        if (escape is { } letter)
        {
            (output[0], output[1]) = ('\\', letter);
            return true;
        }

        "\\u".CopyTo(output);
        return unicodeScalar.TryFormat(output[2..], out _, "x4", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Writes the escape of a character that needs one.</summary>
    /// <returns>How many characters it has.</returns>
    public static unsafe int Encode(char value, Span<char> output)
    {
        fixed (char* start = output)
        {
            Instance.TryEncodeUnicodeScalar(value, start, output.Length, out var written);
            return written;
        }
    }

    private static bool IsPlain(int value) => value is not ('"' or '\\' or 0x7F);

    private static char? Short(int value) => value switch
    {
        '"' => '"',
        '\\' => '\\',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\b' => 'b',
        _ => null,
    };
}
