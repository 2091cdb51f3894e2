using System.Threading.Channels;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>What a run reads from the host beyond the resources themselves, each part once and only when it is needed.</summary>
internal sealed class HostSnapshot
{
    /// <summary>Small enough that the members have work while the next page is made, and that little is left to do after the last one.</summary>
    internal const int PageSize = 250;

    private readonly Federation _federation;
    private readonly SyncScope _scope;
    private readonly CancellationToken _cancellationToken;
    private readonly Lazy<Task<Dictionary<string, FederatedResource>>> _namespaces;
    private readonly Lazy<Task<Dictionary<string, string>>> _namespaceUids;
    private readonly Lazy<Task<Dictionary<ObjectKey, KubeObject>>> _namespacedVersions;
    private readonly Lazy<Task<Dictionary<ObjectKey, KubeObject>>> _clusterVersions;

    public HostSnapshot(Federation federation, SyncScope scope, FederatedType? namespaces, CancellationToken cancellationToken)
    {
        (_federation, _scope, _cancellationToken) = (federation, scope, cancellationToken);
        _namespaces = new(() => ReadNamespacesAsync(namespaces));
        _namespaceUids = new(ReadNamespaceUidsAsync);
        _namespacedVersions = new(() => ReadVersionsAsync(CoreResources.PropagatedVersions));
        _clusterVersions = new(() => ReadVersionsAsync(CoreResources.ClusterPropagatedVersions));
    }

    /// <summary>In a dry run, resources as an earlier step of the run would have written them; they stand in for the stored ones.</summary>
    public IReadOnlyDictionary<(string Type, ObjectKey Key), KubeObject> Drafts { get; set; } = new Dictionary<(string, ObjectKey), KubeObject>();

    /// <summary>
    /// All objects of a federated type that the control plane reaches, page by page as the host gives them, read ahead of whoever works on them. A list that
    /// can't be read to its end throws its <see cref="KubeException"/> after the pages that came.
    /// </summary>
    public ChannelReader<IReadOnlyList<KubeObject>> Read(FederatedType type)
    {
        var pages = Channel.CreateUnbounded<IReadOnlyList<KubeObject>>(new UnboundedChannelOptions { SingleReader = true });
        _ = FillAsync(type, pages.Writer);

        // Their plans will ask for it; a failure is told to those.
        _ = type.IsNamespaceType ? _namespaceUids.Value : _namespaces.Value as Task;
        return pages.Reader;
    }

    /// <summary>The plan of a resource: the one way to it, whether it is then carried out, foreseen or compared.</summary>
    /// <param name="resource">The federated resource.</param>
    /// <param name="clusters">All registered clusters.</param>
    /// <exception cref="KubeException">What it depends on could not be read.</exception>
    public async Task<ResourcePlan> PlanAsync(FederatedResource resource, IReadOnlyList<MemberCluster> clusters)
    {
        var placement = Placement.Compute(resource, await NamespaceOfAsync(resource.Type, resource.Key).ConfigureAwait(false), clusters);
        var plan = new ResourcePlan(resource, placement, _scope.Self)
        {
            Adopt = _scope.Config.AdoptResources,
            TakeOver = _scope.TakeOver,
            AbandonUnreachable = _scope.AbandonUnreachable,
            HostNamespaceUid = resource.Type.IsNamespaceType ? await NamespaceUidAsync(resource.Object.Name).ConfigureAwait(false) : null,
        };
        return plan.WithLegacy(await LegacyOfAsync(plan).ConfigureAwait(false));
    }

    /// <summary>What the namespace of a resource allows (E-45 to E-48).</summary>
    public async Task<NamespaceScope> NamespaceOfAsync(FederatedType type, ObjectKey key)
    {
        if (type.IsNamespaceType || key.Namespace is not { } name || !type.Target.Namespaced)
        {
            return NamespaceScope.Unrestricted;
        }

        var federated = (await _namespaces.Value.ConfigureAwait(false)).GetValueOrDefault(name);
        return _scope.Config.Scope == ControlPlaneScope.Cluster ? NamespaceScope.Of(name, federated)
            : federated is null ? NamespaceScope.Unrestricted
            : NamespaceScope.By(federated);
    }

    /// <summary>The uid of the host's own Namespace (E-60); null when it has none of that name.</summary>
    public async Task<string?> NamespaceUidAsync(string name) => (await _namespaceUids.Value.ConfigureAwait(false)).GetValueOrDefault(name);

    /// <summary>What a KubeFed controller recorded of a resource; asked only for resources that carry no record of ours.</summary>
    public async Task<LegacyVersions> LegacyOfAsync(ResourcePlan plan)
    {
        // A KubeFed controller lists a cluster it has propagated to without our fields; a new resource lists none.
        if (!plan.Recorded.Clusters.Any(c => c.AppliedHash is null && c.Reason == PropagationReason.Ok))
        {
            return LegacyVersions.None;
        }

        var all = await (plan.Resource.Type.Federated.Namespaced ? _namespacedVersions : _clusterVersions).Value.ConfigureAwait(false);
        var stored = all.GetValueOrDefault(new ObjectKey(plan.Resource.Key.Namespace, LegacyVersions.NameFor(plan.Resource)));
        return LegacyVersions.Read(plan.Resource, plan.Source, stored);
    }

    private async Task FillAsync(FederatedType type, ChannelWriter<IReadOnlyList<KubeObject>> pages)
    {
        var query = new ListQuery
        {
            Namespace = type.Federated.Namespaced ? _scope.SingleNamespace : null,
            FieldSelector = _scope.SingleName is { } name ? $"metadata.name={name}" : null,
            // A cache that is asked for a page may turn to the store instead.
            PageSize = _scope.FromCache ? 0 : PageSize,
            ResourceVersion = _scope.FromCache ? "0" : string.Empty,
        };
        var given = new HashSet<ObjectKey>();
        try
        {
            try
            {
                await foreach (var page in _federation.Host.ListPagesAsync(type.Federated, query, _cancellationToken).ConfigureAwait(false))
                {
                    given.UnionWith(page.Items.Select(item => item.Key));
                    pages.TryWrite([.. page.Items.Select(item => AsAssumed(type, item))]);
                }
            }
            catch (KubeApiException expired) when (expired.IsExpired && given.Count > 0)
            {
                // The state that was being read is gone; a list without a limit can't expire half way.
                var whole = await _federation.Host.ListAsync(type.Federated, query with { PageSize = 0 }, _cancellationToken).ConfigureAwait(false);
                pages.TryWrite([.. whole.Items.Where(item => !given.Contains(item.Key)).Select(item => AsAssumed(type, item))]);
            }

            pages.Complete();
        }
#pragma warning disable CA1031 // Nothing is swallowed: the reader of the pages gets it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            pages.Complete(error);
        }
    }

    private KubeObject AsAssumed(FederatedType type, KubeObject stored)
    {
        var item = Drafts.GetValueOrDefault((type.Name, stored.Key)) ?? stored;
        return _scope.AssumeDeleted && _scope.Includes(type, item.Key) ? Deleted(item) : item;
    }

    /// <summary>The object as it would be between its deletion and the end of it.</summary>
    private KubeObject Deleted(KubeObject stored)
    {
        var draft = stored.Clone();
        draft.Metadata["deletionTimestamp"] ??= Timestamps.Write(_federation.Time.GetUtcNow());
        return draft;
    }

    private async Task<Dictionary<string, FederatedResource>> ReadNamespacesAsync(FederatedType? type)
    {
        if (type is null)
        {
            return [];
        }

        var items = (await _federation.Host
            .ListAsync(type.Federated, new ListQuery { Namespace = _scope.SingleNamespace }, _cancellationToken)
            .ConfigureAwait(false)).Items;
        // One of another name says nothing about its namespace (E-24).
        return items.Where(i => i.Name == i.Namespace).ToDictionary(i => i.Name, i => new FederatedResource(type, i), StringComparer.Ordinal);
    }

    private async Task<Dictionary<string, string>> ReadNamespaceUidsAsync()
    {
        var items = (await _federation.Host
            .ListAsync(KnownResources.Namespaces, new ListQuery { MetadataOnly = true }, _cancellationToken)
            .ConfigureAwait(false)).Items;
        return items.ToDictionary(i => i.Name, i => i.Uid, StringComparer.Ordinal);
    }

    private async Task<Dictionary<ObjectKey, KubeObject>> ReadVersionsAsync(ApiResource resource)
    {
        try
        {
            var items = (await _federation.Host.ListAsync(resource, new ListQuery(), _cancellationToken).ConfigureAwait(false)).Items;
            return items.ToDictionary(i => i.Key);
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            // A host that no KubeFed controller ever ran on has no such kind.
            return [];
        }
    }
}
