using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>One cell in one member, from what the list showed to what became of it: decided, looked at again where that is due, and carried out.</summary>
internal sealed class CellWork(MemberLane lane, SyncScope scope, RepeatedApplies repeats)
{
    /// <summary>Does what the plan says in this member. A refusal by the member, and whatever else goes wrong with this cell, ends in the result.</summary>
    /// <param name="plan">The resource's plan.</param>
    /// <param name="stop">Cancelled when the run is to end: what has not begun is given up.</param>
    /// <param name="writing">Cancelled a grace period later: ends writes under way.</param>
    /// <exception cref="OperationCanceledException">Given up, or cut off; whether a write went through is then unknown.</exception>
    public async Task<CellResult> DoAsync(ResourcePlan plan, CancellationToken stop, CancellationToken writing)
    {
        try
        {
            return await AttemptAsync(plan, stop, writing).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Nothing is swallowed: it becomes this cell's failure, with its cause, and no other cell's.
        catch (Exception error) when (MemberFault.Is(error))
#pragma warning restore CA1031
        {
            return Broken(plan, MemberFault.Unforeseen(error));
        }
    }

    private async Task<CellResult> AttemptAsync(ResourcePlan plan, CancellationToken stop, CancellationToken writing)
    {
        stop.ThrowIfCancellationRequested();
        var resource = plan.Resource;
        var view = await lane.ViewAsync(resource.Type).WaitAsync(stop).ConfigureAwait(false);
        var state = lane.StateOf(view, resource);
        var cell = await SpareAsync(plan, plan.Decide(lane.Name, state), stop).ConfigureAwait(false);
        var mayMeetAnother = cell.NeedsLook || (cell.Action == PlanAction.Create && state is MemberState.Known { Looked: false });
        if (Repeated(cell) && repeats.Wait(lane.Name, resource, cell.AppliedHash!) is var (wait, isNews) && wait > TimeSpan.Zero)
        {
            return HeldBack(cell, wait, isNews);
        }

        if (scope.DryRun ? !mayMeetAnother : !cell.Writes)
        {
            return await RehearseAsync(plan, cell, view, stop).ConfigureAwait(false)
                ?? (plan.MayLoseContent(cell) ? await CheckContentAsync(plan, cell, stop).ConfigureAwait(false) ?? Foreseen(cell) : Foreseen(cell));
        }

        var writer = new CellWriter(await lane.Connecting.ConfigureAwait(false), plan, view.Resource, scope.CollectsStatus(resource.Type), lane.Guards);
        if (cell.NeedsLook || scope.DryRun)
        {
            try
            {
                cell = await writer.DecideAsync(lane.Name, stop).ConfigureAwait(false);
            }
            catch (KubeException error)
            {
                var fault = MemberFault.OfLook(error);
                lane.Report(fault);
                return cell.Failed(fault.Reason, fault.Message);
            }

            if (!cell.Writes || scope.DryRun)
            {
                return await RehearseAsync(plan, cell, view, stop).ConfigureAwait(false) ?? Foreseen(cell);
            }
        }

        if (plan.MayLoseContent(cell) && await CheckContentAsync(plan, cell, stop).ConfigureAwait(false) is { } refusal)
        {
            return refusal;
        }

        var (result, failure) = await writer.ExecuteAsync(cell, writing).ConfigureAwait(false);
        if (result.Written && Repeated(cell))
        {
            repeats.Applied(lane.Name, resource, cell.AppliedHash!);
        }

        lane.Report(failure);
        return failure is { Cluster: true } ? plan.Lost(result) : result;
    }

    /// <summary>What is to be applied was applied before, just as it is.</summary>
    private static bool Repeated(CellPlan cell) => cell is { Action: PlanAction.Update, Desired: { } desired } && cell.AppliedHash == desired.Hash;

    /// <summary>The message never changes from one pause to the next, so that the status is not written for it.</summary>
    private static CellResult HeldBack(CellPlan cell, TimeSpan wait, bool isNews) => (cell with
    {
        Action = PlanAction.Skip,
        Reason = PropagationReason.Pending,
        Message = "the copy is changed each time after it was applied, so the same is applied again later and later; Compare-FederatedResource shows the "
            + "fields and who writes them",
    }).Stand() with { HeldBack = wait, IsNews = isNews };

    /// <summary>What to record of a cell that was not begun, because its member's list keeps everybody waiting.</summary>
    public CellResult NotBegun(ResourcePlan plan)
    {
        var waiting = new MemberState.Unavailable(PropagationReason.ClusterNotReady, "the cluster has not answered yet") { IsFinal = false };
        return plan.Decide(lane.Name, waiting).Stand();
    }

    /// <summary>What to record of a cell that was begun and hangs: as KubeFed, it has timed out until it has not (E-117).</summary>
    public CellResult Hanging(ResourcePlan plan, TimeSpan since)
    {
        var view = lane.ViewAsync(plan.Resource.Type);
        var cell = view.IsCompletedSuccessfully ? plan.Decide(lane.Name, lane.StateOf(view.Result, plan.Resource)) : null;
        if (cell is not { Writes: true })
        {
            return NotBegun(plan);
        }

        var fault = MemberFault.Unanswered(cell.Action, since);
        return cell.Failed(fault.Reason, fault.Message);
    }

    /// <summary>The result of a cell that broke off: what is on record stays where even that can be planned.</summary>
    private CellResult Broken(ResourcePlan plan, MemberFault fault)
    {
        try
        {
            return plan.Decide(lane.Name, new MemberState.Unavailable(fault.Reason, fault.Message)).Failed(fault.Reason, fault.Message);
        }
#pragma warning disable CA1031 // The fault that is told is the first one; planning may have broken off for the same cause.
        catch (Exception)
#pragma warning restore CA1031
        {
            return new CellResult
            {
                Cluster = lane.Name,
                Action = PlanAction.Error,
                Reason = fault.Reason,
                Message = fault.Message,
                Listed = true,
                Succeeded = false,
            };
        }
    }

    /// <summary>A namespace that another federation has copies in is let go of instead of being deleted.</summary>
    private async Task<CellPlan> SpareAsync(ResourcePlan plan, CellPlan cell, CancellationToken stop)
    {
        if (!plan.MayTakeOthersCopies(cell))
        {
            return cell;
        }

        try
        {
            return await NamespaceSafety.SpareAsync(await lane.Connecting.ConfigureAwait(false), plan, cell, stop).ConfigureAwait(false);
        }
        catch (KubeException error)
        {
            var fault = MemberFault.OfLook(error);
            lane.Report(fault);
            return cell with
            {
                Action = PlanAction.Error,
                Reason = fault.Reason,
                Message = $"whether another federation has copies in the namespace could not be found out, so it is kept: {fault.Message}",
            };
        }
    }

    private async Task<CellResult?> CheckContentAsync(ResourcePlan plan, CellPlan cell, CancellationToken stop)
    {
        try
        {
            return await NamespaceSafety.CheckAsync(await lane.Connecting.ConfigureAwait(false), plan, cell, stop).ConfigureAwait(false);
        }
        catch (KubeException error)
        {
            var fault = MemberFault.OfLook(error);
            lane.Report(fault);
            return cell.Failed(fault.Reason, $"what the namespace holds could not be read, so it is kept: {fault.Message}");
        }
    }

    /// <summary>
    /// In the plan of a take-over, the result of a write that the member would refuse: KubeFed sent what is declared by other means, so that a copy may be well
    /// although an apply of the same would fail. Null for any other cell.
    /// </summary>
    private async Task<CellResult?> RehearseAsync(ResourcePlan plan, CellPlan cell, MemberView view, CancellationToken stop)
    {
        if (!scope.DryRun || !(scope.TakeOver || cell.TakeOver) || cell is not { Writes: true, Desired: not null })
        {
            return null;
        }

        var writer = new CellWriter(await lane.Connecting.ConfigureAwait(false), plan, view.Resource, withStatus: false, lane.Guards);
        return await writer.RehearseAsync(cell, stop).ConfigureAwait(false) is { } fault ? cell.Failed(fault.Reason, fault.Message) : null;
    }

    /// <summary>The result of a cell nothing is written for. A dry run takes it that the member removes at once what it would be told to.</summary>
    private CellResult Foreseen(CellPlan cell) =>
        scope.DryRun && cell is { Action: PlanAction.Delete or PlanAction.Unmanage } ? cell.Stand() with { Listed = false } : cell.Stand();
}
