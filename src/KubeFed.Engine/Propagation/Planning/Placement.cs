using System.Collections.ObjectModel;
using KubeFed.Engine.Api;

namespace KubeFed.Engine.Propagation.Planning;

/// <summary>Why a cluster is in or out.</summary>
public enum PlacementVerdict
{
    /// <summary>Named in <c>spec.placement.clusters</c>.</summary>
    Listed,

    /// <summary>Not among the names of <c>spec.placement.clusters</c>.</summary>
    NotListed,

    /// <summary>Its labels match <c>spec.placement.clusterSelector</c>.</summary>
    SelectorMatches,

    /// <summary>Its labels do not match the selector.</summary>
    SelectorDiffers,

    /// <summary>The resource has neither names nor selector.</summary>
    NoPlacement,

    /// <summary>The resource selects it, the namespace it lives in does not.</summary>
    NamespaceElsewhere,

    /// <summary>The namespace the resource lives in is not federated.</summary>
    NamespaceNotFederated,

    /// <summary>Named, but no such cluster is registered (P-34).</summary>
    NotRegistered,
}

/// <summary>What placement says of one cluster.</summary>
public sealed record ClusterPlacement(string Cluster, PlacementVerdict Verdict)
{
    /// <summary>The cluster's own; empty for one that is not registered.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    public bool Selected => Verdict is PlacementVerdict.Listed or PlacementVerdict.SelectorMatches;

    /// <summary>The verdict in words.</summary>
    public string Explanation => Verdict switch
    {
        PlacementVerdict.Listed => "spec.placement.clusters names it",
        PlacementVerdict.NotListed => "spec.placement.clusters does not name it",
        PlacementVerdict.SelectorMatches => "its labels match spec.placement.clusterSelector",
        PlacementVerdict.SelectorDiffers => "its labels do not match spec.placement.clusterSelector",
        PlacementVerdict.NoPlacement => "spec.placement has neither clusters nor a clusterSelector",
        PlacementVerdict.NamespaceElsewhere => "the resource selects it, but the FederatedNamespace it lives in does not",
        PlacementVerdict.NamespaceNotFederated => "the namespace it lives in is not federated",
        PlacementVerdict.NotRegistered => $"spec.placement.clusters names {Cluster}, but no such cluster is registered; join it, or take the name out",
        _ => throw new InvalidOperationException($"{Verdict} is not a verdict."),
    };
}

/// <summary>Which clusters one federated resource is to be in, and why.</summary>
/// <remarks>E-40 to E-48, P-34. Readiness plays no role (E-44).</remarks>
public sealed record Placement
{
    /// <summary>Every registered cluster and every unregistered name, by name, ordinal.</summary>
    public required IReadOnlyList<ClusterPlacement> Clusters { get; init; }

    /// <summary><see cref="AggregateReason.ComputePlacementFailed"/>, <see cref="AggregateReason.NamespaceNotFederated"/> or none.</summary>
    public AggregateReason Failure { get; init; }

    /// <summary>The failure in words; empty when there is none.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary>False when placement can't be known: then nothing may be created, changed or removed (S-9).</summary>
    public bool IsKnown => Failure != AggregateReason.ComputePlacementFailed;

    public IEnumerable<string> Selected => Clusters.Where(c => c.Selected).Select(c => c.Cluster);

    /// <summary>Names in the placement that no cluster is registered under.</summary>
    public IEnumerable<string> Unknown => Clusters.Where(c => c.Verdict == PlacementVerdict.NotRegistered).Select(c => c.Cluster);

    public bool Selects(string cluster) => Clusters.Any(c => c.Cluster == cluster && c.Selected);

    /// <summary>Evaluates the placement of a resource within its namespace's.</summary>
    /// <param name="resource">The federated resource.</param>
    /// <param name="scope">What its namespace allows.</param>
    /// <param name="clusters">All registered clusters, ready or not.</param>
    public static Placement Compute(FederatedResource resource, NamespaceScope scope, IReadOnlyList<MemberCluster> clusters)
    {
        var own = PlacementRule.Read(resource.Object);
        if (own.Error is not null)
        {
            return Unusable(own.Error);
        }

        if (scope.Rule?.Error is { } namespaceError)
        {
            return Unusable($"the FederatedNamespace {resource.Key.Namespace}/{resource.Key.Namespace} can't be evaluated: {namespaceError}");
        }

        var verdicts = new List<ClusterPlacement>(clusters.Count);
        foreach (var cluster in clusters)
        {
            verdicts.Add(new ClusterPlacement(cluster.Name, Narrow(own.Judge(cluster), scope, cluster)) { Labels = cluster.Labels });
        }

        if (own.Names.Count > 0)
        {
            var registered = clusters.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
            verdicts.AddRange(own.Names.Where(n => !registered.Contains(n)).Select(n => new ClusterPlacement(n, PlacementVerdict.NotRegistered)));
        }

        verdicts.Sort((left, right) => string.CompareOrdinal(left.Cluster, right.Cluster));
        return new Placement
        {
            Clusters = verdicts,
            Failure = scope.Missing is null ? AggregateReason.None : AggregateReason.NamespaceNotFederated,
            Message = scope.Missing ?? string.Empty,
        };
    }

    private static PlacementVerdict Narrow(PlacementVerdict own, NamespaceScope scope, MemberCluster cluster)
    {
        if (own is not (PlacementVerdict.Listed or PlacementVerdict.SelectorMatches))
        {
            return own;
        }

        if (scope.Missing is not null)
        {
            return PlacementVerdict.NamespaceNotFederated;
        }

        return scope.Rule?.Judge(cluster) is null or PlacementVerdict.Listed or PlacementVerdict.SelectorMatches ? own : PlacementVerdict.NamespaceElsewhere;
    }

    private static Placement Unusable(string why) => new() { Clusters = [], Failure = AggregateReason.ComputePlacementFailed, Message = why };
}
