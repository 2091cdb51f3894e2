using System.Collections.Concurrent;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// The deletions of a run that are complete in every member. Before their finalizers go, the host is told once for all of them that they were deleted: a
/// request that was sent earlier and arrives later may make a copy anew, and by then nothing else would tell it from a copy whose resource the host merely
/// does not know.
/// </summary>
/// <param name="registered">All registered clusters.</param>
/// <param name="writer">Takes finalizers off.</param>
/// <param name="tombstones">Where the host is told.</param>
/// <param name="teller">Told of each deletion that is over.</param>
internal sealed class DeletionBatch(IReadOnlySet<string> registered, HostWriter writer, TombstoneStore tombstones, Teller teller)
{
    private const int Concurrency = 16;

    private readonly ConcurrentQueue<ResourceRun> _complete = new();
    private volatile bool _hurries;

    private SemaphoreSlim Ending { get; } = new(1);

    /// <summary>No copy of the resource is left; its finalizer goes with those of the batch.</summary>
    public Task AddAsync(ResourceRun run, CancellationToken cancellationToken)
    {
        _complete.Enqueue(run);
        return _hurries ? EndAsync(cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Some member keeps the run waiting; what is complete is ended now, and what becomes so at once (P-72).</summary>
    public Task HurryAsync(CancellationToken cancellationToken)
    {
        _hurries = true;
        return EndAsync(cancellationToken);
    }

    /// <summary>Ends every deletion that is complete. A failure, or that it was cancelled, is told of each, and the next sync ends it.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        if (_complete.IsEmpty)
        {
            return;
        }

        // Whoever is at it ends when cancelled.
        await Ending.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            var runs = new List<ResourceRun>();
            while (_complete.TryDequeue(out var run))
            {
                runs.Add(run);
            }

            if (runs.Count > 0)
            {
                await EndAsync(runs, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            Ending.Release();
        }
    }

    /// <summary>Takes the finalizer off, and says so.</summary>
    /// <param name="run">A deletion that is complete, or a resource whose copies stay.</param>
    /// <param name="message">What became of the copies.</param>
    /// <param name="isDry">Only say so.</param>
    /// <param name="cancellationToken">Stops the write.</param>
    /// <exception cref="KubeException">It could not be taken off.</exception>
    public async Task ReleaseAsync(ResourceRun run, string message, bool isDry, CancellationToken cancellationToken)
    {
        var resource = run.Plan.Resource;
        var released = !isDry && await writer.RemoveFinalizerAsync(resource.Type, run.Stored, cancellationToken).ConfigureAwait(false);
        await teller.WholeAsync(
            resource,
            run.Plan.Phase == ResourcePhase.Orphaning ? PlanAction.Unmanage : PlanAction.Delete,
            message,
            written: released).ConfigureAwait(false);
    }

    /// <summary>What a deletion that is over leaves behind.</summary>
    public static string Left(ResourceRun run)
    {
        var abandoned = run.Results.Where(r => r.Action == PlanAction.Abandon).Select(r => r.Cluster).Order(StringComparer.Ordinal).ToList();
        return abandoned.Count == 0
            ? "no copy is left in any cluster"
            : $"no copy is left in any cluster that could be asked; given up were those in {string.Join(", ", abandoned)}";
    }

    private async Task EndAsync(List<ResourceRun> runs, CancellationToken cancellationToken)
    {
        var left = new ConcurrentDictionary<ResourceRun, bool>(runs.Select(run => KeyValuePair.Create(run, true)));
        try
        {
            if (await RememberAsync(runs, cancellationToken).ConfigureAwait(false) is { } failure)
            {
                foreach (var run in runs)
                {
                    left.TryRemove(run, out _);
                    await TellAsync(run, failure).ConfigureAwait(false);
                }

                return;
            }

            var options = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(runs, options, async (run, token) =>
            {
                try
                {
                    await ReleaseAsync(run, Left(run), isDry: false, token).ConfigureAwait(false);
                    left.TryRemove(run, out _);
                    teller.Done(run.Plan.Resource);
                }
                catch (KubeException error)
                {
                    left.TryRemove(run, out _);
                    await TellAsync(run, error).ConfigureAwait(false);
                }
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            foreach (var run in left.Keys)
            {
                await teller
                    .WholeAsync(run.Plan.Resource, PlanAction.Error, "the run was stopped before its deletion could be ended; the next sync looks again")
                    .ConfigureAwait(false);
            }
        }
    }

    private async Task TellAsync(ResourceRun run, KubeException error)
    {
        await teller
            .WholeAsync(run.Plan.Resource, PlanAction.Error, $"what was done could not be recorded on the host: {error.Message} The next sync looks again.")
            .ConfigureAwait(false);
        teller.Done(run.Plan.Resource);
    }

    /// <summary>Why the host could not be told; null when it was, or when this user may not tell it.</summary>
    private async Task<KubeException?> RememberAsync(IReadOnlyList<ResourceRun> runs, CancellationToken cancellationToken)
    {
        try
        {
            var deleted = runs.Select(run => new Tombstone(
                run.Plan.Resource.Object.Uid, run.Plan.Resource.Object.DeletionTimestamp ?? default, run.Unseen(registered)));
            await tombstones.AddAsync([.. deleted], cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (KubeApiException error) when (error.IsForbidden || error.IsNotFound)
        {
            teller.Sink.Warning("What was deleted could not be remembered on the host, so a copy that a delayed request brings back would be left in its "
                + $"member: {error.Message} Allow get, create and patch of ConfigMaps in the control plane's namespace to this user.");
            return null;
        }
        catch (KubeException error)
        {
            return error;
        }
    }
}
