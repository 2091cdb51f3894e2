using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>
/// Joins one cluster, step by step; every step leaves what is right as it is, so that a join that was broken off is finished by running it again. A step
/// that fails takes back what this run created.
/// </summary>
/// <remarks>cli.md section 2, P-1 to P-16.</remarks>
internal sealed class Join
{
    private static readonly TimeSpan RollbackPatience = TimeSpan.FromSeconds(30);

    /// <summary>Whether the cluster is ready right after it joined is asked once; a cluster under load may take its time.</summary>
    private static readonly HealthPolicy FirstProbe = HealthPolicy.Default with { Timeout = TimeSpan.FromSeconds(10), FailureThreshold = 1 };

    private readonly Federation _federation;
    private readonly JoinRequest _request;
    private readonly IEngineSink _sink;
    private readonly IKubeClient _memberClient;
    private readonly ChangeLog _log;
    private readonly ObjectWriter _host;
    private readonly ObjectWriter _member;
    private MemberNames _names;
    private JoinRecord? _before;
    private JoinCredential? _credential;
    private IReadOnlyList<ApiResource>? _targets;

    public Join(Federation federation, JoinRequest request, IEngineSink sink, IKubeClient memberClient)
    {
        (_federation, _request, _sink, _memberClient) = (federation, request, sink, memberClient);
        _names = MemberNames.For(request.Name, request.HostClusterName ?? federation.Options.HostName, federation.SystemNamespace);
        _log = new ChangeLog(sink, request.DryRun);
        _host = new ObjectWriter(federation.Host, federation.Options.HostName, _log, federation.Time);
        _member = new ObjectWriter(memberClient, request.Name, _log, federation.Time);
    }

    public async Task<JoinResult> RunAsync(CancellationToken cancellationToken)
    {
        var scope = (await _federation.ControlPlane.ReadConfigAsync(cancellationToken).ConfigureAwait(false)).Scope;
        var found = await new JoinPreflight(_federation, _request, _memberClient, _names, _sink).RunAsync(scope, cancellationToken).ConfigureAwait(false);
        Registration.Check(_request, SecretName(found.Existing), _federation.SystemNamespace);
        _before = found.Existing is { } existing ? JoinRecord.Of(existing.Source) : null;
        if (_request.HostClusterName is null && _before?.ServiceAccount is { Length: > 0 } account)
        {
            // The account there is stays, whatever the host's context is called this time (P-7).
            _names = MemberNames.Of(account, _federation.SystemNamespace);
        }

        var owner = $"{_federation.SystemNamespace}/{_names.ServiceAccount}";
        var objects = new OwnedObjects(owner, _before?.Created ?? []);
        KubeObject cluster;
        try
        {
            var secret = _request.CredentialSecret;
            if (secret is null)
            {
                if (await IsRoleTakenAsync(owner, cancellationToken).ConfigureAwait(false))
                {
                    _names = _names.WithOwnRole();
                }

                _credential = new JoinCredential(_federation, _request, _member, _names, _before, _sink);
                await WriteMemberAsync(objects, scope, cancellationToken).ConfigureAwait(false);
                secret = await WriteHostSecretAsync(objects, found.Existing, cancellationToken).ConfigureAwait(false);
            }

            cluster = await WriteClusterAsync(objects, found, secret, cancellationToken).ConfigureAwait(false);
            foreach (var item in (_before?.Created ?? []).Reverse().Where(item => _credential?.Retires(item, IsLeastPrivilege) == true))
            {
                await _member.DeleteAsync(item.Resource, item.Key, item.Uid, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is KubeException or FederationException or OperationCanceledException)
        {
            throw await RollBackAsync(objects, error).ConfigureAwait(false) ?? error;
        }

        var registered = MemberClusterReader.Read(cluster);
        return new JoinResult(_request.DryRun ? registered : await ProbeAsync(registered, cancellationToken).ConfigureAwait(false), _log.Changes);
    }

    private bool IsLeastPrivilege => _request.LeastPrivilege ?? _before?.LeastPrivilege ?? false;

    private async Task<bool> IsRoleTakenAsync(string owner, CancellationToken cancellationToken)
    {
        if (_before?.Created.Any(item => item.Key.Name == _names.WithOwnRole().Role) == true)
        {
            return true;
        }

        var role = await _member.FindAsync(KnownResources.ClusterRoles, ObjectKey.ClusterScoped(_names.Role), cancellationToken).ConfigureAwait(false);
        return role?.Annotation(JoinRecord.OwnerAnnotation) is { } other && other != owner;
    }

    private async Task WriteMemberAsync(OwnedObjects objects, ControlPlaneScope scope, CancellationToken cancellationToken)
    {
        _targets = IsLeastPrivilege
            ? _request.RoleTargets ?? (await _federation.Types.ListAsync(cancellationToken).ConfigureAwait(false)).Select(type => type.Target).ToList()
            : null;
        (ApiResource Resource, KubeObject Object)[] wanted =
        [
            (KnownResources.Namespaces, MemberObjects.Namespace(_names)),
            (KnownResources.ServiceAccounts, MemberObjects.ServiceAccount(_names)),
            .. _credential!.Lifetime is null ? [(KnownResources.Secrets, MemberObjects.TokenSecret(_names))] : Array.Empty<(ApiResource, KubeObject)>(),
            .. MemberObjects.Rbac(_names, scope, _targets),
            .. IsLeastPrivilege && _credential.Lifetime is not null ? MemberObjects.Renewal(_names) : [],
        ];
        foreach (var (resource, value) in wanted)
        {
            await objects.EnsureAsync(_member, onHost: false, resource, value, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>P-8: a second join goes on using the Secret of the first.</summary>
    private string SecretName(MemberCluster? existing) => _request.CredentialSecret
        ?? _request.SecretName
        ?? (existing?.SecretName is { Length: > 0 } recorded ? recorded : _names.HostSecret(_request.Name));

    private async Task<string> WriteHostSecretAsync(OwnedObjects objects, MemberCluster? existing, CancellationToken cancellationToken)
    {
        var name = SecretName(existing);
        var secret = KubeObject.Create(KnownResources.Secrets, new ObjectKey(_federation.SystemNamespace, name));
        if (_request.DryRun)
        {
            // The token does not exist yet, and whether an existing Secret would change cannot be known.
            await objects.EnsureAsync(_host, onHost: true, KnownResources.Secrets, secret, cancellationToken).ConfigureAwait(false);
            return name;
        }

        var token = await _credential!.GetAsync(objects, secret.Key, IsLeastPrivilege, cancellationToken).ConfigureAwait(false);
        secret.Json["data"] = new JsonObject { [KubeFedNames.TokenKey] = Convert.ToBase64String(Encoding.UTF8.GetBytes(token)) };
        await objects.EnsureAsync(_host, onHost: true, KnownResources.Secrets, secret, cancellationToken).ConfigureAwait(false);
        return name;
    }

    private async Task<KubeObject> WriteClusterAsync(OwnedObjects objects, PreflightResult found, string secret, CancellationToken cancellationToken)
    {
        var cluster = KubeObject.Create(CoreResources.KubeFedClusters, new ObjectKey(_federation.SystemNamespace, _request.Name));
        cluster.SetAnnotation(JoinRecord.Annotation, Record(objects, found.ClusterUid, found.Existing?.Source).ToText());
        if (found.ClusterUid is not null)
        {
            cluster.SetAnnotation(JoinRecord.ClusterUidAnnotation, found.ClusterUid);
        }

        // A null in the wanted object takes away what an earlier join wrote.
        var existing = found.Existing?.Source;
        cluster.Metadata["annotations"]![KubeFedNames.TlsServerNameAnnotation] = Registration.TlsServerName(_request, existing, _before);
        foreach (var (key, value) in _request.Labels)
        {
            cluster.SetLabel(key, value);
        }

        cluster.Json["spec"] = Registration.Spec(_request, secret, existing, _before);
        return (await _host.EnsureAsync(CoreResources.KubeFedClusters, cluster, cancellationToken).ConfigureAwait(false)).Object;
    }

    /// <summary>What earlier joins made and this one did not touch is still theirs to remove.</summary>
    private JoinRecord Record(OwnedObjects objects, string? clusterUid, KubeObject? existing)
    {
        var own = objects.Own;
        var made = own.Select(item => (item.OnHost, item.Resource, item.Key)).ToHashSet();
        var kept = (_before?.Created ?? []).Where(item => !made.Contains((item.OnHost, item.Resource, item.Key)));
        var account = _request.CredentialSecret is null ? _names.ServiceAccount : _before?.ServiceAccount ?? string.Empty;
        return new JoinRecord(account, clusterUid, [.. kept.Where(item => _credential?.Retires(item, IsLeastPrivilege) != true), .. own])
        {
            LeastPrivilege = IsLeastPrivilege,
            Context = _request.Member.Name == _request.Name ? null : _request.Member.Name,
            Granted = [.. (_targets ?? []).Select(target => target.QualifiedName).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            TokenLifetime = _credential?.Lifetime,
            Given = [.. (_before?.Given ?? []).Union(Registration.Given(_request, existing))],
        };
    }

    private async Task<Exception?> RollBackAsync(OwnedObjects objects, Exception error)
    {
        if (_request.DryRun || _request.KeepOnFailure)
        {
            return null;
        }

        // The caller's token may be the very reason; cleaning up has its own, bounded time.
        using var patience = new CancellationTokenSource(RollbackPatience, _federation.Time);
        var left = await objects.RollBackAsync(patience.Token).ConfigureAwait(false);
        var outcome = left.Count == 0
            ? "What this run had created was removed again."
            : $"What this run had created was removed again, except {string.Join(", ", left)}.";
        if (error is OperationCanceledException)
        {
            _sink.Warning($"Joining cluster \"{_request.Name}\" was cancelled. {outcome}");
            return null;
        }

        var known = error as FederationException;
        return new FederationException(
            known?.Id ?? "JoinFailed",
            known?.Problem ?? FederationProblem.Failed,
            $"Cluster \"{_request.Name}\" could not be joined: {error.Message} {outcome}",
            error)
        {
            Remedy = known?.Remedy ?? (error as KubeException)?.Remedy ?? "Correct the cause and run the command again.",
            Target = _request.Name,
        };
    }

    /// <summary>P-12: with the stored credentials, as the control plane will; a registered cluster that fails this stays registered.</summary>
    private async Task<MemberCluster> ProbeAsync(MemberCluster cluster, CancellationToken cancellationToken)
    {
        var health = await _federation.Clusters.CheckAsync(cluster, FirstProbe, record: true, cancellationToken).ConfigureAwait(false);
        if (!health.Ready)
        {
            _sink.Warning($"Cluster \"{cluster.Name}\" is registered, but not ready with its stored endpoint and credentials: {health.Message}");
        }

        return health.Cluster;
    }
}
