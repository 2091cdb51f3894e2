using System.Text.RegularExpressions;

namespace KubeFed.Kubernetes.Yaml;

/// <summary>Knows which strings need no quotes.</summary>
internal static partial class YamlPlainText
{
    /// <summary>True when the text, unquoted, reads back as this very string, here and in readers of YAML 1.1.</summary>
    public static bool IsSafe(string text) =>
        Plain().IsMatch(text)
        && !text.StartsWith("...", StringComparison.Ordinal)
        && !text.EndsWith(':')
        && !text.EndsWith(' ')
        && !text.Contains(": ", StringComparison.Ordinal)
        && !text.Contains(" #", StringComparison.Ordinal)
        && !OldWord().IsMatch(text)
        && !LooksLikeANumber().IsMatch(text)
        && YamlScalar.Plain(text) is string;

    [GeneratedRegex(@"\A[A-Za-z0-9_./$][A-Za-z0-9_./$@=:;+,()~^ -]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();

    [GeneratedRegex(@"\A(y|n|yes|no|on|off|true|false|null|\.inf|\.nan)\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex OldWord();

    /// <summary>Dates, times and base-60 numbers of YAML 1.1 among them.</summary>
    [GeneratedRegex(@"\A[0-9.][0-9._:eExXoObBa-fA-F+TZtz -]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex LooksLikeANumber();
}
