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

/// <summary>What to disable.</summary>
public sealed record DisableRequest
{
    public required string Name { get; init; }

    /// <summary>Remove the generated CRD too; refused while federated objects of the type exist (cli.md section 5 step 3).</summary>
    public bool DeleteCrd { get; init; }

    public bool DryRun { get; init; }
}

public sealed record DisableResult(string Name, IReadOnlyList<Change> Changes);

/// <summary>Which API types are federated.</summary>
public sealed class TypeRegistry(Federation federation)
{
    /// <summary>All FederatedTypeConfigs of the system namespace, by name.</summary>
    public Task<IReadOnlyList<FederatedType>> ListAsync(CancellationToken cancellationToken) => throw new NotImplementedException(federation.SystemNamespace);

    /// <summary>The enabled type a user's word means: its config name, plural, kind or short name, of the target or of the federated type.</summary>
    /// <exception cref="FederationException"><c>TypeNotEnabled</c> or <c>TypeAmbiguous</c>; the remedy names Enable-KubeFedType or the candidates.</exception>
    public Task<FederatedType> ResolveAsync(string name, CancellationToken cancellationToken) => throw new NotImplementedException(name);

    /// <remarks>cli.md section 4.</remarks>
    public Task<EnableResult> EnableAsync(EnableRequest request, IEngineSink sink, CancellationToken cancellationToken) => throw new NotImplementedException(request.Name);

    /// <remarks>cli.md section 5.</remarks>
    public Task<DisableResult> DisableAsync(DisableRequest request, IEngineSink sink, CancellationToken cancellationToken) => throw new NotImplementedException(request.Name);
}
