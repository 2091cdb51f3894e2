namespace KubeFed;

/// <summary>A resource declared once on the host: a template, where it goes, and what differs there.</summary>
public sealed class FederatedResource : StoredObject
{
    /// <summary>The resource's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace; null for a resource that has none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The type's name: <c>configmaps</c>, <c>deployments.apps</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The host kind, such as <c>FederatedConfigMap</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The clusters the placement names; null when the selector decides.</summary>
    public string[]? Clusters { get; init; }

    /// <summary>The placement's label selector in kubectl's form; <c>*</c> selects every cluster, null none.</summary>
    public string? ClusterSelector { get; init; }

    /// <summary>Where it goes, in one short text.</summary>
    public required string Placement { get; init; }

    /// <summary>What differs per cluster, one entry per field.</summary>
    public Override[] Overrides { get; init; } = [];

    /// <summary>Whether members keep their own replica counts.</summary>
    public bool RetainReplicas { get; init; }

    /// <summary><c>Adopt</c>, <c>Abort</c> or <c>AdoptIfIdentical</c>, for objects of this name in members; null where the KubeFedConfig decides.</summary>
    public string? AdoptionPolicy { get; init; }

    /// <summary>Whether its copies stay, unmanaged, when it is deleted.</summary>
    public bool Orphan { get; init; }

    /// <summary><c>Propagated</c>, <c>Pending</c> before the first sync, <c>Deleting</c>, or the reason why it is not everywhere.</summary>
    public required string Status { get; init; }

    /// <summary>How many of the clusters asked for hold the copy as declared: <c>2/3</c>; empty before the first sync.</summary>
    public string InSync { get; init; } = string.Empty;

    /// <summary>The worst health among the copies, as of the last sync; empty where the type's status is not collected.</summary>
    public string Health { get; init; } = string.Empty;

    /// <summary>What the last sync recorded for each cluster.</summary>
    public ClusterStatus[] ClusterStatus { get; init; } = [];

    /// <summary>Whether the object is stored on the host; false for one that was only composed.</summary>
    public bool Stored { get; init; }

    /// <summary><c>type namespace/name</c>.</summary>
    public override string ToString() => Namespace is null ? $"{Type} {Name}" : $"{Type} {Namespace}/{Name}";
}

/// <summary>What the last sync recorded for one cluster.</summary>
public sealed class ClusterStatus
{
    /// <summary>The cluster's name.</summary>
    public required string Cluster { get; init; }

    /// <summary><c>OK</c>, or the reason why the copy is not as declared.</summary>
    public required string Status { get; init; }

    /// <summary>The server's or the planner's text; empty when there is nothing to say.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary>When it came to be so; null when the record does not say.</summary>
    public DateTime? Time { get; init; }

    /// <summary>How the copy fared at the last sync; empty where the type's status is not collected.</summary>
    public string Health { get; init; } = string.Empty;

    /// <summary>Why its health is not better; empty when there is nothing to say.</summary>
    public string HealthMessage { get; init; } = string.Empty;

    /// <summary><c>cluster: status</c>.</summary>
    public override string ToString() => $"{Cluster}: {Status}";
}
