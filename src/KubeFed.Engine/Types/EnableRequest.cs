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

    /// <summary>Reads an EnableTypeDirective, the file form of this request.</summary>
    /// <exception cref="FederationException"><c>InvalidDirective</c>: it names no type.</exception>
    /// <remarks>cli.md section 4: apiVersion and kind are conventional and not checked.</remarks>
    public static EnableRequest FromDirective(Kubernetes.Objects.KubeObject directive) => new()
    {
        Name = directive.Name.Length > 0
            ? directive.Name
            : throw new FederationException("InvalidDirective", FederationProblem.Invalid, "The directive has no metadata.name.")
            {
                Remedy = "Set metadata.name to the target type, such as deployments.apps.",
            },
        TargetVersion = directive.Spec.NonEmptyText("targetVersion"),
        FederatedGroup = directive.Spec.NonEmptyText("federatedGroup") ?? KubeFedNames.TypesGroup,
        FederatedVersion = directive.Spec.NonEmptyText("federatedVersion") ?? KubeFedNames.TypesVersion,
    };
}

/// <summary>The type as enabled, the generated CRD, and what was touched.</summary>
public sealed record EnableResult(FederatedType Type, Kubernetes.Objects.KubeObject CustomResourceDefinition, IReadOnlyList<Change> Changes);
