namespace KubeFed;

/// <summary>The configuration of a control plane. A value that is not stored is KubeFed's default; one that cannot be read is null.</summary>
/// <remarks>A-50 to A-52.</remarks>
public sealed class KubeFedConfig : StoredObject
{
    /// <summary>Where the control plane keeps its objects.</summary>
    public required string Name { get; init; }

    /// <summary>The host cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary><c>Cluster</c>, or <c>Namespaced</c> for one that only serves its own namespace.</summary>
    public required string Scope { get; init; }

    /// <summary>Whether objects of the same name that members hold already are taken over.</summary>
    public required bool AdoptResources { get; init; }

    /// <summary>Feature gates by name, and whether each is enabled.</summary>
    public IReadOnlyDictionary<string, bool> FeatureGates { get; init; } = new Dictionary<string, bool>();

    /// <summary>How long a KubeFed controller waits before it reconciles to an available cluster.</summary>
    public TimeSpan? AvailableDelay { get; init; }

    /// <summary>How long a KubeFed controller waits before it reconciles to an unavailable cluster.</summary>
    public TimeSpan? UnavailableDelay { get; init; }

    /// <summary>How long a KubeFed controller waits for its caches.</summary>
    public TimeSpan? CacheSyncTimeout { get; init; }

    /// <summary>How often the health of members is looked at.</summary>
    public TimeSpan? HealthCheckPeriod { get; init; }

    /// <summary>How long a member may take to answer a health check.</summary>
    public TimeSpan? HealthCheckTimeout { get; init; }

    /// <summary>How many failures in a row make a member not ready.</summary>
    public long? HealthCheckFailureThreshold { get; init; }

    /// <summary>How many successes in a row make a member ready again.</summary>
    public long? HealthCheckSuccessThreshold { get; init; }

    /// <summary>How long a leader's lease lasts.</summary>
    public TimeSpan? LeaseDuration { get; init; }

    /// <summary>How long a leader tries to renew its lease.</summary>
    public TimeSpan? RenewDeadline { get; init; }

    /// <summary>How long is waited between attempts to lead.</summary>
    public TimeSpan? RetryPeriod { get; init; }

    /// <summary>The control plane's namespace.</summary>
    public override string ToString() => Name;
}
