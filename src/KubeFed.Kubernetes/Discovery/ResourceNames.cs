using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Kubernetes.Discovery;

/// <summary>Finds the resource a person means by a name.</summary>
/// <remarks>K-30 to K-33.</remarks>
internal static class ResourceNames
{
    /// <summary>All that the name fits; a match in the core group wins at once (K-32).</summary>
    public static IReadOnlyList<ApiResource> Match(ServedApis served, string name, string? version)
    {
        var wanted = name.Trim().ToLowerInvariant();
        var matches = Candidates(served, version).Where(resource => Fits(resource, wanted)).ToList();
        return matches.Find(resource => resource.Group.Length == 0) is { } core ? [core] : matches;
    }

    /// <exception cref="ApiLookupException">There is not exactly one; in kubefedctl's words, with what could have been meant.</exception>
    public static ApiResource Single(IReadOnlyList<ApiResource> matches, ServedApis served, string name, string? version)
    {
        switch (matches)
        {
            case [var only]:
                return only;
            case []:
                var near = NearMatch.Of(name.Trim().ToLowerInvariant(), Candidates(served, version).SelectMany(Spellings));
                throw new ApiLookupException($"Unable to find api resource named \"{name}\".", near)
                {
                    Remedy = near.Count > 0 ? $"Did you mean {string.Join(" or ", near)}?"
                        : served.Failures.Count > 0 ? $"Parts of the API could not be read: {string.Join("; ", served.Failures)}"
                        : "List what the server serves: kubectl api-resources.",
                };
            default:
                string[] names = [.. matches.Select(resource => resource.QualifiedName).Distinct(StringComparer.Ordinal)];
                throw new ApiLookupException(
                    $"Multiple resources are matched by \"{name}\": {string.Join(", ", names)}. A group-qualified plural name must be provided.", names)
                {
                    Remedy = $"Use one of {string.Join(", ", names)}.",
                };
        }
    }

    /// <summary>With a version every served one of that name counts (K-31), without only what the server prefers (K-30).</summary>
    private static IEnumerable<ApiResource> Candidates(ServedApis served, string? version) =>
        string.IsNullOrEmpty(version) ? served.Preferred : served.All.Where(resource => resource.Version == version);

    private static bool Fits(ApiResource resource, string wanted) =>
        wanted == resource.Plural
        || (resource.Singular.Length > 0 && wanted == resource.Singular)
        || string.Equals(wanted, resource.Kind, StringComparison.OrdinalIgnoreCase)
        || (resource.Group.Length > 0 && wanted == resource.QualifiedName)
        || resource.ShortNames.Contains(wanted, StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<string> Spellings(ApiResource resource) => [resource.QualifiedName, resource.Plural];
}
