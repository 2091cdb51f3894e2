using System.Text.RegularExpressions;

namespace KubeFed.Kubernetes.Tests.Docs;

/// <summary>SECURITY.md proves each of its lines by a test: the test is there, under that name.</summary>
public partial class SecurityPageTests
{
    [Fact]
    public void Every_test_that_the_security_page_names_exists()
    {
        var root = Root();
        var named = Names().Matches(File.ReadAllText(Path.Combine(root, "SECURITY.md"))).Select(match => match.Groups[1].Value).Distinct().ToList();
        var tests = string.Join('\n', Directory.EnumerateFiles(Path.Combine(root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText));

        Assert.True(named.Count > 20, $"only {named.Count} tests are named");
        Assert.DoesNotContain(named, name => !Regex.IsMatch(tests, $@"\b{name}\("));
    }

    [Fact]
    public void Every_line_of_its_tables_names_one()
    {
        var rows = File.ReadAllLines(Path.Combine(Root(), "SECURITY.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal) && line is not ("| Can | |" or "| Can't | |"));

        Assert.DoesNotContain(rows, row => !Names().IsMatch(row));
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "KubeFed.PowerShell.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run below the solution.");
        }

        return folder.FullName;
    }

    /// <summary>A test's name has underscores between its words; fields and annotations have none.</summary>
    [GeneratedRegex("`([A-Z][A-Za-z0-9]*_[A-Za-z0-9_]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Names();
}
