using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Api;

/// <summary>A federated API type, read from a FederatedTypeConfig with KubeFed's in-memory defaults applied.</summary>
/// <remarks>A-30 to A-37.</remarks>
public sealed record FederatedType
{
    /// <summary>The FederatedTypeConfig's name: <c>configmaps</c>, <c>deployments.apps</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What is propagated to members.</summary>
    public required ApiResource Target { get; init; }

    /// <summary>The generated <c>Federated&lt;Kind&gt;</c> on the host.</summary>
    public required ApiResource Federated { get; init; }

    /// <summary>Where KubeFed stored collected status of services (api.md section 9); null for all others. Read, never used.</summary>
    public ApiResource? StatusType { get; init; }

    public bool PropagationEnabled { get; init; } = true;

    public bool StatusCollection { get; init; }

    /// <summary>Namespace itself, whose federated objects live in the namespace they describe (E-22).</summary>
    public bool IsNamespaceType => Name == KubeFedNames.NamespacesType;

    /// <summary>Custom resource definitions, without which a cluster knows nothing of what they define.</summary>
    public bool IsDefinitionType => Target.QualifiedName == KnownResources.CustomResourceDefinitions.QualifiedName;

    public DateTimeOffset? Created { get; init; }

    /// <summary>The stored object.</summary>
    public required KubeObject Source { get; init; }

    /// <summary>
    /// Where the copies of a federated object live in members: the same key, except for namespaces, whose copy is the namespace itself (E-21, E-22).
    /// </summary>
    public ObjectKey TargetOf(ObjectKey federated) =>
        Target.Namespaced && !IsNamespaceType ? federated : ObjectKey.ClusterScoped(federated.Name);

    /// <summary>The federated object that stands behind a copy.</summary>
    public ObjectKey FederatedOf(ObjectKey target) => IsNamespaceType ? new ObjectKey(target.Name, target.Name) : target;

    public override string ToString() => Name;
}
