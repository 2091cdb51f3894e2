using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// What happens to a resource on the host after its last cell: its status is stored, or its finalizer taken off once nothing is left to remove. While a
/// cluster keeps everybody waiting, what the others did is stored already.
/// </summary>
/// <remarks>Section 4 step 6, section 8.</remarks>
internal sealed class ResourceCompletion(
    SyncScope scope, IReadOnlySet<string> registered, HostWriter writer, DeletionBatch deletions, Teller teller, TimeProvider time)
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

    /// <summary>Some member keeps the run waiting: deletions that are complete do not wait for the others.</summary>
    public Task HurryAsync(CancellationToken cancellationToken) => deletions.HurryAsync(cancellationToken);

    /// <summary>No member has anything left to do: deletions that are complete are ended on the host.</summary>
    public Task EndAsync(CancellationToken cancellationToken) => deletions.EndAsync(cancellationToken);

    private async Task StoreAsync(ResourceRun run, CancellationToken cancellationToken)
    {
        var resource = run.Plan.Resource;
        try
        {
            if (run.IsClosed && run.Plan.Phase != ResourcePhase.Propagating && run.IsGoneEverywhere(registered))
            {
                if (run.Plan.Phase == ResourcePhase.Deleting && !scope.DryRun)
                {
                    await deletions.AddAsync(run, cancellationToken).ConfigureAwait(false);
                    return;
                }

                await deletions
                    .ReleaseAsync(
                        run,
                        run.Plan.Phase == ResourcePhase.Orphaning ? "the copies stay where they are and are no longer managed" : DeletionBatch.Left(run),
                        scope.DryRun,
                        cancellationToken)
                    .ConfigureAwait(false);
            }
            else
            {
                if (run.IsClosed && Waiting(run) is { Length: > 0 } waiting)
                {
                    await teller.WholeAsync(resource, PlanAction.Wait, waiting).ConfigureAwait(false);
                }

                if (!scope.DryRun && !run.IsUntouched)
                {
                    await RecordAsync(run, cancellationToken).ConfigureAwait(false);
                }
            }
        }
#pragma warning disable CA1031 // Nothing is swallowed: it is told of this resource, and the others go on.
        catch (Exception error) when (MemberFault.Is(error))
#pragma warning restore CA1031
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

    /// <summary>Which clusters a deletion waits for, why, and since when (P-36); empty when there is none under way.</summary>
    private string Waiting(ResourceRun run)
    {
        if (run.Plan.Phase != ResourcePhase.Deleting)
        {
            return string.Empty;
        }

        var remaining = run.Remaining(registered).Select(r => $"{r.Cluster} ({r.Why})").ToList();
        return remaining.Count == 0
            ? string.Empty
            : $"the deletion, asked for at {Timestamps.Write(run.Plan.Resource.Object.DeletionTimestamp!.Value)}, waits for {string.Join(", ", remaining)}";
    }

    private Task<bool> RecordAsync(ResourceRun run, CancellationToken cancellationToken)
    {
        var plan = run.Plan;
        var decided = run.Results;
        var seen = decided.Select(result => result.Cluster).ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<CellResult> results =
        [
            .. decided,
            .. plan.Placement.Clusters.Where(placed => !seen.Contains(placed.Cluster)).Select(placed => plan.LeftOut(placed.Cluster)).OfType<CellResult>(),
        ];
        var known = plan.Placement.Unknown.Any() ? plan.Placement.Unknown.Concat(registered).ToHashSet(StringComparer.Ordinal) : registered;
        return writer.WriteStatusAsync(
            plan.Resource.Type,
            run.Stored,
            ReferenceEquals(run.Stored, plan.Resource.Object) ? plan.Recorded : null,
            stored => StatusComposer.Next(
                stored,
                plan.Resource.Object.Generation,
                plan.Placement,
                results,
                known,
                scope.CollectsStatus(plan.Resource.Type),
                time.GetUtcNow(),
                Waiting(run)),
            cancellationToken);
    }
}
