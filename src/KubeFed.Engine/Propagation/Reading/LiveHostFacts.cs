using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Reading;

/// <summary>Lists of the host, each read once a run and only when it is needed.</summary>
internal sealed class LiveHostFacts : IHostFacts
{
    private readonly Federation _federation;
    private readonly SyncScope _scope;
    private readonly CancellationToken _cancellationToken;
    private readonly Lazy<Task<Dictionary<string, FederatedResource>>> _namespaces;
    private readonly Lazy<Task<Dictionary<string, string>>> _namespaceUids;
    private readonly Lazy<Task<Dictionary<ObjectKey, KubeObject>>> _namespacedVersions;
    private readonly Lazy<Task<Dictionary<ObjectKey, KubeObject>>> _clusterVersions;

    public LiveHostFacts(Federation federation, SyncScope scope, FederatedType? namespaces, CancellationToken cancellationToken)
    {
        (_federation, _scope, _cancellationToken) = (federation, scope, cancellationToken);
        _namespaces = new(() => ReadNamespacesAsync(namespaces));
        _namespaceUids = new(ReadNamespaceUidsAsync);
        _namespacedVersions = new(() => PropagatedVersions.ReadAsync(federation.Host, CoreResources.PropagatedVersions, cancellationToken));
        _clusterVersions = new(() => PropagatedVersions.ReadAsync(federation.Host, CoreResources.ClusterPropagatedVersions, cancellationToken));
    }

    public async IAsyncEnumerable<IReadOnlyList<KubeObject>> PagesAsync(FederatedType type)
    {
        var query = new ListQuery
        {
            Namespace = type.Federated.Namespaced ? _scope.SingleNamespace : null,
            FieldSelector = _scope.SingleName is { } name ? $"metadata.name={name}" : null,

            // A cache that is asked for a page may turn to the store instead.
            PageSize = _scope.FromCache ? 0 : HostSnapshot.PageSize,
            ResourceVersion = _scope.FromCache ? "0" : string.Empty,
        };
        var given = new HashSet<ObjectKey>();
        var pages = _federation.Host.ListPagesAsync(type.Federated, query, _cancellationToken).GetAsyncEnumerator(_cancellationToken);
        await using var closing = pages.ConfigureAwait(false);
        while (true)
        {
            try
            {
                if (!await pages.MoveNextAsync().ConfigureAwait(false))
                {
                    yield break;
                }
            }
            catch (KubeApiException expired) when (expired.IsExpired && given.Count > 0)
            {
                break;
            }

            given.UnionWith(pages.Current.Items.Select(item => item.Key));
            yield return pages.Current.Items;
        }

        // The state that was being read is gone; a list without a limit can't expire half way.
        var whole = await _federation.Host.ListAsync(type.Federated, query with { PageSize = 0 }, _cancellationToken).ConfigureAwait(false);
        yield return [.. whole.Items.Where(item => !given.Contains(item.Key))];
    }

    public void Anticipate(FederatedType type) => _ = type.IsNamespaceType ? _namespaceUids.Value : _namespaces.Value as Task;

    public async Task<FederatedResource?> FederatedNamespaceAsync(string name) => (await _namespaces.Value.ConfigureAwait(false)).GetValueOrDefault(name);

    public async Task<string?> NamespaceUidAsync(string name) => (await _namespaceUids.Value.ConfigureAwait(false)).GetValueOrDefault(name);

    public async Task<KubeObject?> PropagatedVersionAsync(ApiResource resource, ObjectKey key) =>
        (await (resource.Namespaced ? _namespacedVersions : _clusterVersions).Value.ConfigureAwait(false)).GetValueOrDefault(key);

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
}
