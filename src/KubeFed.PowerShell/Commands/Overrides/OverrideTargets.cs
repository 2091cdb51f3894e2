using KubeFed.Engine.Federate;

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
            : [.. clusters!.Distinct(StringComparer.Ordinal).Select(name => new OverrideTarget(name, null))];
    }
}
