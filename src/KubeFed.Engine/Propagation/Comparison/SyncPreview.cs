using System.Runtime.CompilerServices;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Propagation.Reading;
using KubeFed.Engine.Scheduling;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Comparison;

/// <summary>
/// What the next sync would find and do, resource by resource. What all decisions depend on is read once; the decisions are the sync's own. Nothing is
/// written anywhere.
/// </summary>
/// <remarks>P-127.</remarks>
public sealed class SyncPreview
{
    private readonly Federation _federation;
    private readonly IEngineSink _sink;
    private readonly CancellationToken _cancellationToken;
    private readonly SyncScope _scope;
    private readonly IReadOnlyList<MemberCluster> _clusters;
    private readonly HostSnapshot _host;
    private readonly Dictionary<string, CellPreview> _cells;
    private readonly Lazy<Task<IReadOnlyList<StoredPreference>>> _preferences;

    private SyncPreview(
        Federation federation, IEngineSink sink, SyncScope scope, HostSnapshot host, IReadOnlyList<MemberCluster> clusters, CancellationToken cancellationToken)
    {
        (_federation, _sink, _scope, _host, _clusters, _cancellationToken) = (federation, sink, scope, host, clusters, cancellationToken);
        _cells = clusters.ToDictionary(
            cluster => cluster.Name, cluster => new CellPreview(federation, cluster, scope, cancellationToken), StringComparer.Ordinal);
        _preferences = new(() => federation.Scheduling.Preferences.ListAsync(null, cancellationToken));
    }

    internal static async Task<SyncPreview> OpenAsync(Federation federation, IEngineSink sink, CancellationToken cancellationToken)
    {
        var config = await federation.ControlPlane.ReadConfigAsync(cancellationToken).ConfigureAwait(false);
        var types = await federation.Types.ListAsync(cancellationToken).ConfigureAwait(false);
        var clusters = await federation.Clusters.ListAsync(cancellationToken).ConfigureAwait(false);
        var self = await FederationIdentity.FindAsync(federation, sink, cancellationToken).ConfigureAwait(false);
        var scope = new SyncScope(new SyncRequest { DryRun = true }, config, federation.SystemNamespace, self);
        var host = new HostSnapshot(
            new LiveHostFacts(federation, scope, types.FirstOrDefault(type => type.IsNamespaceType), cancellationToken), scope, federation.Time);
        return new SyncPreview(federation, sink, scope, host, clusters, cancellationToken);
    }

    /// <summary>Where a resource belongs and why: every registered cluster, and every name that is none (E-40 to E-48, P-34).</summary>
    /// <param name="resource">It may be a draft that is not stored.</param>
    public async Task<Placement> ExplainAsync(FederatedResource resource) =>
        Placement.Compute(resource, await _host.NamespaceOfAsync(resource.Type, resource.Key).ConfigureAwait(false), _clusters);

    /// <summary>
    /// What a resource is in each cluster against what it should be there, in the order the members answer. Clusters it neither is in nor should be in are
    /// left out. One that can't be read says so, and holds up nobody.
    /// </summary>
    /// <param name="resource">It may be a draft that is not stored.</param>
    /// <param name="clusters">Names of registered clusters; null for all, and for names in the placement that no cluster has.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="KubeException">The host could not be read.</exception>
    public async IAsyncEnumerable<CellComparison> CompareAsync(
        FederatedResource resource, IReadOnlyCollection<string>? clusters, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_scope.WhyNot(resource.Type) is { } why)
        {
            _sink.Warning($"{resource.Type.Federated.Kind} {resource.Key} is not compared, because a sync passes it over: {why}.");
            yield break;
        }

        resource = await ScheduledAsync(resource).ConfigureAwait(false);
        if (ResourceGate.Check(resource, _federation.SystemNamespace) is { } passed)
        {
            _sink.Warning($"{resource.Type.Federated.Kind} {resource.Key} is not propagated: {passed.Why}.");
            yield break;
        }

        var plan = await _host.PlanAsync(resource, _clusters).ConfigureAwait(false);
        if (plan.Phase == ResourcePhase.Propagating && plan.Placement.Failure != AggregateReason.None)
        {
            var missing = plan.Placement.Failure == AggregateReason.NamespaceNotFederated;
            _sink.Error(new FederationException(
                plan.Placement.Failure.ToString(),
                missing ? FederationProblem.NotFound : FederationProblem.Invalid,
                $"{resource.Type.Federated.Kind} {resource.Key}: {plan.Placement.Message}.")
            {
                Target = resource.Key.ToString(),
                Remedy = "Test-FederatedResource says what to correct.",
            });
        }

        if (clusters is null && plan.Phase == ResourcePhase.Propagating)
        {
            foreach (var unknown in plan.Placement.Clusters.Where(cluster => cluster.Verdict == PlacementVerdict.NotRegistered))
            {
                yield return CellPreview.Uncompared(plan, ResourcePlan.Unknown(unknown));
            }
        }

        var cells = _clusters.Where(cluster => clusters?.Contains(cluster.Name) != false).Select(cluster => _cells[cluster.Name].CompareAsync(plan)).ToList();
        await foreach (var cell in Task.WhenEach(cells).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (await cell.ConfigureAwait(false) is { } comparison)
            {
                yield return comparison;
            }
        }
    }

    /// <summary>The resource as the sync's first step, scheduling, would leave it.</summary>
    private async Task<FederatedResource> ScheduledAsync(FederatedResource resource)
    {
        var (key, kind) = (resource.Key, resource.Type.Federated.Kind);
        var preferences = await _preferences.Value.ConfigureAwait(false);
        if (!preferences.Any(preference => preference.Key == key && preference.Preference.TargetKind == kind))
        {
            return resource;
        }

        var request = new SyncRequest { Types = [resource.Type.Name], Namespaces = key.Namespace is null ? [] : [key.Namespace], DryRun = true };
        var drafts = await SchedulingPass
            .RunAsync(_federation, request, [resource.Type], (_, other) => other == key, _sink, _cancellationToken).ConfigureAwait(false);
        return drafts.TryGetValue((resource.Type.Name, key), out var draft) ? new FederatedResource(resource.Type, draft) : resource;
    }
}
