using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Federate;

/// <summary>One member's copy of a resource.</summary>
public sealed record FederatedCopy(string Cluster, KubeObject? Object, string? Error)
{
    /// <summary>What kept the member from being read, for a front to classify; null where <see cref="Error"/> is, or says all there is.</summary>
    public Exception? Failure { get; init; }
}

/// <summary>One member's copies of many resources of a type, or why they could not be read.</summary>
/// <param name="Cluster">The member.</param>
/// <param name="Copies">Each resource with its copy there, by resource; without a selector, also the resources that have none.</param>
/// <param name="Failure">Null when the member answered.</param>
public sealed record ClusterCopies(string Cluster, IReadOnlyList<(Api.FederatedResource Resource, KubeObject? Object)> Copies, Exception? Failure);

/// <summary>Whose copies to read, and where.</summary>
public sealed record CopyQuery
{
    /// <summary>The federated resources, all of one type.</summary>
    public required IReadOnlyList<Api.FederatedResource> Resources { get; init; }

    /// <summary>Names of registered clusters; null for all.</summary>
    public IReadOnlyList<string>? Clusters { get; init; }

    /// <summary>Only copies that carry these labels.</summary>
    public string? LabelSelector { get; init; }
}
