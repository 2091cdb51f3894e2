using System.Globalization;
using System.Text.RegularExpressions;

namespace KubeFed.PowerShell.Tests.Rules;

/// <summary>The ids, pages and places of the rule book that a text names.</summary>
internal static partial class Citation
{
    private const string Numbered = @"[0-9]+(?:\.[0-9]+)?(?:(?: and | to )[0-9]+(?:\.[0-9]+)?)*";

    /// <summary>Finds what is cited in a text and leads nowhere, one sentence each.</summary>
    /// <param name="text">Source code or a document.</param>
    /// <param name="ids">The ids that exist.</param>
    /// <param name="pages">The pages of the rule book.</param>
    public static IEnumerable<string> Faults(string text, IReadOnlySet<string> ids, IReadOnlyDictionary<string, RulePage> pages) =>
        [.. IdFaults(text, ids), .. NameFaults(text, ids), .. PlaceFaults(OneLine(text), pages)];

    /// <summary>Gives the names of pages in a text that has no other path to them, such as a remark: <c>cli.md</c>.</summary>
    public static IEnumerable<string> PageNames(string text) => PageName().Matches(text).Select(match => match.Value);

    private static IEnumerable<string> IdFaults(string text, IReadOnlySet<string> ids)
    {
        foreach (Match citation in Id().Matches(text))
        {
            var (from, to) = (citation.Groups["from"].Value, citation.Groups["to"].Value);
            to = to.Length > 0 && char.IsAsciiDigit(to[0]) ? from[..2] + to : to;
            foreach (var id in new[] { from, to }.Where(id => id.Length > 0 && !ids.Contains(id)))
            {
                yield return $"{citation.Value}: there is no rule {id}.";
            }

            if (citation.Groups["through"].Success && (from[0] != to[0] || Number(from) >= Number(to)))
            {
                yield return $"{citation.Value} is not a range: its ends must have one letter, the lower number first.";
            }
        }
    }

    private static IEnumerable<string> NameFaults(string text, IReadOnlySet<string> ids) =>
        from method in Method().Matches(text)
        from citation in IdInName().Matches(method.Groups["name"].Value)
        let id = $"{citation.Groups["letter"].Value}-{citation.Groups["number"].Value}"
        where !ids.Contains(id) && !IsStatusCode(citation)
        select $"{method.Groups["name"].Value}: there is no rule {id}.";

    // "A_401_is_retried" speaks of an HTTP status.
    private static bool IsStatusCode(Match citation) =>
        citation.Value.StartsWith("A_", StringComparison.Ordinal) && citation.Groups["number"].Value is ['4' or '5', _, _];

    private static IEnumerable<string> PlaceFaults(string text, IReadOnlyDictionary<string, RulePage> pages)
    {
        foreach (Match citation in Place().Matches(text))
        {
            var page = pages.GetValueOrDefault(citation.Groups["page"].Value);
            var sections = Numbers(citation.Groups["sections"].Value);
            if (page is null)
            {
                continue;
            }

            var last = sections.LastOrDefault();
            var missing = sections.Where(section => !page.HasSection(section)).Select(section => $"section {section}")
                .Concat(Numbers(citation.Groups["examples"].Value).Where(number => !page.HasExample(number)).Select(number => $"example {number}"))
                .Concat(Numbers(citation.Groups["steps"].Value).Where(step => !page.HasStep(last, step)).Select(step => $"step {step} in section {last}"));
            foreach (var place in missing)
            {
                yield return $"{citation.Value.Trim()}: {page.Name} has no {place}.";
            }
        }
    }

    private static string OneLine(string text) => LineBreak().Replace(text, " ");

    private static string[] Numbers(string list) => [.. SectionNumber().Matches(list).Select(match => match.Value)];

    private static int Number(string id) => int.Parse(id[2..], CultureInfo.InvariantCulture);

    // An id, perhaps with the other end of a range: D-30 to D-43, E-52/E-56, T-240..243. Letters or digits that stick to it make it an id that there is not.
    [GeneratedRegex(
        @"(?<![\w-])(?<from>[AECRKDTSP]-[0-9]\w*)"
        + @"(?:(?<through>\s*(?:\bto\b|\.\.|–|/|-)\s*)(?<to>[AECRKDTSP]-[0-9]\w*)|(?<through>\.\.|–|/)(?<to>[0-9]+))?")]
    private static partial Regex Id();

    [GeneratedRegex(@"^\s*public (?:static )?(?:async )?\w+ (?<name>\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Method();

    [GeneratedRegex("(?:^|(?<=_))(?<letter>[AECRKDTSP])_?(?<number>[0-9]+)(?=_|$)")]
    private static partial Regex IdInName();

    [GeneratedRegex(@"(?<![\w./(\[-])[a-z][\w-]*\.md\b")]
    private static partial Regex PageName();

    // Such as cli.md section 2, cli.md section 2 steps 9 to 12, rsp.md 3.2 to 3.5, rsp.md example 57.
    [GeneratedRegex(
        $@"\b(?<page>[a-z]+\.md)\)?,? (?:sections? (?<sections>{Numbered})|(?<sections>(?=[0-9]+\.[0-9]){Numbered})|examples? (?<examples>{Numbered}))"
        + $@"(?:,? (?:execution )?steps? (?<steps>{Numbered}))?")]
    private static partial Regex Place();

    [GeneratedRegex(@"[0-9]+(?:\.[0-9]+)?")]
    private static partial Regex SectionNumber();

    [GeneratedRegex(@"\r?\n\s*(?:///?|#|\*)?\s*")]
    private static partial Regex LineBreak();
}
