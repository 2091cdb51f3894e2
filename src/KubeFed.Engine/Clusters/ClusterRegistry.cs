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
