using System.Globalization;
using System.Text;

namespace KubeFed.Kubernetes.Text;

/// <summary>
/// Makes text that comes from outside (a server, a proxy, a plugin, a stored object) safe to print on one line of a terminal, a log or a status: what moves the
/// cursor, starts a line, changes the direction of writing or can't be seen is written as an escape such as <c>\n</c> or <c>\u202e</c>.
/// </summary>
/// <remarks>
/// Unicode's general categories Cc, Cf, Zl, Zp and Cs (a lone surrogate), which hold ESC, C0, C1, the bidirectional controls of UAX #9 and the characters of no
/// width. Printable text stays the same instance, and what is made stays as it is when it comes through here again.
/// </remarks>
public static class Printable
{
    /// <summary>The text as it may be printed.</summary>
    public static string Of(string text)
    {
        var at = FirstUnprintable(text);
        if (at < 0)
        {
            return text;
        }

        var printable = new StringBuilder(text.Length + 16).Append(text, 0, at);
        while (at < text.Length)
        {
            var found = Rune.TryGetRuneAt(text, at, out var rune);
            if (found && IsPrintable(rune))
            {
                printable.Append(text, at, rune.Utf16SequenceLength);
            }
            else
            {
                Escape(printable, found ? rune.Value : text[at]);
            }

            at += found ? rune.Utf16SequenceLength : 1;
        }

        return printable.ToString();
    }

    /// <summary>Text of several lines on one: the lines, trimmed, with a blank between them.</summary>
    public static string OneLine(string text) =>
        Of(string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));

    private static int FirstUnprintable(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] is >= ' ' and <= '~')
            {
                continue;
            }

            if (!Rune.TryGetRuneAt(text, at, out var rune) || !IsPrintable(rune))
            {
                return at;
            }

            at += rune.Utf16SequenceLength - 1;
        }

        return -1;
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);

    private static void Escape(StringBuilder printable, int value) => _ = value switch
    {
        '\n' => printable.Append("\\n"),
        '\r' => printable.Append("\\r"),
        '\t' => printable.Append("\\t"),
        <= 0xffff => printable.Append(CultureInfo.InvariantCulture, $"\\u{value:x4}"),
        _ => printable.Append(CultureInfo.InvariantCulture, $"\\U{value:x8}"),
    };
}
