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

    /// <summary>Resources a controller works on at once, as configured; KubeFed's default is 1, for each type (E-13).</summary>
    public int Parallelism { get; } =
        Source.Spec.Map("syncController").Integer("maxConcurrentReconciles") is >= 1 and <= 1024 and var parallelism ? (int)parallelism : 1;

    /// <summary>Whether decisions about resources are the same under both.</summary>
    internal bool SaysTheSame(ControlPlaneConfig other) =>
        (Scope, AdoptResources, RawStatusCollection) == (other.Scope, other.AdoptResources, other.RawStatusCollection);
}
