using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Scheduling.State;

namespace KubeFed.Engine.Scheduling;

/// <summary>Everything a decision is made from, as read.</summary>
public sealed record SchedulingView
{
    public required StoredPreference Stored { get; init; }

    public required FederatedResource Resource { get; init; }

    public required ScaleShape Shape { get; init; }

    /// <summary>What the namespace allows.</summary>
    public required NamespaceScope Namespace { get; init; }

    /// <summary>The FederatedNamespace; null when there is none.</summary>
    public FederatedResource? FederatedNamespace { get; init; }

    /// <summary>Every registered cluster.</summary>
    public required IReadOnlyList<ClusterReading> Clusters { get; init; }
}
