using KubeFed.Engine.Api;

namespace KubeFed.Engine.Types;

/// <summary>What to enable.</summary>
public sealed record EnableRequest
{
    /// <summary>As K-31 allows: plural, singular, kind, short name or <c>plural.group</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Target API version; null takes the server's preferred one.</summary>
    public string? TargetVersion { get; init; }

    public string FederatedGroup { get; init; } = KubeFedNames.TypesGroup;

    public string FederatedVersion { get; init; } = KubeFedNames.TypesVersion;

    public bool DryRun { get; init; }
}

/// <summary>The type as enabled, the generated CRD, and what was touched.</summary>
public sealed record EnableResult(FederatedType Type, Kubernetes.Objects.KubeObject CustomResourceDefinition, IReadOnlyList<Change> Changes);
