using System.Text.Json.Nodes;

namespace KubeFed.Kubernetes.Objects;

/// <summary>Chooses objects by their labels; all requirements must hold.</summary>
public sealed class LabelSelector
{
    private LabelSelector(IEnumerable<LabelRequirement> requirements) =>
        Requirements = [.. requirements.OrderBy(requirement => requirement.Key, StringComparer.Ordinal)];

    /// <summary>Matches every object: the empty selector.</summary>
    public static LabelSelector Everything { get; } = new([]);

    /// <summary>Matches no object: what an absent <c>metav1.LabelSelector</c> means.</summary>
    public static LabelSelector Nothing { get; } = new([]) { IsNothing = true };

    /// <summary>By key, ordinal.</summary>
    public IReadOnlyList<LabelRequirement> Requirements { get; }

    /// <summary>True when every object matches.</summary>
    public bool IsEverything => Requirements.Count == 0 && !IsNothing;

    /// <summary>True when no object can match; such a selector has no text form.</summary>
    public bool IsNothing { get; private init; }

    /// <summary>A selector of requirements made elsewhere; they are taken as valid.</summary>
    public static LabelSelector Of(params IEnumerable<LabelRequirement> requirements) => new(requirements);

    /// <summary>Reads the API's text form: <c>a=b,c in (d,e),!f,g!=h,i notin (j),k,l&gt;1,m&lt;2</c>. Empty text matches everything.</summary>
    /// <exception cref="SelectorException">The text is not a selector, or a key or value breaks the rules for labels.</exception>
    public static LabelSelector Parse(string text) => new(new LabelSelectorParser(text).Parse());

    /// <summary>Reads a <c>metav1.LabelSelector</c>: <c>{matchLabels: {}, matchExpressions: [{key, operator, values}]}</c>. Null matches nothing,
    /// the empty object everything.</summary>
    /// <param name="selector">The selector as JSON.</param>
    /// <param name="path">The field's path in its object, for error messages: <c>spec.placement.clusterSelector</c>.</param>
    /// <exception cref="SelectorException">Lists every fault in the API server's wording.</exception>
    public static LabelSelector FromJson(JsonNode? selector, string path = "selector") =>
        selector is null ? Nothing : new(new LabelSelectorReader(path).Read(selector));

    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        if (IsNothing)
        {
            return false;
        }

        foreach (var requirement in Requirements)
        {
            if (!requirement.Matches(labels))
            {
                return false;
            }
        }

        return true;
    }

    public bool Matches(KubeObject value) => Matches(value.Labels);

    /// <summary>The API's text form; empty for <see cref="Everything"/>.</summary>
    public override string ToString() => IsNothing ? "<nothing>" : string.Join(',', Requirements);
}
