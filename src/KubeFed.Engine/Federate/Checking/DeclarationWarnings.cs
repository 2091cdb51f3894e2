using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Propagation.Recording;

namespace KubeFed.Engine.Federate.Checking;

/// <summary>
/// What is valid in a declaration and probably not meant, seen beside the registered clusters; told where it is declared, for a sync may come much later.
/// Pure.
/// </summary>
/// <remarks>P-34, P-60, E-76.</remarks>
public static class DeclarationWarnings
{
    /// <summary>Of a placement: names that no cluster has, or a selector that meets none.</summary>
    /// <param name="resource">What is declared.</param>
    /// <param name="clusters">All registered clusters.</param>
    /// <returns>Sentences.</returns>
    public static IEnumerable<string> OfPlacement(FederatedResource resource, IReadOnlyList<MemberCluster> clusters)
    {
        if (resource.PlacementClusters is { } names)
        {
            return names.Where(name => clusters.All(cluster => cluster.Name != name)).Select(name =>
                $"The placement names {name}, and no cluster is registered under this name{Known(clusters)}");
        }

        // Of a selector without clusters to select from, nothing can be told yet.
        var rule = PlacementRule.Read(resource.Object);
        return resource.PlacementSelector is null
            || rule.Error is not null
            || clusters.Count == 0
            || clusters.Any(cluster => rule.Judge(cluster) == PlacementVerdict.SelectorMatches)
            ? []
            : [$"No registered cluster matches the selector of the placement, so {Effect(resource)}{Known(clusters)}"];
    }

    /// <summary>Of overrides: targets that mean no cluster, and values that a cluster can't make.</summary>
    /// <param name="resource">What is declared.</param>
    /// <param name="targets">Whose overrides are new.</param>
    /// <param name="clusters">All registered clusters.</param>
    /// <returns>Sentences.</returns>
    public static IEnumerable<string> OfOverrides(FederatedResource resource, IEnumerable<OverrideTarget> targets, IReadOnlyList<MemberCluster> clusters)
    {
        var meant = targets.Distinct().ToList();
        foreach (var target in meant.Where(target => !clusters.Any(target.Concerns)))
        {
            yield return $"No registered cluster is meant by {target}{Known(clusters)}";
        }

        var overrides = OverrideSet.Of(resource);
        foreach (var cluster in clusters.Where(cluster => meant.Exists(target => target.Concerns(cluster))))
        {
            if (overrides.For(ClusterFacts.Of(cluster)).Error is { } error)
            {
                yield return $"{cluster.Name} will not be updated: {error}";
            }
        }
    }

    /// <summary>What has never been synchronised has nothing to lose.</summary>
    private static string Effect(FederatedResource resource) =>
        PropagationStatus.Read(resource.Object).Clusters.Count > 0 ? "copies there are will be removed" : "it goes nowhere";

    private static string Known(IReadOnlyList<MemberCluster> clusters) =>
        clusters.Count == 0 ? "; none is registered yet." : "; Get-KubeFedCluster lists names and labels.";
}
