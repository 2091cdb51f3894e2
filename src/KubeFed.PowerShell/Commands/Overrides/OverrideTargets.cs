using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;

namespace KubeFed.PowerShell.Commands;

/// <summary>Reads <c>-Cluster</c> and <c>-ClusterSelector</c> where they say whom an override is for.</summary>
internal static class OverrideTargets
{
    /// <exception cref="InputException">Both were given, or neither, or the selector cannot be read.</exception>
    public static IReadOnlyList<OverrideTarget> Read(string[]? clusters, object? selector)
    {
        if (clusters is null == selector is null)
        {
            var id = clusters is null ? "OverrideTargetRequired" : "OverrideTargetAmbiguous";
            var message = clusters is null
                ? "Say whose override it is: neither -Cluster nor -ClusterSelector is given."
                : "-Cluster and -ClusterSelector exclude each other: an override is for names or for labels.";
            throw new InputException(id, message, null)
            {
                Remedy = "Give one: -Cluster name,name or -ClusterSelector 'label=value'; -ClusterSelector * means every cluster.",
            };
        }

        return selector is not null
            ? [new OverrideTarget(null, SelectorInput.Read(selector, "ClusterSelector"))]
            : [.. clusters!.Select(Stored).Distinct(StringComparer.Ordinal).Select(name => new OverrideTarget(name, null))];
    }

    /// <summary>Whether a cluster can have this name, as placements want it, in whatever case it was typed; what is stored already may have any.</summary>
    public static bool IsName(string name) => LabelSyntax.CheckSubdomain(Stored(name)).Count == 0;

    /// <summary>The name as a cluster has it: in lower case.</summary>
    public static string Stored(string name) => new NamePattern(name).Text;

    /// <summary>The error for an override of a cluster that can't be.</summary>
    public static InputException NoName(string name, string parameter) =>
        new("InvalidOverride", $"-{parameter}: '{Excerpt.Of(name)}' can't be the name of a cluster.", name)
        {
            Remedy = "Name registered clusters, without wildcards; Get-KubeFedCluster lists them. For several, select by label: "
                + "-ClusterSelector 'label=value', or * for every cluster.",
        };
}
