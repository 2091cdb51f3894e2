using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Engine.Propagation.Reading;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Control;

/// <summary>The sources of a run that a controller makes: everything is watched, so nothing is asked for.</summary>
/// <param name="host">The host's watches.</param>
/// <param name="basis">Configuration, types and clusters as they are now.</param>
/// <param name="member">A member's watches; null for one that is not watched yet.</param>
/// <param name="versions">What a KubeFed controller left on record.</param>
internal sealed class WatchedSources(
    HostWatch host, Func<SyncBasis> basis, Func<string, MemberWatch?> member, RememberedVersions versions) : ISyncSources
{
    private static readonly Dictionary<(string, ObjectKey), KubeObject> NoDrafts = [];

    public IKubeClient Host => host.Client;

    public bool MayLag => true;

    public Task<SyncBasis> BasisAsync(IEngineSink sink, CancellationToken cancellationToken) => Task.FromResult(basis());

    public Task<FederatedType> ResolveAsync(string word, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A run of a controller is about keys, not about words.");

    public IHostFacts OpenHost(SyncScope scope, FederatedType? namespaces, CancellationToken cancellationToken) =>
        new Facts(host, scope, namespaces, versions, cancellationToken);

    public MemberLane OpenLane(MemberCluster cluster, SyncScope scope, IEngineSink sink, CancellationToken cancellationToken) =>
        member(cluster.Name)?.OpenLane(cancellationToken)
        ?? MemberLane.Closed(cluster, new MemberFault(PropagationReason.ClusterNotReady, "the cluster is not watched yet", Cluster: true));

    /// <summary>Preferences have a queue of their own; what they write comes back as a change.</summary>
    public Task<IReadOnlyDictionary<(string Type, ObjectKey Key), KubeObject>> ScheduleAsync(
        SyncRequest request, IReadOnlyList<FederatedType> types, SyncScope scope, IEngineSink sink, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<(string, ObjectKey), KubeObject>>(NoDrafts);

    private sealed class Facts(
        HostWatch host, SyncScope scope, FederatedType? namespaces, RememberedVersions versions, CancellationToken cancellationToken) : IHostFacts
    {
        public async IAsyncEnumerable<IReadOnlyList<KubeObject>> PagesAsync(FederatedType type)
        {
            await Task.CompletedTask.ConfigureAwait(false);
            var loop = Known(type);
            yield return [.. scope.Keys!.Where(key => key.Type == type.Name).Select(key => loop.Find(key.Key)).OfType<KubeObject>()];
        }

        public void Anticipate(FederatedType type)
        {
            // All of it is at hand.
        }

        public Task<FederatedResource?> FederatedNamespaceAsync(string name) => Task.FromResult(
            namespaces is not null && Known(namespaces).Find(new ObjectKey(name, name)) is { } found ? new FederatedResource(namespaces, found) : null);

        public Task<string?> NamespaceUidAsync(string name) => Task.FromResult(
            host.Namespaces.IsKnown ? host.Namespaces.Find(ObjectKey.ClusterScoped(name))?.Text : throw Unknown("Namespaces", host.Namespaces.Trouble));

        public Task<KubeObject?> PropagatedVersionAsync(ApiResource resource, ObjectKey key) => versions.FindAsync(resource, key, cancellationToken);

        /// <summary>What is not known must never be taken for what is not there.</summary>
        private WatchLoop<KubeObject> Known(FederatedType type)
        {
            var watched = host.Federated.GetValueOrDefault(type.Name);
            return watched?.Loop is { IsKnown: true } loop ? loop : throw Unknown(type.Federated.QualifiedName, watched?.Loop.Trouble);
        }

        private KubeException Unknown(string what, KubeException? trouble) =>
            trouble ?? new KubeConnectionException(host.Client.Settings.Name, ConnectionFailure.Unreachable, $"the {what} are not known yet");
    }
}

/// <summary>
/// What a KubeFed controller recorded, read once when it is first asked for: only resources without a record of ours ask, and nobody writes it any more.
/// </summary>
internal sealed class RememberedVersions(IKubeClient host)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ApiResource, Task<Dictionary<ObjectKey, KubeObject>>> _read = [];

    public async Task<KubeObject?> FindAsync(ApiResource resource, ObjectKey key, CancellationToken cancellationToken)
    {
        Task<Dictionary<ObjectKey, KubeObject>> reading;
        lock (_lock)
        {
            if (!_read.TryGetValue(resource, out var known) || known.IsFaulted || known.IsCanceled)
            {
                _read[resource] = known = PropagatedVersions.ReadAsync(host, resource, cancellationToken);
            }

            reading = known;
        }

        return (await reading.ConfigureAwait(false)).GetValueOrDefault(key);
    }
}
