using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Engine.Types;

/// <summary>
/// Finds the enabled type a user's word means. The config name and a <c>plural.group</c> spelling are unique; plurals, kinds and short names may be
/// shared, and then the core group wins, as it does for kubectl (K-32). Case never matters.
/// </summary>
internal sealed class TypeLookup(IReadOnlyList<FederatedType> types)
{
    /// <summary>Resources as discovery describes them, which is where short names come from; empty while the host was not asked.</summary>
    public IReadOnlyList<ApiResource> Discovered { get; init; } = [];

    /// <summary>Null when nothing matches.</summary>
    /// <exception cref="FederationException"><c>TypeAmbiguous</c>.</exception>
    public FederatedType? Find(string word)
    {
        foreach (var matches in new Func<FederatedType, bool>[] { type => IsQualifiedName(type, word), type => IsLooseName(type, word) })
        {
            var found = types.Where(matches).ToList();
            var preferred = found.Count > 1 ? found.Where(type => type.Target.Group.Length == 0).ToList() : found;
            if (preferred.Count == 1)
            {
                return preferred[0];
            }

            if (found.Count > 1)
            {
                throw Ambiguous(word, found);
            }
        }

        return null;
    }

    public FederationException NotEnabled(string word, Exception? discoveryError)
    {
        var served = Discovered.FirstOrDefault(resource => NamesOf(resource).Append(resource.QualifiedName).Contains(word, StringComparer.OrdinalIgnoreCase));
        var near = NearMatch.Of(word, types.SelectMany(type => new[] { type.Name, type.Target.Plural, type.Target.Kind }));
        var remedy = (served, near.Count, types.Count) switch
        {
            (not null, _, _) => $"Run Enable-KubeFedType {served.QualifiedName}.",
            (_, > 0, _) => $"Did you mean {string.Join(" or ", near)}? Otherwise run Enable-KubeFedType with the type's name.",
            (_, _, 0) => "No type is enabled yet. Run Enable-KubeFedType with the type's name, such as deployments.apps.",
            _ => $"Enabled are {string.Join(", ", types.Select(type => type.Name))}. Run Enable-KubeFedType with the type's name to add another.",
        };
        return new FederationException("TypeNotEnabled", FederationProblem.NotFound, $"The type \"{word}\" is not enabled for federation.", discoveryError)
        {
            Remedy = remedy,
            Target = word,
        };
    }

    private static FederationException Ambiguous(string word, List<FederatedType> found) => new(
        "TypeAmbiguous",
        FederationProblem.Invalid,
        $"\"{word}\" names {found.Count} enabled types: {string.Join(", ", found.Select(type => type.Name))}.")
    {
        Remedy = $"Name one of them in full, such as {found[0].Name}.",
        Target = word,
    };

    private static bool IsQualifiedName(FederatedType type, string word) =>
        Same(type.Name, word) || Same(type.Target.QualifiedName, word) || Same(type.Federated.QualifiedName, word);

    private bool IsLooseName(FederatedType type, string word) =>
        NamesOf(type.Target).Concat(NamesOf(type.Federated))
            .Concat(Discovered.Where(resource => SameKind(resource, type.Target) || SameKind(resource, type.Federated)).SelectMany(NamesOf))
            .Contains(word, StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<string> NamesOf(ApiResource resource) =>
        new[] { resource.Plural, resource.Kind, resource.Singular }.Concat(resource.ShortNames).Where(name => name.Length > 0);

    /// <summary>Versions may differ: short names are the same in each.</summary>
    private static bool SameKind(ApiResource left, ApiResource right) => left.Group == right.Group && left.Plural == right.Plural;

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
