using KubeFed.Engine.Api.Validation;
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
    /// <summary>Why nothing at all is propagated or taken away, as part of a sentence; null when it is (feature gate PushReconciler).</summary>
    public string? WhyNotPropagating { get; } = WhyOff(Source, "PushReconciler");

    /// <summary>Why no preference is made true, as part of a sentence; null when they are (feature gate SchedulerPreferences).</summary>
    public string? WhyNotScheduling { get; } = WhyOff(Source, "SchedulerPreferences");

    /// <summary>After this long a controller tells what it does not know yet of the host; KubeFed's default is 5 min.</summary>
    public TimeSpan CacheSyncTimeout { get; } =
        GoDuration.TryParse(Source.Spec.Map("controllerDuration").Text("cacheSyncTimeout"), out TimeSpan timeout) && timeout > TimeSpan.Zero
            ? timeout
            : TimeSpan.FromMinutes(5);

    /// <summary>How members are probed.</summary>
    public HealthPolicy Health { get; } = HealthPolicy.Read(Source);

    /// <summary>Resources a controller works on at once, as configured; KubeFed's default is 1, for each type (E-13).</summary>
    public int Parallelism { get; } =
        Source.Spec.Map("syncController").Integer("maxConcurrentReconciles") is >= 1 and <= 1024 and var parallelism ? (int)parallelism : 1;

    /// <summary>Whether decisions about resources are the same under both.</summary>
    internal bool SaysTheSame(ControlPlaneConfig other) =>
        (Scope, AdoptResources, RawStatusCollection, WhyNotPropagating, WhyNotScheduling)
            == (other.Scope, other.AdoptResources, other.RawStatusCollection, other.WhyNotPropagating, other.WhyNotScheduling);

    private static string? WhyOff(KubeObject source, string gate) => ControlPlaneConfigReader.Gate(source.Spec, gate) == "Disabled"
        ? $"the KubeFedConfig's feature gate {gate} is Disabled"
        : null;
}
