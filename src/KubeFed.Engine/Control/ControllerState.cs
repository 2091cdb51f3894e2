namespace KubeFed.Engine.Control;

/// <summary>What a <see cref="FederationController"/> is doing, at one moment.</summary>
public sealed record ControllerState
{
    /// <summary>Before <see cref="FederationController.RunAsync"/>.</summary>
    public static ControllerState Idle { get; } = new();

    /// <summary>When it began to run; null before that.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>False before it began, and after it ended.</summary>
    public bool IsRunning { get; init; }

    /// <summary>
    /// Every watch on the host has given its first whole list, so that decisions are made from the truth: what readiness means. Members don't count (P-104).
    /// </summary>
    public bool IsSynced { get; init; }

    /// <summary>What is not synced yet on the host, in words, for those who wait; empty when <see cref="IsSynced"/>.</summary>
    public IReadOnlyList<string> Unsynced { get; init; } = [];

    /// <summary>The types that are propagated, by name.</summary>
    public IReadOnlyList<ControlledType> Types { get; init; } = [];

    /// <summary>The registered clusters, by name.</summary>
    public IReadOnlyList<ControlledCluster> Clusters { get; init; } = [];

    /// <summary>Runs that ended; one may have dealt with several resources.</summary>
    public long Runs { get; init; }

    /// <summary>Writes to members that succeeded.</summary>
    public long MemberWrites { get; init; }

    /// <summary>Statuses and finalizers of federated resources written to the host.</summary>
    public long HostWrites { get; init; }

    /// <summary>Resources that a run failed to make true somewhere; each is tried again.</summary>
    public long Failures { get; init; }

    /// <summary>For how long the resource that has waited longest has been due; null when nothing is due.</summary>
    public TimeSpan? OldestDue { get; init; }
}

/// <summary>A type a controller looks after.</summary>
/// <param name="Name">The FederatedTypeConfig's name.</param>
/// <param name="Resources">Federated resources known.</param>
/// <param name="Queued">Resources that are due, or will be.</param>
/// <param name="InWork">Resources being worked on.</param>
public sealed record ControlledType(string Name, int Resources, int Queued, int InWork);

/// <summary>A cluster a controller knows.</summary>
public sealed record ControlledCluster
{
    public required string Name { get; init; }

    /// <summary>Types whose copies are watched there, and known.</summary>
    public int WatchedTypes { get; init; }

    /// <summary>As recorded by the health check; null when there is no record.</summary>
    public bool? Ready { get; init; }

    public bool Suspended { get; init; }

    /// <summary>What last went wrong with the cluster or one of its watches; null when nothing is wrong.</summary>
    public string? Trouble { get; init; }

    /// <summary>When it did.</summary>
    public DateTimeOffset? TroubleSince { get; init; }
}
