using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Config;

namespace KubeFed.Engine.Clusters;

/// <summary>What to join.</summary>
public sealed record JoinRequest
{
    public required string Name { get; init; }

    /// <summary>An administrator's connection to the joining cluster.</summary>
    public required ConnectionSettings Member { get; init; }

    /// <summary>Null uses the federation's host name.</summary>
    public string? HostClusterName { get; init; }

    /// <summary>The host Secret's name; null reuses the one a previous join recorded, else generates <c>name-xxxxx</c> (P-8).</summary>
    public string? SecretName { get; init; }

    /// <summary>Recorded instead of the kubeconfig's server (P-12).</summary>
    public string? ApiEndpoint { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Refuse when any of join's objects exists, as kubefedctl does by default (K-10); otherwise join is idempotent (P-5).</summary>
    public bool ErrorOnExisting { get; init; }

    public bool DryRun { get; init; }
}

/// <summary>The cluster as registered and every object join touched. In a dry run the cluster is what would be registered.</summary>
public sealed record JoinResult(MemberCluster Cluster, IReadOnlyList<Change> Changes);

/// <summary>What becomes of the copies in a cluster that leaves (P-14).</summary>
public enum LeavePolicy
{
    /// <summary>Copies stay, labels and all, as kubefedctl leaves them (K-21).</summary>
    Keep,

    /// <summary>Copies stay and lose the managed label.</summary>
    Orphan,

    /// <summary>Copies are deleted, except namespaces that hold unmanaged objects.</summary>
    Delete,
}

/// <summary>What to unjoin.</summary>
public sealed record LeaveRequest
{
    public required string Name { get; init; }

    /// <summary>An administrator's connection; null uses the stored credentials.</summary>
    public ConnectionSettings? Member { get; init; }

    public string? HostClusterName { get; init; }

    public LeavePolicy Policy { get; init; } = LeavePolicy.Keep;

    /// <summary>Go on when the member cannot be reached, and report what was left there.</summary>
    public bool Force { get; init; }

    public bool DryRun { get; init; }
}

/// <summary>Every object leave touched, and what it had to leave behind.</summary>
public sealed record LeaveResult(string Name, IReadOnlyList<Change> Changes, IReadOnlyList<string> LeftBehind);

/// <summary>What one probe of a member found.</summary>
public sealed record ClusterHealth(MemberCluster Cluster, bool Reachable, bool Ready, string? Version, string Message, TimeSpan Latency);

/// <summary>Registers clusters, finds them, checks them and lets them go.</summary>
public sealed class ClusterRegistry(Federation federation)
{
    /// <summary>All registered clusters, by name.</summary>
    public Task<IReadOnlyList<MemberCluster>> ListAsync(CancellationToken cancellationToken) => throw new NotImplementedException(federation.SystemNamespace);

    /// <summary>Null when no such cluster is registered.</summary>
    public Task<MemberCluster?> FindAsync(string name, CancellationToken cancellationToken) => throw new NotImplementedException(name);

    /// <remarks>cli.md section 2.</remarks>
    public Task<JoinResult> JoinAsync(JoinRequest request, IEngineSink sink, CancellationToken cancellationToken) => throw new NotImplementedException(request.Name);

    /// <remarks>cli.md section 3.</remarks>
    public Task<LeaveResult> LeaveAsync(LeaveRequest request, IEngineSink sink, CancellationToken cancellationToken) => throw new NotImplementedException(request.Name);

    /// <summary>Sets (or, with a null value, removes) labels on the KubeFedCluster.</summary>
    public Task<MemberCluster> LabelAsync(string name, IReadOnlyDictionary<string, string?> labels, CancellationToken cancellationToken) =>
        throw new NotImplementedException(name);

    /// <summary>Probes the member and, unless a dry run, records conditions and version in the KubeFedCluster's status (A-20; only when they changed).</summary>
    public Task<ClusterHealth> CheckAsync(MemberCluster cluster, bool record, CancellationToken cancellationToken) => throw new NotImplementedException(cluster.Name);
}
