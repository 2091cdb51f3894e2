using System.Globalization;
using System.Text.RegularExpressions;

namespace KubeFed.PowerShell.Input;

/// <summary>A date among what a script gave, and how it is written.</summary>
/// <param name="Path">The way to it: <c>.data.when</c>.</param>
/// <param name="Text">What is written for it.</param>
/// <remarks>
/// ConvertFrom-Json makes a [datetime] of every text that looks like a date. Fractions down to 100 ns, and whether there was a zone, can be told from it; the
/// offset of the zone and the zeros that ended a fraction can't.
/// </remarks>
internal sealed partial record DateField(string Path, string Text)
{
    /// <summary>As RFC 3339 has it: with the fraction it has, in UTC as Z, local with its offset, and without a zone where it has none.</summary>
    public static string Write(DateTime time) => time.ToString(
        time.Kind switch
        {
            DateTimeKind.Utc => "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
            DateTimeKind.Local => "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
            _ => "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF",
        },
        CultureInfo.InvariantCulture);

    /// <summary>As <see cref="Write(DateTime)"/>, with its offset.</summary>
    public static string Write(DateTimeOffset time) =>
        time.Offset == TimeSpan.Zero ? Write(time.UtcDateTime) : time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);

    /// <summary>False for what a server keeps of an object, which is left out of what is declared.</summary>
    public bool IsDeclared => !KeptByServers().IsMatch(Path);

    /// <summary>What to tell the user.</summary>
    public string Remark(string parameter) =>
        $"-{parameter}{Path} is a date, not text, and is written as '{Text}'. If ConvertFrom-Json read it, its zone offset and the zeros at the end of its "
        + "fraction are lost already, here and in all other dates: use ConvertFrom-Json -DateKind String, or give the JSON text itself.";

    [GeneratedRegex(@"(\A|\])\.(metadata\.(creationTimestamp|deletionTimestamp|managedFields)|status)\b", RegexOptions.CultureInvariant)]
    private static partial Regex KeptByServers();
}
