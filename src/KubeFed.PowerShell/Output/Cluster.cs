namespace KubeFed;

/// <summary>A member cluster as the host has it registered.</summary>
public sealed class Cluster : StoredObject
{
    /// <summary>The name placements and overrides use.</summary>
    public required string Name { get; init; }

    /// <summary><c>Ready</c>, <c>NotReady</c>, or <c>Unknown</c> when no health check was recorded yet.</summary>
    public required string Status { get; init; }

    /// <summary>Whether Suspend-KubeFedCluster took it out of propagation.</summary>
    public bool Suspended { get; init; }

    /// <summary>Since when it is suspended; null when it is not, or when nobody noted the time.</summary>
    public DateTime? SuspendedSince { get; init; }

    /// <summary>Why it is suspended; null when it is not, or when nobody said.</summary>
    public string? SuspendedReason { get; init; }

    /// <summary>The version the last health check found; null when none was recorded.</summary>
    public string? KubernetesVersion { get; init; }

    /// <summary>The address recorded for the API server.</summary>
    public required string ApiEndpoint { get; init; }

    /// <summary>What cluster selectors match.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The Secret in the control plane's namespace that holds the member's credentials.</summary>
    public required string SecretName { get; init; }

    /// <summary>What the health checks recorded.</summary>
    public ClusterCondition[] Conditions { get; init; } = [];

    /// <summary>What joining touched; empty on a cluster that was only read.</summary>
    public Change[] Changes { get; init; } = [];

    /// <summary>The cluster's name.</summary>
    public override string ToString() => Name;
}

/// <summary>One condition of a member cluster.</summary>
public sealed class ClusterCondition
{
    /// <summary><c>Ready</c>, <c>Offline</c> or <c>ConfigMalformed</c>.</summary>
    public required string Type { get; init; }

    /// <summary><c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
    public required string Status { get; init; }

    /// <summary>One word for machines.</summary>
    public required string Reason { get; init; }

    /// <summary>A sentence for people.</summary>
    public required string Message { get; init; }

    /// <summary>When it was last looked at.</summary>
    public required DateTime LastProbeTime { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTime? LastTransitionTime { get; init; }

    /// <summary><c>Ready=True</c>.</summary>
    public override string ToString() => $"{Type}={Status}";
}

/// <summary>What one probe of a member cluster found.</summary>
public sealed class ClusterHealth
{
    /// <summary>The cluster's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether an answer came at all.</summary>
    public required bool Reachable { get; init; }

    /// <summary>Whether the cluster says it is ready.</summary>
    public required bool Ready { get; init; }

    /// <summary>The version it reported; null when it could not be asked.</summary>
    public string? KubernetesVersion { get; init; }

    /// <summary>How long the probe took.</summary>
    public required TimeSpan Latency { get; init; }

    /// <summary>What the health check says of it, with the server's words where something is wrong.</summary>
    public required string Message { get; init; }

    /// <summary>When the stored token expires; null when it does not.</summary>
    public DateTime? CredentialsExpire { get; init; }

    /// <summary>What is wrong or worth knowing about registration, credentials, permissions and served types, the worst first.</summary>
    public Finding[] Findings { get; init; } = [];

    /// <summary><c>name: Ready</c> or <c>name: NotReady</c>.</summary>
    public override string ToString() => $"{Name}: {(Ready ? "Ready" : "NotReady")}";
}
