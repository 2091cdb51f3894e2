namespace KubeFed.PowerShell.Tests.Rules;

/// <summary>What counts as a citation, and as a fault of one.</summary>
/// <remarks>A tilde stands for the hyphen and a plus for the dot, so that this file cites nothing itself.</remarks>
public sealed class CitationTests
{
    private const string Page = """
        ## 1. Flags
        - <a id="K~1"></a>**K~1** It is.

        ## 2. join

        1. First.
        2. Second.

        ### 2.1 More
        <a id="example-7"></a>
        """;

    private static readonly Dictionary<string, RulePage> s_pages = new(StringComparer.Ordinal) { ["cli.md"] = new RulePage("cli.md", Book(Page)) };

    private static readonly HashSet<string> s_ids = [.. new[] { "E~52", "E~56", "K~1" }.Select(Book)];

    [Theory]
    [InlineData("E~52")]
    [InlineData("(E~52), E~56.")]
    [InlineData("E~52/E~56, E~52 to E~56, E~52..56, E~52-E~56")]
    [InlineData("ME~99, X-E~99, e~99, M~99")]
    [InlineData("cli+md section 2, steps 1 and 2")]
    [InlineData("[cli+md](cli+md) section 2.1")]
    [InlineData("cli+md sections 1 to 2; cli+md 2.1; cli+md example 7; cli+md, introduction")]
    [InlineData("    public void A_401_is_asked_again()")]
    [InlineData("    public async Task E_52_holds_E56()")]
    public void What_leads_to_a_rule_is_no_fault(string text) => Assert.Empty(Faults(text));

    [Theory]
    [InlineData("E~53", "E~53: there is no rule E~53.")]
    [InlineData("E~052", "E~052: there is no rule E~052.")]
    [InlineData("E~52a", "E~52a: there is no rule E~52a.")]
    [InlineData("E~52/E~57", "E~52/E~57: there is no rule E~57.")]
    [InlineData("E~52 to E~57", "E~52 to E~57: there is no rule E~57.")]
    [InlineData("E~52..57", "E~52..57: there is no rule E~57.")]
    [InlineData("E~51 to E~56", "E~51 to E~56: there is no rule E~51.")]
    [InlineData("E~56 to E~52", "E~56 to E~52 is not a range: its ends must have one letter, the lower number first.")]
    [InlineData("K~1 to E~56", "K~1 to E~56 is not a range: its ends must have one letter, the lower number first.")]
    [InlineData("cli+md section 3", "cli+md section 3: cli+md has no section 3.")]
    [InlineData("cli+md section 2\n/// steps 1 to 3", "cli+md section 2 steps 1 to 3: cli+md has no step 3 in section 2.")]
    [InlineData("cli+md 2.2", "cli+md 2.2: cli+md has no section 2.2.")]
    [InlineData("cli+md example 8", "cli+md example 8: cli+md has no example 8.")]
    [InlineData("    public void E_53_holds()", "E_53_holds: there is no rule E~53.")]
    [InlineData("    public Task It_holds_K2()", "It_holds_K2: there is no rule K~2.")]
    public void What_leads_nowhere_is_named(string text, string fault) => Assert.Equal([Book(fault)], Faults(text));

    [Fact]
    public void Pages_are_named_without_their_path() =>
        Assert.Equal(
            [Book("cli+md"), Book("no~such+md")],
            Citation.PageNames(Book("cli+md section 2, no~such+md, docs/other+md, [text](link+md), README+md")));

    [Theory]
    [InlineData("- <a id=\"K~1\"></a>**K~1** It is.\n- <a id=\"K~2\"></a>**K~2** It was.")]
    [InlineData("- <a id=\"K~1\"></a> <a id=\"K~2\"></a>\n  **K~1 to K~2** They are.")]
    [InlineData("| <a id=\"K~1\"></a>K~1 | It is. |\n| <a id=\"example-1\"></a>1 | 2 |")]
    public void Anchors_with_their_rules_are_no_fault(string page) => Assert.Empty(new RulePage("cli.md", Book(page)).Faults);

    [Theory]
    [InlineData("- <a name=\"K~1\"></a>It is.", "is neither the anchor of a rule")]
    [InlineData("- <a id=\"K~01\"></a>**K~01** It is.", "is neither the anchor of a rule")]
    [InlineData("- <a id=\"K1\"></a>It is.", "is neither the anchor of a rule")]
    [InlineData("- <a id=\"K~1\">**K~1** It is.", "is neither the anchor of a rule")]
    [InlineData("- <a id=\"E~1\"></a>**E~1** It is.", "E~1 is on the wrong page; the letters here are 'K'.")]
    [InlineData("- <a id=\"K~1\"></a>", "no rule with its number stands behind the anchor K~1.")]
    [InlineData("- <a id=\"K~1\"></a>**K~2** It is.", "the rule K~2 has no anchor.")]
    [InlineData("- <a id=\"K~1\"></a>\n  **K~1 to K~2** They are.", "the rule K~2 has no anchor.")]
    [InlineData("| <a id=\"example-1\"></a>1 |\n| <a id=\"example-1\"></a>1 |", "there are two anchors example-1.")]
    public void Anchors_without_their_rules_are_named(string page, string fault) =>
        Assert.Contains(new RulePage("cli.md", Book(page)).Faults, found => found.Contains(Book(fault), StringComparison.Ordinal));

    private static IEnumerable<string> Faults(string text) => Citation.Faults(Book(text), s_ids, s_pages);

    private static string Book(string text) => text.Replace('~', '-').Replace('+', '.');
}
