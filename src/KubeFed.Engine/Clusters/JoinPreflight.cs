using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>What is known before the first write of a join.</summary>
/// <param name="Existing">The KubeFedCluster of that name, if there is one.</param>
/// <param name="ClusterUid">Null when the member shows no <c>kube-system</c> namespace.</param>
internal sealed record PreflightResult(MemberCluster? Existing, string? ClusterUid, KubeVersion Version);

/// <summary>Finds every reason not to join before anything is written, and explains it.</summary>
/// <remarks>P-12, P-16, P-17, K-10.</remarks>
internal sealed class JoinPreflight(Federation federation, JoinRequest request, IKubeClient member, MemberNames names, IEngineSink sink)
{
    private const int OldestMinor = 20;

    public async Task<PreflightResult> RunAsync(ControlPlaneScope scope, CancellationToken cancellationToken)
    {
        CheckName();
        try
        {
            return await InspectAsync(scope, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeConnectionException error) when (error.Cluster == request.Member.Name)
        {
            throw new FederationException(
                "ClusterUnreachable",
                FederationProblem.Failed,
                $"Cluster \"{request.Name}\" cannot be joined: {request.Member.Server} gives no answer: {error.Message}",
                error)
            {
                Remedy = error.Remedy
                    ?? $"Check that {request.Member.Server} can be reached from here and that the context's certificate authority is that cluster's.",
                Target = request.Name,
            };
        }
    }

    private async Task<PreflightResult> InspectAsync(ControlPlaneScope scope, CancellationToken cancellationToken)
    {
        var version = await ReachAsync(cancellationToken).ConfigureAwait(false);
        if (version is { Major: 1, Minor: < OldestMinor })
        {
            sink.Warning($"Cluster \"{request.Name}\" runs Kubernetes {version}; 1.{OldestMinor} is the oldest version this is tested with.");
        }

        var uid = await ReadUidAsync(cancellationToken).ConfigureAwait(false);
        var registered = await federation.Clusters.ListAsync(cancellationToken).ConfigureAwait(false);
        var existing = registered.FirstOrDefault(cluster => cluster.Name == request.Name);
        CheckIdentity(existing, registered, uid);
        if (request.CredentialSecret is { } credential)
        {
            await CheckCredentialAsync(credential, cancellationToken).ConfigureAwait(false);
        }
        else if (existing is null)
        {
            // A cluster that is registered was permitted once, and joining it again may find nothing to do.
            await new PermissionCheck(member, request.Name, scope, federation.SystemNamespace).RunAsync(cancellationToken).ConfigureAwait(false);
        }

        if (request.ErrorOnExisting)
        {
            await RefuseExistingAsync(existing, scope, cancellationToken).ConfigureAwait(false);
        }

        return new PreflightResult(existing, uid, version);
    }

    private void CheckName()
    {
        if (LabelSyntax.CheckSubdomain(request.Name) is { Count: > 0 } errors)
        {
            throw new FederationException("InvalidClusterName", FederationProblem.Invalid, $"\"{request.Name}\" cannot name a cluster: {errors[0]}.")
            {
                Remedy = "Choose a name of lower-case letters, digits, '-' and '.'; it need not be the context's name.",
                Target = request.Name,
            };
        }

        MemberToken.CheckLifetime(request.TokenLifetime, request.Name);
        foreach (var (key, value) in request.Labels)
        {
            ClusterLabels.Check(request.Name, key, value);
        }

        if (request.ApiEndpoint is { } endpoint && !ApiEndpoint.TryParse(endpoint, out _, out var why))
        {
            throw new FederationException("ClusterEndpointInvalid", FederationProblem.Invalid, $"apiEndpoint \"{endpoint}\" cannot be used: {why}.")
            {
                Remedy = "Give the URL under which the control plane reaches the cluster's API server, such as https://10.0.0.1:6443.",
                Target = request.Name,
            };
        }
    }

    private async Task<KubeVersion> ReachAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await member.GetVersionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException error) when (error.IsUnauthorized || error.IsForbidden)
        {
            throw new FederationException(
                "CredentialsRejected",
                FederationProblem.Failed,
                $"Cluster \"{request.Name}\" cannot be joined: it does not accept the context's credentials: {error.Message}",
                error)
            {
                Remedy = "Use a context whose user administers the cluster.",
                Target = request.Name,
            };
        }
    }

    private async Task<string?> ReadUidAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await member.FindAsync(KnownResources.Namespaces, ObjectKey.ClusterScoped("kube-system"), cancellationToken).ConfigureAwait(false))?.Uid;
        }
        catch (KubeApiException error) when (error.IsForbidden)
        {
            // Whoever may not even look at it is told by the permission check what is missing; with credentials of one's own it need not be visible.
            return null;
        }
    }

    private void CheckIdentity(MemberCluster? existing, IReadOnlyList<MemberCluster> registered, string? uid)
    {
        if (uid is null)
        {
            return;
        }

        if (existing?.Source.Annotation(JoinRecord.ClusterUidAnnotation) is { } recorded && recorded != uid)
        {
            throw new FederationException(
                "ClusterNameTaken",
                FederationProblem.AlreadyExists,
                $"\"{request.Name}\" is registered for another cluster (kube-system {recorded}, this one has {uid}).")
            {
                Remedy = $"Choose another name, or run Remove-KubeFedCluster {request.Name} first if that cluster is gone.",
                Target = request.Name,
            };
        }

        var same = registered.FirstOrDefault(cluster => cluster.Name != request.Name && cluster.Source.Annotation(JoinRecord.ClusterUidAnnotation) == uid);
        if (same is not null && !request.AllowDuplicate)
        {
            throw new FederationException(
                "ClusterAlreadyJoined",
                FederationProblem.AlreadyExists,
                $"The cluster at {request.Member.Server} is already registered as \"{same.Name}\" (its kube-system namespace is {uid}). "
                    + "Registered twice, its copies would be written twice and fought over.")
            {
                Remedy = $"Use \"{same.Name}\", or check that the context points at the cluster you mean.",
                Target = request.Name,
            };
        }
    }

    private async Task CheckCredentialAsync(string secret, CancellationToken cancellationToken)
    {
        var stored = await FindHostSecretAsync(secret, cancellationToken).ConfigureAwait(false);
        if (stored is null || MemberConnections.DecodeToken(stored) is null)
        {
            throw new FederationException(
                stored is null ? "ClusterSecretNotFound" : "ClusterTokenMissing",
                FederationProblem.NotFound,
                $"Cluster \"{request.Name}\" cannot be joined with Secret {federation.SystemNamespace}/{secret}: "
                    + (stored is null ? "there is none on the host." : $"it has no usable '{KubeFedNames.TokenKey}' entry."))
            {
                Remedy = $"Put a bearer token the cluster accepts into the entry '{KubeFedNames.TokenKey}' of that Secret.",
                Target = request.Name,
            };
        }
    }

    /// <summary>K-10, but before anything is written.</summary>
    private async Task RefuseExistingAsync(MemberCluster? existing, ControlPlaneScope scope, CancellationToken cancellationToken)
    {
        var (systemNamespace, account) = (federation.SystemNamespace, names.ServiceAccount);
        var key = new ObjectKey(systemNamespace, account);
        if (await member.FindAsync(KnownResources.ServiceAccounts, key, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw Exists($"service account: {account} already exists in joining cluster: {request.Name}");
        }

        if (await member.FindAsync(KnownResources.Secrets, key, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw Exists($"service account token secret: {account} already exists in joining cluster: {request.Name}");
        }

        foreach (var (resource, value) in MemberObjects.Rbac(names, scope, targets: null))
        {
            if (await member.FindAsync(resource, value.Key, cancellationToken).ConfigureAwait(false) is not null)
            {
                throw Exists($"{resource.Kind} {value.Name} already exists in joining cluster: {request.Name}");
            }
        }

        if (request.SecretName is { } secret
            && await FindHostSecretAsync(secret, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw Exists($"host cluster secret {secret} already exists");
        }

        if (existing is not null)
        {
            throw Exists($"federated cluster {request.Name} already exists in host cluster");
        }
    }

    private Task<KubeObject?> FindHostSecretAsync(string name, CancellationToken cancellationToken) =>
        federation.Host.FindAsync(KnownResources.Secrets, new ObjectKey(federation.SystemNamespace, name), cancellationToken);

    private FederationException Exists(string message) => new("JoinObjectExists", FederationProblem.AlreadyExists, message)
    {
        Remedy = "Join without ErrorOnExisting to take over what an earlier join left, or remove it.",
        Target = request.Name,
    };
}
