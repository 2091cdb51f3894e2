using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>Registers clusters, finds them, checks them and lets them go.</summary>
public sealed class ClusterRegistry(Federation federation)
{
    /// <summary>All registered clusters, by name.</summary>
    /// <exception cref="FederationException"><c>ControlPlaneNotFound</c>: the host does not know the kind.</exception>
    public async Task<IReadOnlyList<MemberCluster>> ListAsync(CancellationToken cancellationToken)
    {
        var clusters = await ControlPlaneErrors.ListCoreAsync(federation, CoreResources.KubeFedClusters, cancellationToken).ConfigureAwait(false);
        return [.. clusters.Select(MemberClusterReader.Read)];
    }

    /// <summary>Null when no such cluster is registered.</summary>
    public async Task<MemberCluster?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var found = await federation.Host
            .FindAsync(CoreResources.KubeFedClusters, new ObjectKey(federation.SystemNamespace, name), cancellationToken)
            .ConfigureAwait(false);
        return found is null ? null : MemberClusterReader.Read(found);
    }

    /// <summary>Idempotent: joining what is joined writes nothing. Many clusters may join at once.</summary>
    /// <exception cref="FederationException">
    /// <c>InvalidClusterName</c>, <c>InvalidClusterLabel</c>, <c>ClusterEndpointInvalid</c>, <c>ClusterUnreachable</c>, <c>CredentialsRejected</c>,
    /// <c>ClusterNameTaken</c>, <c>ClusterAlreadyJoined</c>, <c>JoinObjectExists</c>, <c>TokenTimedOut</c>, <c>JoinFailed</c> or
    /// <c>ControlPlaneNotFound</c>; after any of them nothing this run created is left, unless the message names it.
    /// </exception>
    /// <remarks>cli.md section 2.</remarks>
    public async Task<JoinResult> JoinAsync(JoinRequest request, IEngineSink sink, CancellationToken cancellationToken)
    {
        using var member = federation.Options.Clients.Create(request.Member);
        return await new Join(federation, request, sink, member).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes what join made, and deals with the copies as the policy says. Running it again finishes what was broken off.</summary>
    /// <exception cref="FederationException">
    /// <c>ClusterNotFound</c> (not with Force), <c>ClusterNotCleaned</c> (not with Force), <c>ClusterMismatch</c>: the given connection leads to another
    /// cluster than the one joined.
    /// </exception>
    /// <remarks>cli.md section 3.</remarks>
    public Task<LeaveResult> LeaveAsync(LeaveRequest request, IEngineSink sink, CancellationToken cancellationToken) =>
        new Leave(federation, request, sink).RunAsync(cancellationToken);

    /// <summary>Sets (or, with a null value, removes) labels on the KubeFedCluster.</summary>
    /// <exception cref="FederationException"><c>ClusterNotFound</c> or <c>InvalidClusterLabel</c>.</exception>
    public async Task<MemberCluster> LabelAsync(string name, IReadOnlyDictionary<string, string?> labels, CancellationToken cancellationToken) =>
        await new ClusterLabels(federation).SetAsync(name, labels, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Probes the member and, unless a dry run, records conditions and version in the KubeFedCluster's status (A-20; only when they changed).
    /// </summary>
    /// <param name="cluster">As last read.</param>
    /// <param name="record">False for a dry run.</param>
    /// <param name="cancellationToken">Stops the probe.</param>
    public Task<ClusterHealth> CheckAsync(MemberCluster cluster, bool record, CancellationToken cancellationToken) =>
        new HealthCheck(federation).RunAsync(cluster, record, cancellationToken);
}
