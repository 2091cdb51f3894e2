using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>Whose credentials to renew, and how.</summary>
public sealed record RenewRequest
{
    public required string Name { get; init; }

    /// <summary>An administrator's connection; null uses the stored credentials, as long as the member accepts them.</summary>
    public ConnectionSettings? Member { get; init; }

    /// <summary>How long the new token is good for; null keeps what there is, <see cref="Timeout.InfiniteTimeSpan"/> asks for a long-lived one.</summary>
    public TimeSpan? TokenLifetime { get; init; }

    public bool DryRun { get; init; }
}

/// <summary>
/// Puts a new token of the same service account into the host's Secret: first the new one is made, then it is tried, then it is stored, and only then is
/// the old one taken away, so that a renewal that breaks off anywhere leaves credentials that work.
/// </summary>
/// <remarks>P-1, P-2, K-15.</remarks>
internal sealed class CredentialRenewal(Federation federation, RenewRequest request, ChangeLog log)
{
    private static readonly WriteOptions Options = new() { FieldManager = KubeFedNames.FieldManager };

    public async Task<MemberCluster> RunAsync(CancellationToken cancellationToken)
    {
        MemberToken.CheckLifetime(request.TokenLifetime, request.Name);
        var cluster = await federation.Clusters.FindAsync(request.Name, cancellationToken).ConfigureAwait(false)
            ?? throw ClusterErrors.NotFound(federation, request.Name);
        var record = JoinRecord.Of(cluster.Source);
        var old = await OldTokenAsync(cluster, cancellationToken).ConfigureAwait(false);
        var account = record?.ServiceAccount ?? (old is null ? null : TokenSubject.ServiceAccountOf(old, federation.SystemNamespace));
        if (string.IsNullOrEmpty(account))
        {
            throw NotOurs(cluster);
        }

        using var own = request.Member is { } settings ? federation.Options.Clients.Create(settings) : null;
        var client = own ?? await federation.ConnectAsync(cluster, cancellationToken).ConfigureAwait(false);
        var names = MemberNames.Of(account, federation.SystemNamespace);
        var member = new ObjectWriter(client, request.Name, log, federation.Time);
        var owned = new OwnedObjects($"{federation.SystemNamespace}/{account}", record?.Created ?? []);
        var lifetime = Lifetime(record, old);
        var token = string.Empty;
        try
        {
            await MemberIdentity.CheckAsync(client, cluster, request.Member, cancellationToken).ConfigureAwait(false);

            if (own is not null)
            {
                await CheckAccountAsync(own, names, cancellationToken).ConfigureAwait(false);
            }

            // Only an administrator can grant this; the stored credentials have it already, or cannot renew themselves.
            foreach (var (resource, value) in record is { LeastPrivilege: true } && lifetime is not null && own is not null ? MemberObjects.Renewal(names) : [])
            {
                await owned.EnsureAsync(member, onHost: false, resource, value, cancellationToken).ConfigureAwait(false);
            }

            token = lifetime is { } asked
                ? await RequestAsync(client, names, asked, cancellationToken).ConfigureAwait(false)
                : await MakeLongLivedAsync(member, owned, names, old, cancellationToken).ConfigureAwait(false);
            await TryAsync(cluster, token, cancellationToken).ConfigureAwait(false);
            await StoreAsync(cluster, token, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is KubeException or FederationException)
        {
            var left = await owned.RollBackAsync(CancellationToken.None).ConfigureAwait(false);
            throw Failed(error, left);
        }

        var retired = await RetireAsync(cluster, record, old, token, names, lifetime is null, own, cancellationToken).ConfigureAwait(false);
        return await RecordAsync(cluster, record, account, lifetime, owned.Own, retired, cancellationToken).ConfigureAwait(false);
    }

    private TimeSpan? Lifetime(JoinRecord? record, string? old)
    {
        var life = old is null ? null : TokenLife.Of(old);
        var wanted = request.TokenLifetime ?? record?.TokenLifetime ?? life?.End - life?.Begin;
        return wanted == Timeout.InfiniteTimeSpan ? null : wanted;
    }

    private async Task<string?> OldTokenAsync(MemberCluster cluster, CancellationToken cancellationToken)
    {
        if (cluster.SecretName.Length == 0)
        {
            throw NotOurs(cluster);
        }

        var key = new ObjectKey(federation.SystemNamespace, cluster.SecretName);
        var secret = await federation.Host.FindAsync(KnownResources.Secrets, key, cancellationToken).ConfigureAwait(false);
        return secret is null ? null : MemberConnections.DecodeToken(secret);
    }

    /// <summary>
    /// Nobody makes a token for an account that is gone, and a Secret would wait for one in vain. Stored credentials are the account's own: without it the
    /// member has refused them already.
    /// </summary>
    private async Task CheckAccountAsync(IKubeClient client, MemberNames names, CancellationToken cancellationToken)
    {
        var account = new ObjectKey(names.Namespace, names.ServiceAccount);
        try
        {
            if (await client.FindAsync(KnownResources.ServiceAccounts, account, cancellationToken).ConfigureAwait(false) is not null)
            {
                return;
            }
        }
        catch (KubeApiException error) when (error.IsForbidden)
        {
            // Whoever may make tokens need not be allowed to read accounts.
            return;
        }

        throw new FederationException(
            "ServiceAccountNotFound",
            FederationProblem.NotFound,
            $"{request.Name} has no service account {account} any more, so there is nobody to issue a token for.")
        {
            Remedy = $"Join the cluster again, which makes what is missing: Join-KubeFedCluster -Name {request.Name}.",
            Target = request.Name,
        };
    }

    private async Task<string> RequestAsync(IKubeClient client, MemberNames names, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        if (log.DryRun)
        {
            return string.Empty;
        }

        var account = new ObjectKey(names.Namespace, names.ServiceAccount);
        var token = await MemberToken.RequestAsync(client, request.Name, account, lifetime, cancellationToken).ConfigureAwait(false);
        log.Note($"{request.Name} issued a token for {account}{(TokenLife.Of(token) is { } life ? $" that expires at {life.End:u}" : string.Empty)}");
        return token;
    }

    /// <summary>A second Secret beside the first: one that is deleted and made again would be no credentials in between.</summary>
    private async Task<string> MakeLongLivedAsync(
        ObjectWriter member, OwnedObjects owned, MemberNames names, string? old, CancellationToken cancellationToken)
    {
        var current = old is null ? null : TokenSubject.SecretOf(old);
        var first = new ObjectKey(names.Namespace, names.ServiceAccount);
        var isFree = current != names.ServiceAccount
            && await member.FindAsync(KnownResources.Secrets, first, cancellationToken).ConfigureAwait(false) is null;
        var name = isFree ? names.ServiceAccount : $"{names.ServiceAccount}-{Guid.NewGuid().ToString("n")[..5]}";
        var secret = MemberObjects.TokenSecret(names, name);
        await owned.EnsureAsync(member, onHost: false, KnownResources.Secrets, secret, cancellationToken).ConfigureAwait(false);
        if (log.DryRun)
        {
            return string.Empty;
        }

        return await MemberToken.FromSecretAsync(federation.Time, member, secret.Key, cancellationToken).ConfigureAwait(false)
            ?? throw new FederationException(
                "TokenTimedOut", FederationProblem.TimedOut, $"{request.Name} put no token into Secret {secret.Key} in time.")
            {
                Remedy = "Ask for a token that expires, with -TokenLifetime, or check that its kube-controller-manager runs.",
                Target = request.Name,
            };
    }

    /// <summary>The way the caller came: a token nobody can use must not replace one that works.</summary>
    private async Task TryAsync(MemberCluster cluster, string token, CancellationToken cancellationToken)
    {
        if (!log.DryRun)
        {
            var settings = request.Member is { } given
                ? given with { Credentials = new TokenCredentials(token), Impersonation = null }
                : MemberSettings.From(cluster, token);
            using var client = federation.Options.Clients.Create(settings);
            await client.GetVersionAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task StoreAsync(MemberCluster cluster, string token, CancellationToken cancellationToken)
    {
        var host = new ObjectWriter(federation.Host, federation.Options.HostName, log, federation.Time);
        var secret = KubeObject.Create(KnownResources.Secrets, new ObjectKey(federation.SystemNamespace, cluster.SecretName));
        secret.Json["data"] = new JsonObject { [KubeFedNames.TokenKey] = Convert.ToBase64String(Encoding.UTF8.GetBytes(token)) };
        await host.EnsureAsync(KnownResources.Secrets, secret, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Takes away what the old token lives by: its Secret, where it is long-lived (one that expires ends by itself), and the right to renew, where the new
    /// one is.
    /// </summary>
    private async Task<IReadOnlyList<JoinedObject>> RetireAsync(
        MemberCluster cluster,
        JoinRecord? record,
        string? old,
        string token,
        MemberNames names,
        bool isLongLived,
        IKubeClient? own,
        CancellationToken cancellationToken)
    {
        var secret = old is null ? null : TokenSubject.SecretOf(old);
        var retired = record is not null
            ? record.Created.Reverse().Where(item => !item.OnHost
                && ((item.Resource == KnownResources.Secrets && item.Key.Name == secret) || (isLongLived && item.Key.Name == names.RenewalRole))).ToList()
            : secret is null ? []
            : [new JoinedObject(OnHost: false, KnownResources.Secrets, new ObjectKey(names.Namespace, secret), string.Empty)];
        if (retired.Count == 0)
        {
            return retired;
        }

        try
        {
            // The stored client's token may be the very one that goes.
            using var renewed = own is null && !log.DryRun ? federation.Options.Clients.Create(MemberSettings.From(cluster, token)) : null;
            var client = own ?? renewed ?? await federation.ConnectAsync(cluster, cancellationToken).ConfigureAwait(false);
            var member = new ObjectWriter(client, request.Name, log, federation.Time);
            foreach (var item in retired)
            {
                await member.DeleteAsync(item.Resource, item.Key, item.Uid.Length > 0 ? item.Uid : null, cancellationToken).ConfigureAwait(false);
            }

            return retired;
        }
        catch (KubeException error)
        {
            var left = string.Join(", ", retired.Select(item => $"{item.Resource.Kind} {item.Key}"));
            throw new FederationException(
                "OldCredentialLeft",
                FederationProblem.Failed,
                $"Cluster \"{request.Name}\" has new credentials, but {left} of the old ones could not be deleted there: {error.Message}",
                error)
            {
                Remedy = "Delete it in the member, or run the command again with an administrator's context.",
                Target = request.Name,
            };
        }
    }

    private async Task<MemberCluster> RecordAsync(
        MemberCluster cluster,
        JoinRecord? record,
        string account,
        TimeSpan? lifetime,
        IReadOnlyList<JoinedObject> made,
        IReadOnlyList<JoinedObject> retired,
        CancellationToken cancellationToken)
    {
        if (record is null)
        {
            // Joined by another tool: what it made is still found by name.
            return cluster;
        }

        var next = record with { ServiceAccount = account, TokenLifetime = lifetime, Created = [.. record.Created.Except(retired).Union(made)] };
        if (log.DryRun || next.ToText() == record.ToText())
        {
            return cluster;
        }

        var annotations = new JsonObject { [JoinRecord.Annotation] = next.ToText() };
        var patch = KubePatch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } });
        var stored = await federation.Host
            .PatchAsync(CoreResources.KubeFedClusters, cluster.Source.Key, patch, Options, cancellationToken)
            .ConfigureAwait(false);
        log.Add(ChangeKind.Update, federation.Options.HostName, CoreResources.KubeFedClusters.Kind, cluster.Source.Key.ToString());
        return MemberClusterReader.Read(stored);
    }

    private FederationException NotOurs(MemberCluster cluster) => new(
        "CredentialNotOurs",
        FederationProblem.Refused,
        $"The credentials of cluster \"{request.Name}\" were registered and not made by join, so they cannot be renewed from here.")
    {
        Remedy = $"Put a new token into the entry '{KubeFedNames.TokenKey}' of Secret {federation.SystemNamespace}/{cluster.SecretName}, "
            + "or join again without CredentialSecret.",
        Target = request.Name,
    };

    private FederationException Failed(Exception error, IReadOnlyList<string> left) => new(
        (error as FederationException)?.Id ?? "CredentialNotRenewed",
        (error as FederationException)?.Problem ?? FederationProblem.Failed,
        $"The credentials of cluster \"{request.Name}\" could not be renewed and are as they were: {error.Message}"
            + (left.Count == 0 ? string.Empty : $" Left behind: {string.Join(", ", left)}."),
        error)
    {
        Remedy = (error as FederationException)?.Remedy ?? (request.Member is null
            ? $"Give an administrator's context of the cluster, or run Join-KubeFedCluster {request.Name} with one."
            : "Correct the cause and run the command again."),
        Target = request.Name,
    };
}
