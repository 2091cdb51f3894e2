using System.CommandLine;
using System.CommandLine.Completions;

namespace KubeFed.Host.Completion;

/// <summary>What may stand at the end of a command line, as whole shell words.</summary>
internal static class Candidates
{
    /// <param name="root">The verbs.</param>
    /// <param name="line">The command line up to the cursor, its first word being the program, by whatever name or path it was called.</param>
    internal static IEnumerable<string> Of(RootCommand root, string line)
    {
        var arguments = line.TrimStart();
        arguments = arguments.IndexOf(' ', StringComparison.Ordinal) is var end and >= 0 ? arguments[end..].TrimStart() : string.Empty;
        var word = arguments[(arguments.LastIndexOf(' ') + 1)..];
        var before = arguments[..^word.Length];

        if (root.Parse(before).UnmatchedTokens.Count > 0)
        {
            // After a word that means nothing, nothing can follow.
            return [];
        }

        // --flag=va is completed as --flag va would be.
        var equals = word.StartsWith("--", StringComparison.Ordinal) ? word.IndexOf('=', StringComparison.Ordinal) : -1;
        var flag = word[..(equals + 1)];
        var value = word[flag.Length..];
        var text = flag.Length == 0 ? arguments : $"{before}{flag[..^1]} {value}";
        return
        [
            .. root.Parse(text).GetCompletions(text.Length)
                .Where(item => item.Label.StartsWith(value, StringComparison.Ordinal) && IsWanted(item.Label, value))
                .DistinctBy(item => item.Label)
                .OrderBy(item => item.Label, StringComparer.Ordinal)
                .Select(item => Line(flag + item.Label, item)),
        ];
    }

    /// <summary>Flags only where one is begun; the spellings of help that nobody completes never.</summary>
    private static bool IsWanted(string label, string value) =>
        label.Length > 0 && label[0] != '/' && (label[0] == '-' ? value.StartsWith('-') && label.StartsWith("--", StringComparison.Ordinal) : true);

    private static string Line(string word, CompletionItem item) => (item.Documentation ?? item.Detail) is { Length: > 0 } text ? $"{word}\t{text}" : word;
}
