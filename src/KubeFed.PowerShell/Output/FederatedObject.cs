namespace KubeFed;

/// <summary>One member cluster's copy of a resource, or the lack of one.</summary>
public sealed class FederatedObject : StoredObject
{
    /// <summary>The object's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace; null for an object that has none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The member cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>The type's name: <c>configmaps</c>, <c>deployments.apps</c>.</summary>
    public required string Type { get; init; }

    /// <summary>
    /// <c>Present</c>, <c>Missing</c> when it should be there and is not, <c>Absent</c> where it need not be, <c>Deleting</c>, <c>Unmanaged</c> when it is
    /// there but not ours, or <c>Unreadable</c>.
    /// </summary>
    public required string Status { get; init; }

    /// <summary><c>ready/desired</c> for workloads; empty for others.</summary>
    public string Ready { get; init; } = string.Empty;

    /// <summary>
    /// How the object fares now: <c>Healthy</c>, <c>Suspended</c>, <c>Progressing</c>, <c>Degraded</c>, <c>Missing</c> when it should be there and is
    /// not, or <c>Unknown</c> when the member could not be read; empty where there need be none.
    /// </summary>
    public string Health { get; init; } = string.Empty;

    /// <summary>Why its health is not better; empty when there is nothing to say.</summary>
    public string HealthMessage { get; init; } = string.Empty;

    /// <summary>Why the member could not be read, or why there is no copy: the cluster is not selected, or it is and the copy is missing.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary><c>cluster: namespace/name</c>.</summary>
    public override string ToString() => Namespace is null ? $"{Cluster}: {Name}" : $"{Cluster}: {Namespace}/{Name}";
}
