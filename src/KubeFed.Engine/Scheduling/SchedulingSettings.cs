namespace KubeFed.Engine.Scheduling;

/// <summary>How patient and how bold scheduling is.</summary>
public sealed record SchedulingSettings
{
    public static SchedulingSettings Default { get; } = new();

    /// <summary>How long a pod must find no node before its cluster counts as full (R-32, P-88).</summary>
    public TimeSpan UnschedulableThreshold { get; init; } = PodAnalysis.DefaultThreshold;

    /// <summary>How long a cluster may be out of reach before its replicas move (P-86).</summary>
    public TimeSpan Toleration { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Fair mode: the part of the total that may be missing while replicas move (P-83).</summary>
    public double MaxUnavailable { get; init; } = 0.25;

    /// <summary>
    /// Fair mode: how long a cluster that was full gets no more than it took, unless its nodes say that there is room. Doubles each time it turns out
    /// to be full again, up to <see cref="LongestCoolDown"/> (P-83).
    /// </summary>
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromMinutes(2);

    public TimeSpan LongestCoolDown { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Clusters read at once for one workload.</summary>
    public int ClusterConcurrency { get; init; } = 32;
}
