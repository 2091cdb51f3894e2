using System.Text.RegularExpressions;

namespace KubeFed.Host.Tests.Quickstart;

/// <summary>The transcript in README.md, and the form in which two runs compare.</summary>
internal static partial class Transcript
{
    internal static string ReadmePath
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "KubeFed.PowerShell.sln")))
            {
                folder = folder.Parent;
            }

            var root = folder?.FullName ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not below the repository.");
            return Path.Combine(root, "README.md");
        }
    }

    internal static string OfReadme() =>
        Block().Match(File.ReadAllText(ReadmePath)) is { Success: true } block
            ? block.Groups["text"].Value
            : throw new InvalidOperationException("README.md has no transcript between its two comments.");

    /// <summary>Without what differs from run to run: trailing blanks and how long it took.</summary>
    internal static IReadOnlyList<string> Comparable(string text) =>
        [.. text.ReplaceLineEndings("\n").Trim('\n').Split('\n').Select(line => Duration().Replace(line.TrimEnd(), "_ s"))];

    [GeneratedRegex(@"<!-- transcript: kubefed quickstart -->\s*```text\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\b\d+\.\d s\b")]
    private static partial Regex Duration();
}
