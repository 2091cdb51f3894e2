using KubeFed.Engine.Api;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;

namespace KubeFed.Engine.Clusters;

/// <summary>
/// Connections for work that comes back again and again: a token that join had issued, and that is in the last fifth of its life, is renewed on the way. A
/// renewal that fails costs nothing but a warning, as the token is still good and the next run tries again.
/// </summary>
/// <remarks>P-2.</remarks>
internal sealed class LastingConnections(Federation federation, IEngineSink sink)
{
    public async Task<IKubeClient> ConnectAsync(MemberCluster cluster, bool dryRun, CancellationToken cancellationToken)
    {
        var client = await federation.ConnectAsync(cluster, cancellationToken).ConfigureAwait(false);
        return dryRun || !await RenewIfDueAsync(cluster, client, cancellationToken).ConfigureAwait(false)
            ? client
            : await federation.ConnectAsync(cluster, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>True when it was time, whatever came of it.</summary>
    public async Task<bool> RenewIfDueAsync(MemberCluster cluster, IKubeClient client, CancellationToken cancellationToken)
    {
        if (!IsDue(cluster, client))
        {
            return false;
        }

        try
        {
            await new CredentialRenewal(federation, new RenewRequest { Name = cluster.Name }, new ChangeLog(sink, dryRun: false))
                .RunAsync(cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (error is KubeException or FederationException)
        {
            sink.Warning($"{error.Message} Run Set-KubeFedCluster {cluster.Name} -RenewCredential with an administrator's context before the token expires.");
        }

        return true;
    }

    /// <summary>A token that has expired cannot renew itself; what becomes of the requests tells of it.</summary>
    private bool IsDue(MemberCluster cluster, IKubeClient client)
    {
        var now = federation.Time.GetUtcNow();
        return client.Settings.Credentials is TokenCredentials credentials
            && TokenLife.Of(credentials.Token) is { } life
            && life.IsShort(now)
            && life.End > now
            && JoinRecord.Of(cluster.Source) is { TokenLifetime: not null } record
            && record.ServiceAccount == TokenSubject.ServiceAccountOf(credentials.Token, federation.SystemNamespace);
    }
}
