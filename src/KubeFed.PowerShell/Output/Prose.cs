using System.Text;

namespace KubeFed;

/// <summary>Sentences in a console. PowerShell's own views break the last words of a line wherever it ends.</summary>
public static class Prose
{
    private const int Narrowest = 40;
    private const int Usual = 80;

    /// <summary>The text in lines, broken at blanks; a word longer than a line, such as a path, stays whole.</summary>
    /// <param name="text">One paragraph.</param>
    /// <param name="console">Columns of the console; where there is none (0 or less), 80.</param>
    /// <param name="indent">Columns that the view keeps free on the left.</param>
    public static string Wrap(string text, int console, int indent)
    {
        // The last column stays free: consoles wrap when it is written to.
        var width = Math.Max(Narrowest, console <= 0 ? Usual : console) - indent - 1;
        var lines = new StringBuilder();
        var column = 0;
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (column > 0)
            {
                var fits = column + 1 + word.Length <= width;
                lines.Append(fits ? ' ' : '\n');
                column = fits ? column + 1 : 0;
            }

            lines.Append(word);
            column += word.Length;
        }

        return lines.ToString();
    }
}
