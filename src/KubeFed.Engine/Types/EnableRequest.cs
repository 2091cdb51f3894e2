using KubeFed.Engine.Api;

namespace KubeFed.Engine.Types;

/// <summary>What to enable.</summary>
public sealed record EnableRequest
{
    /// <summary>As K-31 allows: plural, singular, kind, short name or <c>plural.group</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Target API version; null keeps the one an enabled type has, while it is served, and else takes the server's preferred one.</summary>
    public string? TargetVersion { get; init; }

    /// <summary>
    /// API group of the federated type. Null keeps the one an enabled type has; for a new type it is KubeFed's own, or, where another type's names collide
    /// with this one's there, a group of its own (P-121).
    /// </summary>
    public string? FederatedGroup { get; init; }

    /// <summary>API version of the federated type; null keeps the one an enabled type has, else <c>v1beta1</c>.</summary>
    public string? FederatedVersion { get; init; }

    /// <summary>Whether a sync collects the status and health of the type's copies; null leaves it as it is, which for a new type is not at all.</summary>
    /// <remarks>E-120: the feature gate RawResourceStatusCollection must be on as well.</remarks>
    public bool? StatusCollection { get; init; }

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
        FederatedGroup = directive.Spec.NonEmptyText("federatedGroup"),
        FederatedVersion = directive.Spec.NonEmptyText("federatedVersion"),
    };
}

/// <summary>The type as enabled, the generated CRD, and what was touched.</summary>
public sealed record EnableResult(FederatedType Type, Kubernetes.Objects.KubeObject CustomResourceDefinition, IReadOnlyList<Change> Changes);
