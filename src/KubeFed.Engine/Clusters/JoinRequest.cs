using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;

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

    /// <summary>
    /// A Secret of the system namespace with a <c>token</c> that the cluster already accepts. Join then makes nothing in the member: no account, no roles.
    /// </summary>
    public string? CredentialSecret { get; init; }

    /// <summary>
    /// Grant the account only what propagating the enabled types takes, instead of everything (P-3). Null keeps what an earlier join chose. After enabling
    /// a type, join again to extend the role.
    /// </summary>
    public bool? LeastPrivilege { get; init; }

    /// <summary>
    /// For how long the account's tokens are to be good; they are renewed by every sync that finds less than a fifth of it left (P-1, P-2).
    /// <see cref="Timeout.InfiniteTimeSpan"/> asks for a long-lived token out of a Secret, which is also what a first join does by itself (K-15). Null
    /// keeps what an earlier join chose.
    /// </summary>
    public TimeSpan? TokenLifetime { get; init; }

    /// <summary>Recorded instead of the kubeconfig's server (P-12).</summary>
    public string? ApiEndpoint { get; init; }

    /// <summary>PEM to record instead of the kubeconfig's; null records the kubeconfig's, or none when it relies on the system's roots (P-9).</summary>
    public string? CertificateAuthority { get; init; }

    /// <summary>Record no certificate authority: whoever connects later relies on the roots of the system it runs on (P-9).</summary>
    public bool SystemRoots { get; init; }

    /// <summary>Recorded instead of the kubeconfig's; empty for none (P-10).</summary>
    public string? ProxyUrl { get; init; }

    /// <summary>The name on the server's certificate, recorded instead of the kubeconfig's; empty for the endpoint's own (P-10).</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Checks of the server's certificate to leave out from now on, recorded instead of the kubeconfig's (P-10, P-11).</summary>
    public TlsChecksDisabled? TlsChecksDisabled { get; init; }

    /// <summary>Of the KubeFedCluster; added to those it has.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Register a cluster that another KubeFedCluster of this control plane already stands for (P-16).</summary>
    public bool AllowDuplicate { get; init; }

    /// <summary>After a failure leave what this run created, for a second run to go on from; otherwise it is removed again (P-5).</summary>
    public bool KeepOnFailure { get; init; }

    /// <summary>Refuse when any of join's objects exists, as kubefedctl does by default (K-10); otherwise join is idempotent (P-5).</summary>
    public bool ErrorOnExisting { get; init; }

    public bool DryRun { get; init; }

    /// <summary>What a role by least privilege is to allow; null takes the types that are enabled.</summary>
    internal IReadOnlyList<ApiResource>? RoleTargets { get; init; }
}

/// <summary>The cluster as registered and every object join touched. In a dry run the cluster is what would be registered.</summary>
public sealed record JoinResult(MemberCluster Cluster, IReadOnlyList<Change> Changes);
