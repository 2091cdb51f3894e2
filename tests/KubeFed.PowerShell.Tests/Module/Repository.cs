using System.Reflection;
using System.Text.RegularExpressions;

namespace KubeFed.PowerShell.Tests.Module;

/// <summary>Finds the repository this test was built in, and what its build staged.</summary>
internal static partial class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Manifest => Path.Combine(Root, "KubeFed.psd1");

    public static string Stage => Path.Combine(Root, "out", "KubeFed");

    public static Assembly Cmdlets => typeof(KubeFed.Session).Assembly;

    /// <summary>The strings of an array in a manifest: <c>Key = @('a' 'b')</c>.</summary>
    public static IReadOnlyList<string> ManifestArray(string manifest, string key)
    {
        var text = File.ReadAllText(manifest);
        var array = Regex.Match(text, $@"^\s*{Regex.Escape(key)}\s*=\s*@\((?<items>[^)]*)\)", RegexOptions.Multiline);
        Assert.True(array.Success, $"{manifest} has no {key} = @(...)");
        return [.. Quoted().Matches(array.Groups["items"].Value).Select(match => match.Groups["text"].Value)];
    }

    public static string ManifestText(string manifest, string key)
    {
        var value = Regex.Match(File.ReadAllText(manifest), $@"^\s*{Regex.Escape(key)}\s*=\s*'(?<text>[^']*)'", RegexOptions.Multiline);
        Assert.True(value.Success, $"{manifest} has no {key} = '...'");
        return value.Groups["text"].Value;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "KubeFed.psd1")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds KubeFed.psd1.");
    }

    [GeneratedRegex("'(?<text>[^']*)'")]
    private static partial Regex Quoted();
}
