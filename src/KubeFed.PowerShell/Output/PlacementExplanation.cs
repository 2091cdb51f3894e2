namespace KubeFed;

/// <summary>Why a resource goes to a cluster, or does not.</summary>
public sealed class PlacementExplanation
{
    /// <summary>The resource's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace; null for a resource that has none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The type's name: <c>configmaps</c>, <c>deployments.apps</c>.</summary>
    public required string Type { get; init; }

    /// <summary>A registered cluster, or a name in the placement that no cluster is registered under.</summary>
    public required string Cluster { get; init; }

    /// <summary>Whether the resource goes there.</summary>
    public required bool Selected { get; init; }

    /// <summary>
    /// <c>Listed</c>, <c>NotListed</c>, <c>SelectorMatches</c>, <c>SelectorDiffers</c>, <c>NoPlacement</c>, <c>NamespaceElsewhere</c>,
    /// <c>NamespaceNotFederated</c> or <c>NotRegistered</c>.
    /// </summary>
    public required string Verdict { get; init; }

    /// <summary>The verdict in words.</summary>
    public required string Explanation { get; init; }

    /// <summary><c>configmaps demo/web in member1: Listed</c>.</summary>
    public override string ToString() => $"{Type} {(Namespace is null ? Name : $"{Namespace}/{Name}")} in {Cluster}: {Verdict}";
}
