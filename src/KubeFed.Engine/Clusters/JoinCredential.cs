using KubeFed.Engine.Api;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>The token a join stores: a long-lived one as KubeFed's, or one that expires and is renewed.</summary>
/// <remarks>P-1, P-2, K-15.</remarks>
internal sealed class JoinCredential
{
    private readonly Federation _federation;
    private readonly JoinRequest _request;
    private readonly ObjectWriter _member;
    private readonly MemberNames _names;
    private readonly JoinRecord? _before;
    private readonly IEngineSink _sink;

    public JoinCredential(Federation federation, JoinRequest request, ObjectWriter member, MemberNames names, JoinRecord? before, IEngineSink sink)
    {
        (_federation, _request, _member, _names, _before, _sink) = (federation, request, member, names, before, sink);
        Lifetime = (request.TokenLifetime ?? before?.TokenLifetime) is { } lifetime && lifetime != Timeout.InfiniteTimeSpan ? lifetime : null;
    }

    /// <summary>For how long tokens are asked for; null for a long-lived one. A member that fills no Secrets turns null into a year.</summary>
    public TimeSpan? Lifetime { get; private set; }

    /// <summary>
    /// The Secret of a long-lived token, once the account has one that expires: as long as it is there, the other one is good too. And the other way round
    /// the right to ask for tokens, which would let whoever holds a long-lived token outlive its Secret.
    /// </summary>
    public bool Retires(JoinedObject item, bool leastPrivilege) => !item.OnHost
        && ((Lifetime is not null && item.Resource == KnownResources.Secrets)
            || ((Lifetime is null || !leastPrivilege) && item.Key.Name == _names.RenewalRole));

    public async Task<string> GetAsync(OwnedObjects objects, ObjectKey hostSecret, bool leastPrivilege, CancellationToken cancellationToken)
    {
        var account = new ObjectKey(_names.Namespace, _names.ServiceAccount);
        if (Lifetime is { } lifetime)
        {
            return await KeptAsync(hostSecret, cancellationToken).ConfigureAwait(false)
                ?? await MemberToken.RequestAsync(_member.Client, _member.Cluster, account, lifetime, cancellationToken).ConfigureAwait(false);
        }

        if (await MemberToken.FromSecretAsync(_federation.Time, _member, account, cancellationToken).ConfigureAwait(false) is { } filled)
        {
            return filled;
        }

        var token = await MemberToken
            .RequestAsync(_member.Client, _member.Cluster, account, MemberToken.DefaultLifetime, cancellationToken)
            .ConfigureAwait(false);
        Lifetime = MemberToken.DefaultLifetime;
        var end = TokenLife.Of(token) is { } life ? $" at {life.End:u}" : string.Empty;
        _sink.Warning(
            $"{_member.Cluster} fills no service account Secrets, so a token was requested instead; it expires{end}. "
                + "Syncs renew it in the last fifth of its life, and so does Set-KubeFedCluster -RenewCredential.");
        await objects.WithdrawAsync(_member, KnownResources.Secrets, account, cancellationToken).ConfigureAwait(false);
        foreach (var (resource, value) in leastPrivilege ? MemberObjects.Renewal(_names) : [])
        {
            await objects.EnsureAsync(_member, onHost: false, resource, value, cancellationToken).ConfigureAwait(false);
        }

        return token;
    }

    /// <summary>The token of an earlier join, if it is this account's, as long-lived as wanted, accepted, and not about to expire; else null.</summary>
    private async Task<string?> KeptAsync(ObjectKey hostSecret, CancellationToken cancellationToken)
    {
        if ((_request.TokenLifetime is { } wanted && wanted != _before?.TokenLifetime)
            || await _federation.Host.FindAsync(KnownResources.Secrets, hostSecret, cancellationToken).ConfigureAwait(false) is not { } stored
            || MemberConnections.DecodeToken(stored) is not { } token
            || TokenSubject.ServiceAccountOf(token, _names.Namespace) != _names.ServiceAccount
            || TokenLife.Of(token) is not { } life
            || life.IsShort(_federation.Time.GetUtcNow()))
        {
            return null;
        }

        using var client = _federation.Options.Clients.Create(_request.Member with { Credentials = new TokenCredentials(token), Impersonation = null });
        try
        {
            await client.GetVersionAsync(cancellationToken).ConfigureAwait(false);
            return token;
        }
        catch (KubeApiException error) when (error.IsUnauthorized)
        {
            // Of an account that was deleted and made anew.
            return null;
        }
    }
}
