using System.Globalization;
using System.Text.RegularExpressions;

namespace KubeFed.PowerShell.Tests.Rules;

/// <summary>One page of docs/kubefed: its anchors, and the sections, steps and examples that can be cited by number.</summary>
internal sealed partial class RulePage
{
    /// <summary>The letters of the ids on each page that holds rules.</summary>
    public static readonly IReadOnlyDictionary<string, string> Letters = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["api.md"] = "A",
        ["engine.md"] = "ES",
        ["controllers.md"] = "C",
        ["rsp.md"] = "R",
        ["cli.md"] = "K",
        ["dns.md"] = "D",
        ["tests.md"] = "T",
        ["pain.md"] = "P",
    };

    private readonly HashSet<string> _places = new(StringComparer.Ordinal);

    public RulePage(string name, string text)
    {
        Name = name;
        foreach (Match tag in AnyAnchor().Matches(text))
        {
            ReadAnchor(tag.Value);
        }

        CompareLabels(text);
        ReadPlaces(text);
    }

    public string Name { get; }

    public List<string> Ids { get; } = [];

    /// <summary>What is wrong with the page's anchors, one sentence each.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>All pages of a folder, by file name; the index is none.</summary>
    public static IReadOnlyDictionary<string, RulePage> ReadFolder(string folder) =>
        Directory.EnumerateFiles(folder, "*.md")
            .Where(file => Path.GetFileName(file) != "README.md")
            .Select(file => new RulePage(Path.GetFileName(file), File.ReadAllText(file)))
            .ToDictionary(page => page.Name, StringComparer.Ordinal);

    public bool HasSection(string number) => _places.Contains($"section {number}");

    public bool HasStep(string? section, string step) => _places.Contains($"section {section} step {step}");

    public bool HasExample(string number) => _places.Contains($"example {number}");

    private void ReadAnchor(string tag)
    {
        var anchor = WellFormedAnchor().Match(tag);
        var name = anchor.Groups["name"].Value;
        if (!anchor.Success)
        {
            Faults.Add($"{Name}: {tag} is neither the anchor of a rule, such as X-1, nor of an example, such as example-1.");
        }
        else if (anchor.Groups["example"].Success)
        {
            Faults.AddRange(_places.Add($"example {anchor.Groups["example"].Value}") ? [] : [$"{Name}: there are two anchors {name}."]);
        }
        else
        {
            var letters = Letters.GetValueOrDefault(Name, "");
            if (!letters.Contains(name[0], StringComparison.Ordinal))
            {
                Faults.Add($"{Name}: {name} is on the wrong page; the letters here are '{letters}'.");
            }

            Ids.Add(name);
        }
    }

    /// <summary>Compares the anchors with what a reader sees behind them: the id, or the range of ids, and then the rule.</summary>
    private void CompareLabels(string text)
    {
        var labelled = Label().Matches(text).SelectMany(label => Between(label.Groups["from"].Value, label.Groups["to"].Value)).ToList();
        Faults.AddRange(Ids.Except(labelled).Select(id => $"{Name}: no rule with its number stands behind the anchor {id}."));
        Faults.AddRange(labelled.Except(Ids).Select(id => $"{Name}: the rule {id} has no anchor."));
    }

    private static IEnumerable<string> Between(string from, string to)
    {
        var first = int.Parse(from[2..], CultureInfo.InvariantCulture);
        var last = to.Length == 0 ? first : int.Parse(to[2..], CultureInfo.InvariantCulture);
        return Enumerable.Range(first, last - first + 1).Select(number => string.Create(CultureInfo.InvariantCulture, $"{from[..2]}{number}"));
    }

    private void ReadPlaces(string text)
    {
        string? section = null;
        foreach (var line in text.Split('\n'))
        {
            if (Heading().Match(line) is { Success: true } heading)
            {
                section = heading.Groups["number"].Success ? heading.Groups["number"].Value : section;
                _places.Add($"section {section}");
            }
            else if (Step().Match(line) is { Success: true } step)
            {
                _places.Add($"section {section} step {step.Groups["number"].Value}");
            }
        }
    }

    [GeneratedRegex(@"<a\b[^>]*>(?:</a>)?")]
    private static partial Regex AnyAnchor();

    [GeneratedRegex("""^<a id="(?<name>[AECRKDTSP]-[1-9][0-9]*|example-(?<example>[1-9][0-9]*))"></a>$""")]
    private static partial Regex WellFormedAnchor();

    [GeneratedRegex(@"^(?:- |  |\|).*?(?:\*\*|</a>)(?<from>[A-Z]-[0-9]+)(?: to (?<to>[A-Z]-[0-9]+))?(?:\*\* | \| )\S", RegexOptions.Multiline)]
    private static partial Regex Label();

    [GeneratedRegex(@"^##+ (?:(?<number>\d+(?:\.\d+)?)\.? )?")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^(?<number>\d+)\. ")]
    private static partial Regex Step();
}
