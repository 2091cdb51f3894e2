using System.Text.RegularExpressions;
using KubeFed.PowerShell.Tests.Module;

namespace KubeFed.PowerShell.Tests.Rules;

/// <summary>The rule book in docs/kubefed, and everything that cites it.</summary>
public sealed partial class FactIdsTests
{
    private static readonly string[] s_roots = ["src", "tests", "docs", "examples", "en-US"];

    private static readonly string[] s_texts =
        [".cs", ".csproj", ".json", ".md", ".props", ".ps1", ".ps1xml", ".psd1", ".psm1", ".sh", ".targets", ".txt", ".xml", ".yaml", ".yml"];

    private static readonly IReadOnlyDictionary<string, RulePage> s_pages = RulePage.ReadFolder(Path.Combine(Repository.Root, "docs", "kubefed"));

    private static readonly HashSet<string> s_ids = [.. s_pages.Values.SelectMany(page => page.Ids)];

    public static TheoryData<string> Pages => [.. s_pages.Keys.Order(StringComparer.Ordinal)];

    [Fact]
    public void The_index_lists_every_page_and_every_page_that_holds_rules_is_there()
    {
        var index = File.ReadAllText(Path.Combine(Repository.Root, "docs", "kubefed", "README.md"));

        Assert.All(s_pages.Keys, page => Assert.Contains($"[{page}]({page})", index, StringComparison.Ordinal));
        Assert.All(RulePage.Letters.Keys, page => Assert.NotEmpty(s_pages[page].Ids));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_anchor_is_an_id_of_its_page_with_its_rule_behind_it(string page) => None(s_pages[page].Faults);

    [Fact]
    public void No_id_is_given_twice() =>
        None(s_pages.Values.SelectMany(page => page.Ids).GroupBy(id => id, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => same.Key));

    [Fact]
    public void Every_id_section_step_and_example_that_is_cited_leads_to_a_rule() =>
        None(Texts().SelectMany(file => Citation.Faults(File.ReadAllText(file), s_ids, s_pages).Select(fault => $"{Named(file)}: {fault}")));

    [Fact]
    public void Every_page_that_is_named_is_in_the_repository()
    {
        var pages = Texts().Where(file => file.EndsWith(".md", StringComparison.Ordinal)).Select(Path.GetFileName).ToHashSet(StringComparer.Ordinal);

        None(
            from file in Texts()
            from page in Citation.PageNames(File.ReadAllText(file))
            where !pages.Contains(page)
            select $"{Named(file)}: {page}");
    }

    [Fact]
    public void Every_link_from_one_page_to_another_leads_to_a_file_and_to_an_anchor_if_it_names_an_id() =>
        None(
            from file in Texts()
            where file.EndsWith(".md", StringComparison.Ordinal)
            from link in Link().Matches(File.ReadAllText(file))
            let target = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, link.Groups["path"].Value))
            let id = link.Groups["id"]
            where !File.Exists(target) || (id.Success && s_pages.GetValueOrDefault(Path.GetFileName(target))?.Ids.Contains(id.Value) != true)
            select $"{Named(file)}: {link.Value}");

    /// <summary>Fails with every fault on a line of its own; an assertion about a collection would show five of them, cut short.</summary>
    private static void None(IEnumerable<string> faults)
    {
        var lines = string.Join(Environment.NewLine, faults);
        Assert.True(lines.Length == 0, lines);
    }

    private static IEnumerable<string> Texts() =>
        s_roots.SelectMany(root => Directory.EnumerateFiles(Path.Combine(Repository.Root, root), "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Repository.Root, "*.md"))
            .Where(file => s_texts.Contains(Path.GetExtension(file)) && !Built().IsMatch(Named(file)));

    private static string Named(string file) => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/');

    [GeneratedRegex("(^|/)(bin|obj|TestResults|BenchmarkDotNet.Artifacts)/")]
    private static partial Regex Built();

    [GeneratedRegex(@"\]\((?!\w+:)(?<path>[^)#\s]+\.md)(?:#(?:(?<id>[A-Z]-[0-9]+)|[^)]*))?\)")]
    private static partial Regex Link();
}
