using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// What happens to a resource on the host after its last cell: its status is stored, or its finalizer taken off once nothing is left to remove. While a
/// cluster keeps everybody waiting, what the others did is stored already.
/// </summary>
/// <remarks>Section 4 step 6, section 8.</remarks>
internal sealed class ResourceCompletion(SyncScope scope, IReadOnlySet<string> registered, HostWriter writer, Teller teller, TimeProvider time)
{
    /// <summary>Stores what became of the resource; a failure to do so is told, and the next sync finds out anew.</summary>
    public async Task CompleteAsync(ResourceRun run, CancellationToken cancellationToken)
    {
        await run.Recording.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!run.IsClosed)
            {
                run.IsClosed = run.IsDone;
                await StoreAsync(run, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            run.Recording.Release();
        }
    }

    private async Task StoreAsync(ResourceRun run, CancellationToken cancellationToken)
    {
        var resource = run.Plan.Resource;
        try
        {
            if (run.IsClosed && run.Plan.Phase != ResourcePhase.Propagating && run.IsGoneEverywhere(registered))
            {
                await ReleaseAsync(run, cancellationToken).ConfigureAwait(false);
            }
            else if (!scope.DryRun)
            {
                await RecordAsync(run, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (KubeException error)
        {
            await teller
                .WholeAsync(resource, PlanAction.Error, $"what was done could not be recorded on the host: {error.Message} The next sync looks again.")
                .ConfigureAwait(false);
        }

        if (run.IsClosed)
        {
            teller.Done(resource);
        }
    }

    private async Task ReleaseAsync(ResourceRun run, CancellationToken cancellationToken)
    {
        var resource = run.Plan.Resource;
        var orphaned = run.Plan.Phase == ResourcePhase.Orphaning;
        var released = !scope.DryRun && await writer.RemoveFinalizerAsync(resource.Type, run.Stored, cancellationToken).ConfigureAwait(false);
        await teller.WholeAsync(
            resource,
            orphaned ? PlanAction.Unmanage : PlanAction.Delete,
            orphaned ? "the copies stay where they are and are no longer managed" : "no copy is left in any cluster",
            written: released).ConfigureAwait(false);
    }

    private Task<bool> RecordAsync(ResourceRun run, CancellationToken cancellationToken)
    {
        var plan = run.Plan;
        var results = run.Results;
        var known = plan.Placement.Unknown.Concat(registered).ToHashSet(StringComparer.Ordinal);
        return writer.WriteStatusAsync(
            plan.Resource.Type,
            run.Stored,
            stored => StatusComposer.Next(
                stored, plan.Resource.Object.Generation, plan.Placement, results, known, scope.CollectsStatus(plan.Resource.Type), time.GetUtcNow()),
            cancellationToken);
    }
}
