using System.Collections.Concurrent;
using System.Threading.Channels;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// Works off one member's cells, phase after phase, several at a time within a phase. A member that keeps everybody waiting, with its lists or inside a
/// write, holds up nobody else: what the other members did is recorded meanwhile (P-72). Cells that have not begun when the run is stopped are given up; a
/// write that has begun may end.
/// </summary>
internal sealed class LaneWorker(
    MemberLane lane, SyncScope scope, ResourceCompletion completion, OrphanSweep orphans, Teller teller, RepeatedApplies repeats, TimeProvider time)
{
    /// <summary>How long the results of other members wait for this one before they are recorded without it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Channel<ResourceRun>[] _phases = NewPhases();
    private readonly Channel<ResourceRun>[] _postponed = NewPhases();
    private readonly ConcurrentQueue<Task> _held = new();
    private readonly CellWork _cells = new(lane, scope, repeats);
    private readonly DefinedTypes _defined = new(lane, scope, teller.Sink, time);
    private volatile bool _late;
    private int _hanging;

    /// <summary>How many cells are in work at once, those that hang aside.</summary>
    private int Width => Math.Min(scope.Throttle, 16);

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
            await DrainAsync(_phases[phase].Reader, run => BeginAsync(phase, run, stop, writing)).ConfigureAwait(false);
            if (phase == SyncPhases.Definitions)
            {
                await _defined.TakeEffectAsync(types, stop).ConfigureAwait(false);
            }

            // What comes after a phase must not overtake a cell of it that still hangs.
            if (Volatile.Read(ref _hanging) > 0)
            {
                _late = true;
            }
        }

        await Task.WhenAll(_held).ConfigureAwait(false);
        for (var phase = 0; phase < SyncPhases.Count; phase++)
        {
            _postponed[phase].Writer.Complete();
            await DrainAsync(_postponed[phase].Reader, run => EndAsync(run, DoAsync(run, stop, writing), true, stop, writing)).ConfigureAwait(false);
            if (phase == SyncPhases.Definitions)
            {
                await _defined.TakeEffectAsync(types, stop).ConfigureAwait(false);
            }
        }

        try
        {
            foreach (var type in types)
            {
                await SweepAsync(type, stop, writing).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What was not swept now is swept by the next run.
        }
    }

    private async Task SweepAsync(FederatedType type, CancellationToken stop, CancellationToken writing)
    {
        try
        {
            await orphans.SweepAsync(lane, type, stop, writing).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Nothing is swallowed: it is told of this type in this member, and the others go on.
        catch (Exception error) when (MemberFault.Is(error))
#pragma warning restore CA1031
        {
            var fault = MemberFault.Unforeseen(error);
            teller.Sink.Error(new FederationException(
                "OrphanSweepFailed",
                FederationProblem.Failed,
                $"Whether cluster {lane.Name} holds {type.Name} that nothing declares any more could not be found out: {fault.Message}",
                error)
            {
                Target = lane.Name,
                Remedy = "The next sync looks again.",
            });
        }
    }

    private static Channel<ResourceRun>[] NewPhases() => [.. Enumerable.Range(0, SyncPhases.Count).Select(_ => Channel.CreateUnbounded<ResourceRun>())];

    private Task DrainAsync(ChannelReader<ResourceRun> cells, Func<ResourceRun, Task> work) =>
        Task.WhenAll(Enumerable.Range(0, Width).Select(async _ =>
        {
            await foreach (var run in cells.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                await work(run).ConfigureAwait(false);
            }
        }));

    /// <summary>Sees a cell through to its end, or as far as patience goes.</summary>
    private async Task BeginAsync(int phase, ResourceRun run, CancellationToken stop, CancellationToken writing)
    {
        if (await IsLateAsync(run.Plan.Resource.Type, stop).ConfigureAwait(false))
        {
            _postponed[phase].Writer.TryWrite(run);
            await RecordMeanwhileAsync(run, _cells.NotBegun(run.Plan), stop, writing).ConfigureAwait(false);
            await completion.HurryAsync(writing).ConfigureAwait(false);
            return;
        }

        var cell = DoAsync(run, stop, writing);
        if (await IsPromptAsync(cell).ConfigureAwait(false))
        {
            await EndAsync(run, cell, false, stop, writing).ConfigureAwait(false);
        }
        else
        {
            _held.Enqueue(HoldAsync(run, cell, stop, writing));
        }
    }

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

    private async Task<bool> IsPromptAsync(Task<CellResult?> cell)
    {
        if (cell.IsCompleted)
        {
            return true;
        }

        try
        {
            await cell.WaitAsync(Patience, time, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException) when (!cell.IsFaulted)
        {
            return false;
        }
    }

    /// <summary>
    /// Waits for a cell that hangs, aside from the others: its worker goes on to the next one, until as many hang as there are workers. Then nothing gets
    /// through, and the rest is put off.
    /// </summary>
    private async Task HoldAsync(ResourceRun run, Task<CellResult?> cell, CancellationToken stop, CancellationToken writing)
    {
        if (Interlocked.Increment(ref _hanging) >= Width)
        {
            _late = true;
        }

        await RecordMeanwhileAsync(run, _cells.Hanging(run.Plan, Patience), stop, writing).ConfigureAwait(false);
        await completion.HurryAsync(writing).ConfigureAwait(false);
        await EndAsync(run, cell, true, stop, writing).ConfigureAwait(false);
        Interlocked.Decrement(ref _hanging);
    }

    /// <summary>Lets what the other clusters did be recorded without this one (P-72).</summary>
    private async Task RecordMeanwhileAsync(ResourceRun run, CellResult meanwhile, CancellationToken stop, CancellationToken writing)
    {
        if (run.Postpone(meanwhile))
        {
            await FinishAsync(run, stop, writing).ConfigureAwait(false);
        }
    }

    /// <summary>The cell's result; null when it was given up because the run was stopped.</summary>
    private async Task<CellResult?> DoAsync(ResourceRun run, CancellationToken stop, CancellationToken writing)
    {
        try
        {
            return await _cells.DoAsync(run.Plan, stop, writing).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What is on record for this cluster stays, and the next run finds out.
            return null;
        }
    }

    private async Task EndAsync(ResourceRun run, Task<CellResult?> cell, bool wasPostponed, CancellationToken stop, CancellationToken writing)
    {
        var result = await cell.ConfigureAwait(false);
        if (result is not null)
        {
            _defined.Note(run.Plan.Resource, result);

            // Told here and not as part of the work: patience is for members, and a slow reader of the outcomes is none.
            await teller.CellAsync(run.Plan.Resource.Type, run.Plan.Resource.Key, result).ConfigureAwait(false);
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
            await teller
                .WholeAsync(run.Plan.Resource, PlanAction.Error, "the run was stopped before what was done could be recorded; the next sync looks again")
                .ConfigureAwait(false);
        }
    }
}
