using KubeFed.Engine.Federate;

namespace KubeFed.PowerShell.Input;

/// <summary>Reads <c>-Cluster</c> and <c>-ClusterSelector</c>.</summary>
internal static class PlacementInput
{
    /// <returns>Null when neither was given.</returns>
    /// <exception cref="InputException">Both were given, or the selector cannot be read.</exception>
    public static PlacementSpec? Read(IReadOnlyList<string>? clusters, object? selector)
    {
        if (clusters is not null && selector is not null)
        {
            throw new InputException("PlacementAmbiguous", "-Cluster and -ClusterSelector exclude each other: names, where given, win over the selector.", null)
            {
                Remedy = "Give one of the two.",
            };
        }

        if (clusters is not null)
        {
            return clusters.Contains(SelectorInput.Everywhere)
                ? PlacementSpec.All
                : new PlacementSpec { Clusters = [.. clusters.Select(Commands.OverrideTargets.Stored).Distinct(StringComparer.Ordinal)] };
        }

        return selector is null ? null : new PlacementSpec { Selector = SelectorInput.Read(selector, "ClusterSelector") };
    }
}
