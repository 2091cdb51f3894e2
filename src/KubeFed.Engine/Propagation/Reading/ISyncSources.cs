using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Reading;

/// <summary>
/// Where a run has its facts from: asked for now, or watched all along. What is decided from them, and done about it, is the same either way.
/// </summary>
internal interface ISyncSources
{
    /// <summary>For what a run writes, and for what it confirms before it writes.</summary>
    IKubeClient Host { get; }

    /// <summary>What is told of resources may be a moment old, whatever the request says.</summary>
    bool MayLag { get; }

    /// <summary>What every decision depends on.</summary>
    /// <exception cref="FederationException">There is no control plane.</exception>
    Task<SyncBasis> BasisAsync(IEngineSink sink, CancellationToken cancellationToken);

    /// <summary>The type a user's word means.</summary>
    /// <exception cref="FederationException">None, or more than one.</exception>
    Task<FederatedType> ResolveAsync(string word, CancellationToken cancellationToken);

    /// <summary>What a run asks of the host beyond that.</summary>
    /// <param name="scope">How far the run reaches.</param>
    /// <param name="namespaces">The type of FederatedNamespaces; null when it is not enabled.</param>
    /// <param name="cancellationToken">Ends every read.</param>
    IHostFacts OpenHost(SyncScope scope, FederatedType? namespaces, CancellationToken cancellationToken);

    /// <summary>A member's way through the run.</summary>
    MemberLane OpenLane(MemberCluster cluster, SyncScope scope, IEngineSink sink, CancellationToken cancellationToken);

    /// <summary>Makes the preferences true that the run is about, before anything is propagated; in a dry run, what the resources would then be.</summary>
    Task<IReadOnlyDictionary<(string Type, ObjectKey Key), KubeObject>> ScheduleAsync(
        SyncRequest request, IReadOnlyList<FederatedType> types, SyncScope scope, IEngineSink sink, CancellationToken cancellationToken);
}

/// <summary>What every decision of a run depends on.</summary>
/// <param name="Config">The control plane's configuration.</param>
/// <param name="Self">Who we are; null when the host did not tell.</param>
/// <param name="Types">All enabled types, also those whose propagation is switched off.</param>
/// <param name="Clusters">All registered clusters.</param>
internal sealed record SyncBasis(
    ControlPlaneConfig Config, FederationIdentity? Self, IReadOnlyList<FederatedType> Types, IReadOnlyList<MemberCluster> Clusters);

/// <summary>What a run asks of the host, each part only when it is needed. Every member throws a <see cref="KubeException"/> when it can't be told.</summary>
internal interface IHostFacts
{
    /// <summary>All objects of a federated type that the run may be about, page by page.</summary>
    IAsyncEnumerable<IReadOnlyList<KubeObject>> PagesAsync(FederatedType type);

    /// <summary>Plans of the type will follow: what they are going to ask for may be begun.</summary>
    void Anticipate(FederatedType type);

    /// <summary>The FederatedNamespace of a namespace; null when there is none.</summary>
    Task<FederatedResource?> FederatedNamespaceAsync(string name);

    /// <summary>The uid of the host's own Namespace; null when it has none of that name.</summary>
    Task<string?> NamespaceUidAsync(string name);

    /// <summary>A PropagatedVersion or ClusterPropagatedVersion; null when there is none.</summary>
    Task<KubeObject?> PropagatedVersionAsync(ApiResource resource, ObjectKey key);
}
