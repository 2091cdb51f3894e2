namespace KubeFed;

/// <summary>An API type that is enabled for propagation.</summary>
public sealed class FederatedType : StoredObject
{
    /// <summary>The type's name: <c>configmaps</c>, <c>deployments.apps</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The kind that is propagated, such as <c>Deployment</c>.</summary>
    public required string TargetKind { get; init; }

    /// <summary>The propagated kind's <c>group/version</c>.</summary>
    public required string TargetApiVersion { get; init; }

    /// <summary>The kind on the host, such as <c>FederatedDeployment</c>.</summary>
    public required string FederatedKind { get; init; }

    /// <summary>The host kind's <c>group/version</c>.</summary>
    public required string FederatedApiVersion { get; init; }

    /// <summary>Whether copies live in namespaces.</summary>
    public required bool Namespaced { get; init; }

    /// <summary><c>Enabled</c> or <c>Disabled</c>.</summary>
    public required string Propagation { get; init; }

    /// <summary>Whether a sync collects the copies' status and health: <c>Enabled</c> or <c>Disabled</c>.</summary>
    public required string StatusCollection { get; init; }

    /// <summary>What enabling or disabling touched; empty on a type that was only read.</summary>
    public Change[] Changes { get; init; } = [];

    /// <summary>The type's name.</summary>
    public override string ToString() => Name;
}
