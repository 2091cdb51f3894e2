using KubeFed.Engine.Api;

namespace KubeFed.Engine.Scheduling.State;

/// <summary>What was seen of one workload in one cluster.</summary>
public sealed record ClusterReading(MemberCluster Cluster)
{
    public string Name => Cluster.Name;

    /// <summary>The cluster is suspended, so nobody looked.</summary>
    public bool Suspended => Cluster.Suspension is not null;

    /// <summary>Why the cluster could not be read, or counts as lost; null when it was read.</summary>
    public string? Failure { get; init; }

    /// <summary>Since when the recorded health says so; null when no health check noticed.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>False when the cluster does not serve the type, so that nothing can be placed there (P-85).</summary>
    public bool Served { get; init; } = true;

    /// <summary>Replicas the managed copy asks for; null when there is no managed copy .</summary>
    public long? Replicas { get; init; }

    /// <summary>Replicas that run and are ready.</summary>
    public long Ready { get; init; }

    /// <summary>The copy's pods; null when all replicas are ready, so that nobody had to look .</summary>
    public PodAnalysis? Pods { get; init; }

    /// <summary>Fair mode: how many replicas the usable nodes can hold, those of this workload included; null when nothing limits or nodes cannot be listed.</summary>
    public long? Room { get; init; }
}
