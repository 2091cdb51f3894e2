using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Api;

/// <summary>How far one control plane reaches.</summary>
public enum ControlPlaneScope
{
    Cluster,
    Namespaced,
}

/// <summary>The parts of KubeFedConfig that one-shot work reads.</summary>
/// <remarks>api.md section 5.</remarks>
public sealed record ControlPlaneConfig(ControlPlaneScope Scope, bool AdoptResources, bool RawStatusCollection, KubeObject Source)
{
    /// <summary>How members are probed.</summary>
    public HealthPolicy Health { get; } = HealthPolicy.Read(Source);
}
