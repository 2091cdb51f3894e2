using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Scheduling.State;

/// <summary>What all preferences of one run share: the clusters, the types, and the members' nodes as far as anybody asks for them.</summary>
internal sealed class SchedulingRound(
    Federation federation, SchedulingSettings settings, ControlPlaneConfig config, IReadOnlyList<FederatedType> types, IReadOnlyList<MemberCluster> clusters)
{
    private readonly WorkloadReader _reader = new(federation, new MemberNodes(), settings);

    public SchedulingSettings Settings => settings;

    /// <summary>Why no preference is made true; null when they are.</summary>
    public string? WhyNot => config.WhyNotScheduling;

    public static async Task<SchedulingRound> BeginAsync(Federation federation, CancellationToken cancellationToken)
    {
        var config = federation.ControlPlane.ReadConfigAsync(cancellationToken);
        var types = federation.Types.ListAsync(cancellationToken);
        var clusters = federation.Clusters.ListAsync(cancellationToken);
        await Task.WhenAll(config, types, clusters).ConfigureAwait(false);
        return new(
            federation,
            federation.Options.Scheduling,
            await config.ConfigureAwait(false),
            await types.ConfigureAwait(false),
            await clusters.ConfigureAwait(false));
    }

    /// <summary>The enabled types whose federated kind is <paramref name="kind"/>; two groups may use one kind (P-121).</summary>
    public IReadOnlyList<FederatedType> TypesOf(string kind) => [.. types.Where(type => type.Federated.Kind == kind && type.PropagationEnabled)];

    public Task<ScaleShape?> ShapeAsync(FederatedType type, CancellationToken cancellationToken) => ScaleShape.FindAsync(federation.Host, type.Target, cancellationToken);

    /// <summary>The federated kinds that can be scheduled.</summary>
    public async Task<IReadOnlyList<string>> SupportedKindsAsync(CancellationToken cancellationToken)
    {
        var kinds = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in types.Where(type => type.PropagationEnabled))
        {
            if (await ShapeAsync(type, cancellationToken).ConfigureAwait(false) is not null)
            {
                kinds.Add(type.Federated.Kind);
            }
        }

        return [.. kinds];
    }

    public async Task<SchedulingView> ViewAsync(StoredPreference stored, FederatedResource resource, ScaleShape shape, CancellationToken cancellationToken)
    {
        var (namespaceScope, federatedNamespace) = await NamespaceAsync(resource, cancellationToken).ConfigureAwait(false);
        var memories = SchedulingMemory.Read(stored.Source);
        var fair = stored.Preference.Mode == SchedulingMode.Fair;
        var readings = new ClusterReading[clusters.Count];
        await Parallel.ForAsync(
            0,
            clusters.Count,
            new ParallelOptions { MaxDegreeOfParallelism = settings.ClusterConcurrency, CancellationToken = cancellationToken },
            async (index, token) =>
            {
                var cluster = clusters[index];
                var wasFull = memories.TryGetValue(cluster.Name, out var memory) && memory.FullSince is not null;
                readings[index] = await _reader.ReadAsync(cluster, resource, shape, fair, wasFull, token).ConfigureAwait(false);
            }).ConfigureAwait(false);
        return new()
        {
            Stored = stored,
            Resource = resource,
            Shape = shape,
            Namespace = namespaceScope,
            FederatedNamespace = federatedNamespace,
            Clusters = readings,
        };
    }

    /// <remarks>E-45 to E-48.</remarks>
    private async Task<(NamespaceScope Scope, FederatedResource? FederatedNamespace)> NamespaceAsync(FederatedResource resource, CancellationToken cancellationToken)
    {
        if (resource.Key.Namespace is not { } name || !resource.Type.Target.Namespaced)
        {
            return (NamespaceScope.Unrestricted, null);
        }

        var type = types.FirstOrDefault(candidate => candidate.IsNamespaceType);
        var found = type is null ? null : await federation.Resources.FindAsync(type, new ObjectKey(name, name), cancellationToken).ConfigureAwait(false);
        return config.Scope == ControlPlaneScope.Cluster ? (NamespaceScope.Of(name, found), found)
            : (found is null ? NamespaceScope.Unrestricted : NamespaceScope.By(found), found);
    }
}
