using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Reading;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// Puts a run together from what its sources say, and carries it out: the one way there is, for a run that is asked for and for one that is due.
/// </summary>
/// <param name="federation">The control plane.</param>
/// <param name="sources">Where the run has its facts from.</param>
internal sealed class SyncLaunch(Federation federation, ISyncSources sources)
{
    /// <param name="request">What the run is about.</param>
    /// <param name="sink">Told of what concerns no single cell.</param>
    /// <param name="output">Told of every cell.</param>
    /// <param name="stop">Cancelled when the run is to end: nothing new is begun.</param>
    /// <param name="writing">Cancelled a grace period later.</param>
    /// <exception cref="FederationException">Nothing could be started.</exception>
    public async Task RunAsync(SyncRequest request, IEngineSink sink, IOutcomes output, CancellationToken stop, CancellationToken writing)
    {
        var basis = await sources.BasisAsync(sink, stop).ConfigureAwait(false);
        var requested = new RequestedTypes(sources.ResolveAsync);
        request = await requested.ResolveAsync(request, stop).ConfigureAwait(false);
        var scope = new SyncScope(request, basis.Config, federation.SystemNamespace, basis.Self);
        var (types, isWhole) = await requested.ChooseAsync(request, scope, basis.Types, sink, stop).ConfigureAwait(false);
        var clusters = basis.Clusters;
        foreach (var name in request.Clusters.Where(n => new Federate.NamePattern(n) is var wanted && !clusters.Any(c => wanted.Matches(c.Name))))
        {
            throw new FederationException("ClusterNotFound", FederationProblem.NotFound, $"No registered cluster is called '{name}'.")
            {
                Target = name,
                Remedy = clusters.Count == 0 ? "Join a cluster first." : $"Registered are: {string.Join(", ", clusters.Select(c => c.Name))}.",
            };
        }

        var teller = new Teller(output, sink, federation.Time, scope.DryRun);
        var facts = sources.OpenHost(scope, basis.Types.FirstOrDefault(t => t.IsNamespaceType), stop);
        var host = new HostSnapshot(facts, scope, federation.Time);
        var writer = new HostWriter(sources.Host, sink);
        var registered = clusters.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var tombstones = new TombstoneStore(sources.Host, federation.SystemNamespace, federation.Time);
        var deletions = new DeletionBatch(registered, writer, tombstones, teller);
        var completion = new ResourceCompletion(scope, registered, writer, deletions, teller, federation.Time);
        var orphans = new OrphanSweep(sources.Host, federation.SystemNamespace, scope, tombstones, teller);
        var lanes = clusters.Where(c => scope.IncludesCluster(c.Name)).Select(c => sources.OpenLane(c, scope, sink, stop)).ToArray();
        var cached = !scope.DryRun && (scope.FromCache || sources.MayLag) ? new CachedResources(sources.Host, host, clusters, lanes, federation.Time) : null;
        var preparation = new ResourcePreparation(federation.SystemNamespace, scope, clusters, host, cached, writer, teller);

        // The members' lists take the longest, so they begin before anything else is asked for.
        foreach (var lane in lanes)
        {
            foreach (var type in types)
            {
                _ = lane.ViewAsync(type);
            }
        }

        host.Drafts = await sources.ScheduleAsync(request, types, scope, sink, stop).ConfigureAwait(false);
        var workers = lanes.Select(lane => new LaneWorker(lane, scope, completion, orphans, teller, federation.Repeats, federation.Time)).ToArray();
        var named = new NamedResources(request);
        await new SyncRun(scope, host, preparation, completion, orphans, workers, named, teller).ExecuteAsync(types, stop, writing).ConfigureAwait(false);
        if (!stop.IsCancellationRequested)
        {
            await named.TellAsync(types, isWhole, sources.Host, sink, stop).ConfigureAwait(false);
        }
    }
}
