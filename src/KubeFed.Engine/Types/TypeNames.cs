using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Types;

/// <summary>How the names of a federated type follow from those of its target.</summary>
/// <remarks>A-30 to .</remarks>
public static class TypeNames
{
    /// <summary>The plural KubeFed guesses for a kind; the rule for y also holds after a vowel, as upstream's does.</summary>
    public static string Pluralise(string kind)
    {
        var lower = kind.ToLowerInvariant();
        if (lower.Length == 0)
        {
            return lower;
        }

        if (lower[^1] is 's' or 'x' or 'z' or 'o' || lower.EndsWith("ch", StringComparison.Ordinal) || lower.EndsWith("sh", StringComparison.Ordinal))
        {
            return lower + "es";
        }

        return lower[^1] == 'y' ? lower[..^1] + "ies" : lower + "s";
    }

    /// <summary>The federated type of a target: <c>FederatedDeployment</c>, <c>federateddeployments</c>.</summary>
    public static ApiResource Federated(ApiResource target, string group, string version) => new(
        group,
        version,
        KubeFedNames.FederatedPrefix + target.Kind,
        "federated" + target.Plural,
        Namespaced: target.Namespaced || IsNamespace(target))
    {
        ShortNames = [.. target.ShortNames.Select(name => "f" + name)],
    };

    /// <summary>The name of the generated definition, <c>plural.group</c> (A-90); equal plurals of different groups collide .</summary>
    public static string DefinitionName(ApiResource federated) => $"{federated.Plural}.{federated.Group}";

    public static bool IsNamespace(ApiResource target) => target is { Group: "", Plural: KubeFedNames.NamespacesType };
}
