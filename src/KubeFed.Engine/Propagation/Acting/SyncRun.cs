using System.Threading.Channels;
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
/// <param name="named">Told which of the resources that were asked for by name are there.</param>
/// <param name="teller">Where outcomes go.</param>
internal sealed class SyncRun(
    SyncScope scope,
    HostSnapshot host,
    ResourcePreparation preparation,
    ResourceCompletion completion,
    OrphanSweep orphans,
    IReadOnlyList<LaneWorker> lanes,
    NamedResources named,
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
            await completion.EndAsync(writing).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Every list is begun at once. Those whose resources have phases of their own are read to the end first, for some of them go before everything else; of the
    /// other types each page is prepared while the host makes the next one.
    /// </summary>
    private async Task ProduceAsync(IReadOnlyList<FederatedType> types, CancellationToken stop, CancellationToken writing)
    {
        var lists = types.ToLookup(SyncPhases.HasOwn, ResourcesAsync);
        var ordered = new List<FederatedResource>();
        foreach (var list in lists[true])
        {
            await foreach (var resource in list.ConfigureAwait(false))
            {
                ordered.Add(resource);
            }
        }

        for (var phase = 0; phase < SyncPhases.Count && !stop.IsCancellationRequested; phase++)
        {
            await PrepareAllAsync(InPhaseAsync(phase), phase, stop, writing).ConfigureAwait(false);
            Close(phase);
        }

        async IAsyncEnumerable<FederatedResource> InPhaseAsync(int phase)
        {
            foreach (var resource in ordered.Where(resource => SyncPhases.Of(resource) == phase))
            {
                yield return resource;
            }

            foreach (var list in phase == SyncPhases.Content ? lists[false] : [])
            {
                await foreach (var resource in list.ConfigureAwait(false))
                {
                    yield return resource;
                }
            }
        }
    }

    private async Task PrepareAllAsync(IAsyncEnumerable<FederatedResource> resources, int phase, CancellationToken stop, CancellationToken writing)
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

    /// <summary>The resources of a type that the run is about, in order of name within a page. The list is begun by the call, not by the first of them.</summary>
    private IAsyncEnumerable<FederatedResource> ResourcesAsync(FederatedType type)
    {
        var pages = host.Read(type);
        return EnumerateAsync();

        async IAsyncEnumerable<FederatedResource> EnumerateAsync()
        {
            var targets = new HashSet<ObjectKey>();
            while (await NextAsync(type, pages, targets).ConfigureAwait(false) is { } page)
            {
                var resources = page.OrderBy(item => item.Key).Select(item => new FederatedResource(type, item)).ToList();
                targets.UnionWith(resources.Select(resource => resource.TargetKey));
                resources.RemoveAll(resource => !scope.Includes(type, resource.Key));
                teller.Expect(resources.Count);
                foreach (var resource in resources)
                {
                    named.Meet(type, resource.Key);
                    yield return resource;
                }
            }
        }
    }

    /// <summary>The next page; null when there is none. A list that fails is told and counts as unknown, never as ending there.</summary>
    private async Task<IReadOnlyList<KubeObject>?> NextAsync(FederatedType type, ChannelReader<IReadOnlyList<KubeObject>> pages, HashSet<ObjectKey> before)
    {
        try
        {
            if (await pages.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false) && pages.TryRead(out var page))
            {
                return page;
            }

            orphans.Know(type, before);
        }
        catch (KubeException error)
        {
            named.Doubt();
            var reach = before.Count == 0 ? $"nothing of type {type.Name}" : $"no more than the first {before.Count} of type {type.Name}";
            teller.Sink.Error(new FederationException(
                "FederatedListFailed",
                FederationProblem.Failed,
                $"The {type.Federated.QualifiedName} could not be listed on the host, so {reach} is synchronised: {error.Message}",
                error)
            {
                Target = type.Name,
                Remedy = error is KubeApiException { IsNotFound: true } ? $"Its definition is missing; enable {type.Name} again." : error.Remedy,
            });
        }

        return null;
    }
}
