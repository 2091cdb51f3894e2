using KubeFed.Engine.Api;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>
/// Unjoins one cluster: first the copies, as the caller chose, then what join made in the member, then its Secret and KubeFedCluster on the host. The
/// record is deleted last, so that whatever breaks off in between is finished by running it again.
/// </summary>
/// <remarks>cli.md section 3, P-14, P-15, K-20 to K-24.</remarks>
internal sealed class Leave(Federation federation, LeaveRequest request, IEngineSink sink)
{
    private readonly ChangeLog _log = new(sink, request.DryRun);
    private readonly List<string> _left = [];
    private int? _copies;

    /// <summary>Not among the changes that are told: what it writes goes with the registration.</summary>
    private ClusterSuspension Suspension => new(federation, new ChangeLog(NullSink.Instance, dryRun: false));

    public async Task<LeaveResult> RunAsync(CancellationToken cancellationToken)
    {
        var cluster = await federation.Clusters.FindAsync(request.Name, cancellationToken).ConfigureAwait(false);
        if (cluster is null && !request.Force)
        {
            throw ClusterErrors.NotFound(federation, request.Name);
        }

        var rests = await RestAsync(cluster, cancellationToken).ConfigureAwait(false);
        try
        {
            await LeaveMemberAsync(cluster, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (rests && error is KubeException or FederationException)
        {
            // It stays registered, and whoever looks after it has to go on doing so.
            await Suspension.ResumeAsync(request.Name, cancellationToken).ConfigureAwait(false);
            throw;
        }

        if (request.RemoveReferences)
        {
            _left.AddRange(await new ClusterReferences(federation, request.Name, _log).RemoveAsync(cancellationToken).ConfigureAwait(false));
        }

        if (cluster is not null)
        {
            await LeaveHostAsync(cluster, cancellationToken).ConfigureAwait(false);
        }

        foreach (var item in _left)
        {
            sink.Warning($"Left behind: {item}.");
        }

        return new LeaveResult(request.Name, _log.Changes, [.. _left]) { Copies = _copies };
    }

    /// <summary>A controller that runs would put back, while the cluster is still registered, what is taken out of it here.</summary>
    private async Task<bool> RestAsync(MemberCluster? cluster, CancellationToken cancellationToken)
    {
        if (request.DryRun || request.Policy == LeavePolicy.Keep || cluster is not { Suspension: null })
        {
            return false;
        }

        await Suspension.SuspendAsync(request.Name, "it is being removed", cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task LeaveMemberAsync(MemberCluster? cluster, CancellationToken cancellationToken)
    {
        if (cluster is null && request.Member is null)
        {
            // P-15: gone already, and nothing says where the member is.
            return;
        }

        IKubeClient? own = null;
        try
        {
            own = request.Member is { } settings ? federation.Options.Clients.Create(settings) : null;
            var client = own ?? await federation.ConnectAsync(cluster!, cancellationToken).ConfigureAwait(false);
            var member = new ObjectWriter(client, request.Name, _log, federation.Time);
            await MemberIdentity.CheckAsync(client, cluster, request.Member, cancellationToken).ConfigureAwait(false);

            var copies = new PropagatedCopies(federation, member, request.Policy);
            await copies.RunAsync(cancellationToken).ConfigureAwait(false);
            _left.AddRange(copies.LeftBehind);
            _copies = copies.Count;

            var joined = new JoinedMember(federation, member, byStoredCredentials: own is null);
            var record = cluster is null ? null : JoinRecord.Of(cluster.Source);
            if (record is null)
            {
                var names = await NamesAsync(cluster, cancellationToken).ConfigureAwait(false);
                record = await joined.ReconstructAsync(names, cancellationToken).ConfigureAwait(false);
            }

            await joined.RemoveAsync(record, cancellationToken).ConfigureAwait(false);
            _left.AddRange(joined.LeftBehind);
        }
        catch (Exception error) when (error is KubeException || (error is FederationException known && known.Id != "ClusterMismatch"))
        {
            if (!request.Force)
            {
                throw Unreachable(error);
            }

            sink.Warning($"Cluster \"{request.Name}\" cannot be cleaned up and is removed from the host all the same: {error.Message}");
            _left.AddRange(AllInMember(cluster));
        }
        finally
        {
            own?.Dispose();
        }
    }

    /// <summary>K-24: the account a KubeFed join made is named in its token, whatever the host was called then.</summary>
    private async Task<MemberNames> NamesAsync(MemberCluster? cluster, CancellationToken cancellationToken)
    {
        if (request.HostClusterName is null && cluster is { SecretName.Length: > 0 })
        {
            var key = new ObjectKey(federation.SystemNamespace, cluster.SecretName);
            var secret = await federation.Host.FindAsync(KnownResources.Secrets, key, cancellationToken).ConfigureAwait(false);
            if (secret is not null
                && MemberConnections.DecodeToken(secret) is { } token
                && TokenSubject.ServiceAccountOf(token, federation.SystemNamespace) is { } account)
            {
                return MemberNames.Of(account, federation.SystemNamespace);
            }
        }

        return MemberNames.For(request.Name, request.HostClusterName ?? federation.Options.HostName, federation.SystemNamespace);
    }

    private async Task LeaveHostAsync(MemberCluster cluster, CancellationToken cancellationToken)
    {
        var host = new ObjectWriter(federation.Host, federation.Options.HostName, _log, federation.Time);
        var record = JoinRecord.Of(cluster.Source);
        var others = await federation.Clusters.ListAsync(cancellationToken).ConfigureAwait(false);
        var secret = new ObjectKey(federation.SystemNamespace, cluster.SecretName);
        if (record is not null)
        {
            foreach (var item in record.Created.Where(item => item.OnHost))
            {
                await host.DeleteAsync(item.Resource, item.Key, item.Uid, cancellationToken).ConfigureAwait(false);
            }
        }
        else if (cluster.SecretName.Length > 0 && !others.Any(other => other.Name != cluster.Name && other.SecretName == cluster.SecretName))
        {
            await host.DeleteAsync(KnownResources.Secrets, secret, null, cancellationToken).ConfigureAwait(false);
        }

        await host.DeleteAsync(CoreResources.KubeFedClusters, cluster.Source.Key, cluster.Source.Uid, cancellationToken).ConfigureAwait(false);
    }

    private IEnumerable<string> AllInMember(MemberCluster? cluster)
    {
        var record = cluster is null ? null : JoinRecord.Of(cluster.Source);
        var names = MemberNames.For(request.Name, request.HostClusterName ?? federation.Options.HostName, federation.SystemNamespace);
        var objects = record?.Created.Where(item => !item.OnHost).Select(item => $"{item.Resource.Kind} {item.Key} in {request.Name}")
            ?? [$"service account {names.Namespace}/{names.ServiceAccount} and its roles in {request.Name}"];
        return request.Policy == LeavePolicy.Keep ? objects : objects.Append($"propagated copies in {request.Name}");
    }

    private FederationException Unreachable(Exception error) => new(
        "ClusterNotCleaned",
        FederationProblem.Failed,
        $"Cluster \"{request.Name}\" stays registered, because what join made there cannot be removed: {error.Message}",
        error)
    {
        Remedy = "Give a context whose user administers the cluster, or use Force to remove only the host's objects and have the rest named.",
        Target = request.Name,
    };
}
