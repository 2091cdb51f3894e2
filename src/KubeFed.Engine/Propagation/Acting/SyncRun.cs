using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// One run of a <see cref="Synchronizer"/>: resources are prepared in order on the host's side, handed cell by cell to the members' lanes, and completed
/// on the host when their last cell is done.
/// </summary>
/// <param name="scope">How far it reaches.</param>
/// <param name="host">What else it reads from the host.</param>
/// <param name="preparation">What comes before the cells.</param>
/// <param name="completion">What comes after them.</param>
/// <param name="orphans">Who must be told which objects are wanted.</param>
/// <param name="lanes">One worker for each member in reach.</param>
/// <param name="teller">Where outcomes go.</param>
internal sealed class SyncRun(
    SyncScope scope,
    HostSnapshot host,
    ResourcePreparation preparation,
    ResourceCompletion completion,
    OrphanSweep orphans,
    IReadOnlyList<LaneWorker> lanes,
    Teller teller)
{
    /// <param name="types">What to synchronise.</param>
    /// <param name="stop">Cancelled when the run is to end: nothing new is begun.</param>
    /// <param name="writing">Cancelled a grace period later.</param>
    public async Task ExecuteAsync(IReadOnlyList<FederatedType> types, CancellationToken stop, CancellationToken writing)
    {
        var working = lanes.Select(lane => lane.RunAsync(types, stop, writing)).ToArray();
        try
        {
            await ProduceAsync(types, stop, writing).ConfigureAwait(false);
        }
        finally
        {
            for (var phase = 0; phase < SyncPhases.Count; phase++)
            {
                Close(phase);
            }

            await Task.WhenAll(working).ConfigureAwait(false);
        }
    }

    private async Task ProduceAsync(IReadOnlyList<FederatedType> types, CancellationToken stop, CancellationToken writing)
    {
        var lists = await Task.WhenAll(types.Select(ListAsync)).ConfigureAwait(false);
        var resources = lists.SelectMany(list => list).Where(r => scope.Includes(r.Type, r.Key)).ToLookup(SyncPhases.Of);
        teller.Total = resources.Sum(phase => phase.Count());
        for (var phase = 0; phase < SyncPhases.Count && !stop.IsCancellationRequested; phase++)
        {
            await PrepareAllAsync(resources[phase], phase, stop, writing).ConfigureAwait(false);
            Close(phase);
        }
    }

    private async Task PrepareAllAsync(IEnumerable<FederatedResource> resources, int phase, CancellationToken stop, CancellationToken writing)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = scope.Throttle, CancellationToken = stop };
        try
        {
            await Parallel.ForEachAsync(resources, options, async (resource, _) =>
            {
                if (await preparation.PrepareAsync(resource, lanes.Count, writing).ConfigureAwait(false) is not { } run)
                {
                    teller.Done(resource);
                }
                else if (lanes.Count == 0)
                {
                    await completion.CompleteAsync(run, writing).ConfigureAwait(false);
                }
                else
                {
                    foreach (var lane in lanes)
                    {
                        lane.Enqueue(phase, run);
                    }
                }
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Resources not prepared yet are left for the next run.
        }
    }

    private void Close(int phase)
    {
        foreach (var lane in lanes)
        {
            lane.Close(phase);
        }
    }

    /// <summary>The resources of a type in order of name. A list that fails is told and counts as unknown, never as empty.</summary>
    private async Task<IReadOnlyList<FederatedResource>> ListAsync(FederatedType type)
    {
        try
        {
            var items = await host.ListAsync(type).ConfigureAwait(false);
            orphans.Know(type, items);
            return [.. items.OrderBy(item => item.Key).Select(item => new FederatedResource(type, item))];
        }
        catch (KubeException error)
        {
            teller.Sink.Error(new FederationException(
                "FederatedListFailed",
                FederationProblem.Failed,
                $"The {type.Federated.QualifiedName} could not be listed on the host, so nothing of type {type.Name} is synchronised: {error.Message}",
                error)
            {
                Target = type.Name,
                Remedy = error is KubeApiException { IsNotFound: true } ? $"Its definition is missing; enable {type.Name} again." : error.Remedy,
            });
            return [];
        }
    }
}
