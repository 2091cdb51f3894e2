namespace KubeFed.Kubernetes.Tests.Yaml.Kubectl;

/// <summary>Where this reader is stricter than kubectl, which would lose something, or reads what kubectl refuses. Decision 0028 has the reasons.</summary>
internal static class KnownDifferences
{
    public static IReadOnlyDictionary<string, KnownDifference> ByName { get; } = new Dictionary<string, KnownDifference>(StringComparer.Ordinal)
    {
        ["tag: '!!binary /w=='"] = new("are not text in UTF-8"),
        ["tag: '!!binary gA=='"] = new("are not text in UTF-8"),
        ["tag: '!!binary null'"] = new("are not text in UTF-8"),
        ["tag: '!!binary 1234'"] = new("are not text in UTF-8"),
        ["raw: latin1"] = new("is not UTF-8"),
        ["raw: latin1 in comment"] = new("is not UTF-8"),
        ["raw: overlong"] = new("is not UTF-8"),
        ["raw: surrogate in utf8"] = new("is not UTF-8"),
        ["raw: json half surrogate"] = new("half a character"),
        ["structure: 'items: null\\n'"] = new("items with nothing in it"),
        ["structure: 'items: []\\n'"] = new("items with nothing in it"),
        ["raw: typed list nulls"] = new("items[0] is null"),
        ["raw: item with items"] = new("items with nothing in it"),
        ["raw: no apiVersion"] = new("has no apiVersion"),
        ["raw: APIVersion capital"] = new("has no apiVersion"),
        ["raw: bom after comment"] = new(null, Objects: 1),
        ["raw: bom in later after comment"] = new(null, Objects: 2),
        ["raw: nested lists"] = new(null, Objects: 2),
        ["raw: nested typed list"] = new(null, Objects: 1),
    };
}

/// <param name="Fault">A part of the message; null where it is read.</param>
/// <param name="Objects">How many objects are read.</param>
internal sealed record KnownDifference(string? Fault, int Objects = 0);
