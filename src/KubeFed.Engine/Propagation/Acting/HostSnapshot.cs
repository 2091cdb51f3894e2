using System.Threading.Channels;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Propagation.Reading;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>What a run knows of the host beyond the resources themselves, and the plans it makes of that.</summary>
/// <param name="facts">Where it is known from.</param>
/// <param name="scope">How far the run reaches.</param>
/// <param name="time">For resources looked at as if they were being deleted.</param>
internal sealed class HostSnapshot(IHostFacts facts, SyncScope scope, TimeProvider time)
{
    /// <summary>Small enough that the members have work while the next page is made, and that little is left to do after the last one.</summary>
    internal const int PageSize = 250;

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

        // A failure is told to those who then ask.
        facts.Anticipate(type);
        return pages.Reader;
    }

    /// <summary>The plan of a resource: the one way to it, whether it is then carried out, foreseen or compared.</summary>
    /// <param name="resource">The federated resource.</param>
    /// <param name="clusters">All registered clusters.</param>
    /// <exception cref="KubeException">What it depends on could not be read.</exception>
    public async Task<ResourcePlan> PlanAsync(FederatedResource resource, IReadOnlyList<MemberCluster> clusters)
    {
        var placement = Placement.Compute(resource, await NamespaceOfAsync(resource.Type, resource.Key).ConfigureAwait(false), clusters);
        var plan = new ResourcePlan(resource, placement, scope.Self)
        {
            Adopt = scope.Config.AdoptResources,
            TakeOver = scope.TakeOver,
            AbandonUnreachable = scope.AbandonUnreachable,
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

        var federated = await facts.FederatedNamespaceAsync(name).ConfigureAwait(false);
        return scope.Config.Scope == ControlPlaneScope.Cluster ? NamespaceScope.Of(name, federated)
            : federated is null ? NamespaceScope.Unrestricted
            : NamespaceScope.By(federated);
    }

    /// <summary>The uid of the host's own Namespace (E-60); null when it has none of that name.</summary>
    public Task<string?> NamespaceUidAsync(string name) => facts.NamespaceUidAsync(name);

    /// <summary>What a KubeFed controller recorded of a resource; asked only for resources that carry no record of ours.</summary>
    public async Task<LegacyVersions> LegacyOfAsync(ResourcePlan plan)
    {
        // A KubeFed controller lists a cluster it has propagated to without our fields; a new resource lists none.
        if (!plan.Recorded.Clusters.Any(c => c.AppliedHash is null && c.Reason == PropagationReason.Ok))
        {
            return LegacyVersions.None;
        }

        var resource = plan.Resource.Type.Federated.Namespaced ? CoreResources.PropagatedVersions : CoreResources.ClusterPropagatedVersions;
        var key = new ObjectKey(plan.Resource.Key.Namespace, LegacyVersions.NameFor(plan.Resource));
        var stored = await facts.PropagatedVersionAsync(resource, key).ConfigureAwait(false);
        return LegacyVersions.Read(plan.Resource, plan.Source, stored);
    }

    private async Task FillAsync(FederatedType type, ChannelWriter<IReadOnlyList<KubeObject>> pages)
    {
        try
        {
            await foreach (var page in facts.PagesAsync(type).ConfigureAwait(false))
            {
                pages.TryWrite([.. page.Select(item => AsAssumed(type, item))]);
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
        return scope.AssumeDeleted && scope.Includes(type, item.Key) ? Deleted(item) : item;
    }

    /// <summary>The object as it would be between its deletion and the end of it.</summary>
    private KubeObject Deleted(KubeObject stored)
    {
        var draft = stored.Clone();
        draft.Metadata["deletionTimestamp"] ??= Timestamps.Write(time.GetUtcNow());
        return draft;
    }
}
