namespace KubeFed;

/// <summary>One field that differs on one cluster, or on those a selector chooses.</summary>
public sealed class Override
{
    /// <summary>The resource's name.</summary>
    public required string Name { get; init; }

    /// <summary>The resource's namespace; null for a resource that has none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The type's name: <c>configmaps</c>, <c>deployments.apps</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The cluster's name; null where the selector chooses, unless the override is shown for one cluster.</summary>
    public string? Cluster { get; init; }

    /// <summary>The labels of the clusters it is for, in kubectl's form; <c>*</c> is every cluster, null none: the entry names its cluster.</summary>
    public string? ClusterSelector { get; init; }

    /// <summary>The RFC 6902 operation: <c>replace</c>, <c>add</c> or <c>remove</c>.</summary>
    public required string Op { get; init; }

    /// <summary>The RFC 6901 pointer, such as <c>/spec/replicas</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The value; null for <c>remove</c>, and for a template that is not shown for one cluster.</summary>
    public object? Value { get; init; }

    /// <summary>What the value is made of for each cluster, such as <c>${cluster.name}.example</c>; null for a literal value.</summary>
    public object? ValueTemplate { get; init; }

    /// <summary><c>cluster: op path</c>.</summary>
    public override string ToString() => $"{Cluster ?? ClusterSelector}: {Op} {Path}";
}
