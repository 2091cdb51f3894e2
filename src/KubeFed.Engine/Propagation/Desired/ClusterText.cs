using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Desired;

/// <summary>
/// Text that may refer to the cluster it is for: <c>${cluster.name}</c>, <c>${cluster.labels.region}</c>,
/// <c>${cluster.labels['topology.kubernetes.io/zone']}</c>, and for a label that is absent or empty <c>${cluster.labels.tier:-standard}</c>.
/// <c>$${</c> stands for <c>${</c>; any other <c>$</c> is itself.
/// </summary>
/// <remarks>P-65. A default is plain text up to the closing brace; references do not nest.</remarks>
public sealed partial class ClusterText
{
    private const string Opening = "${";
    private const string Escaped = "$${";

    private readonly List<Part> _parts = [];

    private ClusterText()
    {
    }

    /// <summary>The labels it refers to that have no default, in their order.</summary>
    public IEnumerable<string> RequiredLabels => _parts.Where(part => part is { Label: not null, Default: null }).Select(part => part.Label!);

    /// <summary>Reads the text; no text makes it throw.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="parsed">The result.</param>
    /// <param name="error">What is wrong and what to write instead, without a full stop.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ClusterText? parsed, [NotNullWhen(false)] out string? error)
    {
        var result = new ClusterText();
        var literal = new StringBuilder();
        parsed = null;
        error = null;
        for (var at = 0; at < text.Length;)
        {
            var rest = text.AsSpan(at);
            if (rest.StartsWith(Escaped, StringComparison.Ordinal))
            {
                literal.Append(Opening);
                at += Escaped.Length;
            }
            else if (!rest.StartsWith(Opening, StringComparison.Ordinal))
            {
                literal.Append(text[at++]);
            }
            else if (Reference().Match(text, at) is { Success: true } match && IsLabel(match.Groups["label"]))
            {
                result.Add(literal);
                result._parts.Add(new Part(null, Optional(match.Groups["label"]), Optional(match.Groups["default"])));
                at += match.Length;
            }
            else
            {
                error = Explain(text, at);
                return false;
            }
        }

        result.Add(literal);
        parsed = result;
        return true;
    }

    /// <summary>The text for one cluster.</summary>
    /// <param name="cluster">Whose name and labels are put in.</param>
    /// <param name="text">The result.</param>
    /// <param name="missing">The first label the cluster would need and does not have.</param>
    public bool TryExpand(ClusterFacts cluster, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? missing)
    {
        text = null;
        missing = RequiredLabels.FirstOrDefault(label => !cluster.Labels.ContainsKey(label));
        if (missing is not null)
        {
            return false;
        }

        text = string.Concat(_parts.Select(part => part.For(cluster)));
        return true;
    }

    private static bool IsLabel(Group group) => !group.Success || LabelSyntax.CheckKey(group.Value).Count == 0;

    private static string? Optional(Group group) => group.Success ? group.Value : null;

    private static string Explain(string text, int at)
    {
        var end = text.IndexOf('}', at);
        if (end < 0)
        {
            return $"'{text[at..]}' is not closed: write '}}' after the name, or '$${{' for a '${{' that means itself";
        }

        var body = text[(at + Opening.Length)..end];
        const string labels = "cluster.labels.";
        if (body.StartsWith(labels, StringComparison.Ordinal) && LabelSyntax.CheckKey(body[labels.Length..]).Count == 0)
        {
            return $"'${{{body}}}' must be written ${{cluster.labels['{body[labels.Length..]}']}}";
        }

        return $"'${{{body}}}' is not known: write ${{cluster.name}}, ${{cluster.labels.<label>}}, ${{cluster.labels['<label>']}} or "
            + "${cluster.labels.<label>:-<default>}, where the default is plain text, or '$${' for a '${' that means itself";
    }

    private void Add(StringBuilder literal)
    {
        if (literal.Length > 0)
        {
            _parts.Add(new Part(literal.ToString(), null, null));
            literal.Clear();
        }
    }

    [GeneratedRegex(
        @"\G\$\{cluster\.(?:name|labels(?:\.(?<label>[A-Za-z0-9_-]+)|\['(?<label>[^']+)'\])(?::-(?<default>(?:(?!\$\{)[^}])*))?)\}",
        RegexOptions.CultureInvariant)]
    private static partial Regex Reference();

    /// <summary>Literal text; or a label, with or without a default; or, where both are null, the cluster's name.</summary>
    private sealed record Part(string? Literal, string? Label, string? Default)
    {
        public string For(ClusterFacts cluster) => Literal
            ?? (Label is null ? cluster.Name : cluster.Labels.GetValueOrDefault(Label) is { Length: > 0 } value ? value : Default ?? string.Empty);
    }
}
