using System.Threading.Channels;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// Works off one member's cells, phase after phase, several at a time within a phase. Cells that have not begun when the run is stopped are given up; a
/// write that has begun may end.
/// </summary>
internal sealed class LaneWorker(MemberLane lane, SyncScope scope, ResourceCompletion completion, OrphanSweep orphans, Teller teller, TimeProvider time)
{
    /// <summary>How long the results of other members wait for this one's list before they are recorded without it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Channel<ResourceRun>[] _phases = NewPhases();
    private readonly Channel<ResourceRun>[] _postponed = NewPhases();
    private volatile bool _late;

    public void Enqueue(int phase, ResourceRun run) => _phases[phase].Writer.TryWrite(run);

    /// <summary>No more cells will come in this phase.</summary>
    public void Close(int phase) => _phases[phase].Writer.TryComplete();

    /// <param name="types">The types whose orphans are looked for at the end.</param>
    /// <param name="stop">Cancelled when the run is to end.</param>
    /// <param name="writing">Cancelled a grace period later.</param>
    public async Task RunAsync(IReadOnlyList<FederatedType> types, CancellationToken stop, CancellationToken writing)
    {
        for (var phase = 0; phase < SyncPhases.Count; phase++)
        {
            await DrainAsync(phase, _phases[phase].Reader, mayPostpone: true, stop, writing).ConfigureAwait(false);
        }

        for (var phase = 0; phase < SyncPhases.Count; phase++)
        {
            _postponed[phase].Writer.Complete();
            await DrainAsync(phase, _postponed[phase].Reader, mayPostpone: false, stop, writing).ConfigureAwait(false);
        }

        try
        {
            foreach (var type in types)
            {
                await orphans.SweepAsync(lane, type, stop, writing).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What was not swept now is swept by the next run.
        }
    }

    private static Channel<ResourceRun>[] NewPhases() => [.. Enumerable.Range(0, SyncPhases.Count).Select(_ => Channel.CreateUnbounded<ResourceRun>())];

    private Task DrainAsync(int phase, ChannelReader<ResourceRun> cells, bool mayPostpone, CancellationToken stop, CancellationToken writing) =>
        Task.WhenAll(Enumerable.Range(0, Math.Min(scope.Throttle, 16)).Select(async _ =>
        {
            await foreach (var run in cells.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                if (mayPostpone && await IsLateAsync(run.Plan.Resource.Type, stop).ConfigureAwait(false))
                {
                    await PostponeAsync(phase, run, stop, writing).ConfigureAwait(false);
                }
                else
                {
                    await WorkAsync(run, !mayPostpone, stop, writing).ConfigureAwait(false);
                }
            }
        }));

    /// <summary>Whether the member keeps everybody waiting. Once it does, all of its cells go to the end, so that their order stays.</summary>
    private async Task<bool> IsLateAsync(FederatedType type, CancellationToken stop)
    {
        var view = lane.ViewAsync(type);
        if (_late || view.IsCompleted || stop.IsCancellationRequested)
        {
            return _late;
        }

        try
        {
            await view.WaitAsync(Patience, time, stop).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _late = true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The cell itself is given up in a moment.
        }

        return _late;
    }

    /// <summary>Puts a cell off, and lets what the other clusters did be recorded without it (P-72).</summary>
    private async Task PostponeAsync(int phase, ResourceRun run, CancellationToken stop, CancellationToken writing)
    {
        var waiting = new MemberState.Unavailable(PropagationReason.ClusterNotReady, "the cluster has not answered yet");
        _postponed[phase].Writer.TryWrite(run);
        if (run.Postpone(run.Plan.Decide(lane.Name, waiting).Stand()))
        {
            await FinishAsync(run, stop, writing).ConfigureAwait(false);
        }
    }

    private async Task WorkAsync(ResourceRun run, bool wasPostponed, CancellationToken stop, CancellationToken writing)
    {
        CellResult? result = null;
        try
        {
            stop.ThrowIfCancellationRequested();
            result = await CellAsync(run.Plan, stop, writing).ConfigureAwait(false);
            teller.Cell(run.Plan.Resource.Type, run.Plan.Resource.Key, result);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Given up: what is on record for this cluster stays, and the next run finds out.
        }

        if (run.Complete(lane.Name, result, wasPostponed) && !(stop.IsCancellationRequested && run.Results.Count == 0))
        {
            await FinishAsync(run, stop, writing).ConfigureAwait(false);
        }
    }

    private async Task FinishAsync(ResourceRun run, CancellationToken stop, CancellationToken writing)
    {
        try
        {
            await completion.CompleteAsync(run, writing).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            teller.Whole(run.Plan.Resource, PlanAction.Error, "the run was stopped before what was done could be recorded; the next sync looks again");
        }
    }

    private async Task<CellResult> CellAsync(ResourcePlan plan, CancellationToken stop, CancellationToken writing)
    {
        var resource = plan.Resource;
        var view = await lane.ViewAsync(resource.Type).WaitAsync(stop).ConfigureAwait(false);
        var state = lane.StateOf(view, resource);
        var cell = plan.Decide(lane.Name, state);
        var unseen = state is MemberState.Known { Looked: false };
        var mayMeetAnother = unseen && cell.Action == PlanAction.Create;
        if (scope.DryRun ? !mayMeetAnother : !cell.Writes)
        {
            return plan.MayLoseContent(cell) ? await CheckContentAsync(plan, cell, stop).ConfigureAwait(false) ?? Foreseen(cell) : Foreseen(cell);
        }

        var writer = new CellWriter(await lane.Connecting.ConfigureAwait(false), plan, scope.CollectsStatus(resource.Type), lane.Guards);
        if (cell.NeedsLook || scope.DryRun)
        {
            try
            {
                cell = plan.Decide(lane.Name, await writer.LookAsync(stop).ConfigureAwait(false));
            }
            catch (KubeException error)
            {
                var fault = MemberFault.OfLook(error);
                lane.Report(fault);
                return cell.Failed(fault.Reason, fault.Message);
            }

            if (!cell.Writes || scope.DryRun)
            {
                return Foreseen(cell);
            }
        }

        if (plan.MayLoseContent(cell) && await CheckContentAsync(plan, cell, stop).ConfigureAwait(false) is { } refusal)
        {
            return refusal;
        }

        var (result, failure) = await writer.ExecuteAsync(cell, writing).ConfigureAwait(false);
        lane.Report(failure);
        return result;
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

    /// <summary>The result of a cell nothing is written for. A dry run takes it that the member removes at once what it would be told to.</summary>
    private CellResult Foreseen(CellPlan cell) =>
        scope.DryRun && cell is { Action: PlanAction.Delete or PlanAction.Unmanage } ? cell.Stand() with { Listed = false } : cell.Stand();
}
