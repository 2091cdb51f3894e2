namespace KubeFed;

/// <summary>One thing that is wrong, or worth knowing, with a federated resource, and what to do about it.</summary>
public sealed class ResourceFinding
{
    /// <summary>The resource's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace; null for a resource that has none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The type's name, such as <c>configmaps</c>, or the kind where the type is not enabled.</summary>
    public required string Type { get; init; }

    /// <summary>The cluster it concerns; null when it concerns the resource as a whole.</summary>
    public string? Cluster { get; init; }

    /// <summary><c>Error</c>: it is not propagated as it says; <c>Warning</c>: probably not meant; <c>Information</c>: worth knowing.</summary>
    public required string Severity { get; init; }

    /// <summary>What was checked, in one stable word, such as <c>InvalidOverridePath</c>.</summary>
    public required string Check { get; init; }

    /// <summary>Where: <c>spec.overrides[0].clusterOverrides[1].path</c>.</summary>
    public required string Field { get; init; }

    /// <summary>What stands there, as JSON; empty where nothing does.</summary>
    public required string Value { get; init; }

    /// <summary>Why that is wrong.</summary>
    public required string Message { get; init; }

    /// <summary>What to do.</summary>
    public required string Remedy { get; init; }

    /// <summary>The file it was found in; null where that was none.</summary>
    public string? Path { get; init; }

    /// <summary>The line of that file, from 1, that the object begins in; null where the file as a whole is meant.</summary>
    public long? Line { get; init; }

    /// <summary><c>Error InvalidOverridePath: configmaps demo/web: spec.overrides[0]...: why</c>.</summary>
    public override string ToString() =>
        $"{Severity} {Check}: {Type} {(Namespace is null ? Name : $"{Namespace}/{Name}")}: {(Field.Length == 0 ? string.Empty : $"{Field}: ")}{Message}";
}
