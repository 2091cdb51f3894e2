using System.Collections.Concurrent;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Acting;

namespace KubeFed.Engine.Control;

/// <summary>
/// Takes what is due from the queue and has it done, some resources at a time and several together. What takes long goes aside: it keeps its resources, but not
/// the way of those that follow (P-72, P-101).
/// </summary>
/// <param name="queue">What is due.</param>
/// <param name="launch">Carries a run out.</param>
/// <param name="federation">The control plane.</param>
/// <param name="options">Delays.</param>
/// <param name="events">Told what came of it.</param>
internal sealed class Dispatcher(WorkQueue<WorkKey> queue, SyncLaunch launch, Federation federation, ControllerOptions options, IRunEvents events)
{
    /// <summary>Runs that may be begun at once.</summary>
    private const int InFront = 2;

    /// <summary>Runs under way at once, those aside with them: each is made of members that hang, and more of them would only hang too.</summary>
    private const int Altogether = 32;

    /// <summary>After this a run goes aside.</summary>
    private static readonly TimeSpan Prompt = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<Task, bool> _running = new();

    /// <param name="stop">Cancelled when the controller ends: nothing new is begun, and what is under way comes to its end before this returns.</param>
    /// <param name="writing">Cancelled a grace period later.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken writing)
    {
        using var front = new SemaphoreSlim(InFront);
        using var all = new SemaphoreSlim(Altogether);
        try
        {
            while (true)
            {
                await queue.WhenDueAsync(stop).ConfigureAwait(false);
                await all.WaitAsync(stop).ConfigureAwait(false);
                await front.WaitAsync(stop).ConfigureAwait(false);
                var width = Math.Max(options.LeastParallelism, events.Parallelism);
                var keys = queue.Take(width * 4);
                var run = Task.Run(() => BatchAsync(keys, width, stop, writing), CancellationToken.None);
                _running[run] = true;
                _ = MakeWayAsync(run);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Task.WhenAll(_running.Keys).ConfigureAwait(false);
        }

        async Task MakeWayAsync(Task run)
        {
            await Task.WhenAny(run, Task.Delay(Prompt, federation.Time, stop)).ConfigureAwait(false);
            if (!stop.IsCancellationRequested)
            {
                front.Release();
                await run.ConfigureAwait(false);
                all.Release();
                _running.TryRemove(run, out _);
            }
        }
    }

    private async Task BatchAsync(IReadOnlyList<WorkKey> keys, int width, CancellationToken stop, CancellationToken writing)
    {
        if (keys.Count == 0)
        {
            return;
        }

        var started = federation.Time.GetTimestamp();
        var outcomes = new BatchOutcomes(keys, queue, options, events);
        var request = new SyncRequest
        {
            Keys = keys.Select(key => (key.Type, key.Key)).ToHashSet(),
            ThrottleLimit = Math.Min(width, keys.Count),
        };
        Exception? failure = null;
        try
        {
            await launch.RunAsync(request, events.Sink, outcomes, stop, writing).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The next controller looks at all of it anyway.
        }
#pragma warning disable CA1031 // Nothing is swallowed: it is told, and tried again.
        catch (Exception error)
#pragma warning restore CA1031
        {
            failure = error;
        }

        outcomes.End(failure);
        events.Ran(federation.Time.GetElapsedTime(started), failure);
    }
}

/// <summary>What becomes of the resources of one run, and so when each is looked at again.</summary>
internal sealed class BatchOutcomes(IReadOnlyList<WorkKey> keys, WorkQueue<WorkKey> queue, ControllerOptions options, IRunEvents events) : IOutcomes
{
    private readonly ConcurrentDictionary<WorkKey, Verdict> _verdicts = new();
    private readonly ConcurrentDictionary<WorkKey, bool> _done = new();

    public ValueTask WriteAsync(SyncOutcome outcome)
    {
        var verdict = Judge(outcome);
        _verdicts.AddOrUpdate(new WorkKey(outcome.Type.Name, outcome.Type.FederatedOf(outcome.Resource)), verdict, (_, before) => before.And(verdict));

        // What is as it should be is no news to whoever watches a controller.
        if (outcome.Action != PlanAction.None || !outcome.Succeeded)
        {
            events.Told(outcome);
        }

        return ValueTask.CompletedTask;
    }

    public void Done(FederatedResource resource) => Complete(new WorkKey(resource.Type.Name, resource.Key), Verdict.Settled);

    /// <summary>The run is over: what it did not deal with was nothing, or, when it failed, has to be tried again.</summary>
    public void End(Exception? failure)
    {
        foreach (var key in keys)
        {
            Complete(key, failure is null ? Verdict.Settled : Verdict.Failure);
        }
    }

    private void Complete(WorkKey key, Verdict otherwise)
    {
        if (_done.TryAdd(key, true))
        {
            var verdict = _verdicts.GetValueOrDefault(key, otherwise);
            verdict = otherwise.Failed ? verdict.And(otherwise) : verdict;
            events.Dealt(key, verdict);
            queue.Complete(key, verdict);
        }
    }

    /// <summary>Failures are tried again later and later; what waits for something that is watched is not; the rest is looked at from time to time.</summary>
    /// <remarks>E-10, S-9, S-10, S-13, S-26.</remarks>
    private Verdict Judge(SyncOutcome outcome)
    {
        if (outcome.HeldBack is { } pause)
        {
            return Verdict.Recheck(pause);
        }

        if (outcome.Succeeded)
        {
            return outcome.Action == PlanAction.Wait || outcome.Reason == PropagationReason.WaitingForRemoval
                ? Verdict.Recheck(options.RecheckAfter)
                : Verdict.Settled;
        }

        if (outcome.Cluster is not { } cluster)
        {
            // A placement that makes no sense, or a name that does not, changes only with the resource or its namespace.
            var isMisplaced = outcome.Type.IsNamespaceType && outcome.Resource.Name != outcome.Resource.Namespace;
            return outcome.Aggregate != AggregateReason.None || isMisplaced ? Verdict.Settled : Verdict.Failure;
        }

        return outcome.Reason switch
        {
            PropagationReason.ClusterNotReady or PropagationReason.CredentialsRejected or PropagationReason.ClientRetrievalFailed
                or PropagationReason.CachedRetrievalFailed or PropagationReason.TypeNotServed =>
                events.IsAway(cluster, outcome.Type.Name) ? Verdict.Settled : Verdict.Failure,

            // No watch tells of an object that does not carry the label, so it is looked at; that it goes is worth noticing.
            PropagationReason.AlreadyExists => Verdict.Recheck(options.MaximalBackoff),
            PropagationReason.CreationFailed or PropagationReason.UpdateFailed or PropagationReason.DeletionFailed or PropagationReason.LabelRemovalFailed
                or PropagationReason.CreationTimedOut or PropagationReason.UpdateTimedOut or PropagationReason.DeletionTimedOut
                or PropagationReason.LabelRemovalTimedOut or PropagationReason.RetrievalFailed => Verdict.Failure,
            _ => Verdict.Settled,
        };
    }
}

/// <summary>What runs tell their controller.</summary>
internal interface IRunEvents
{
    IEngineSink Sink { get; }

    /// <summary>Resources in work at once, as configured.</summary>
    int Parallelism { get; }

    void Told(SyncOutcome outcome);

    void Dealt(WorkKey key, Verdict verdict);

    void Ran(TimeSpan took, Exception? failure);

    /// <summary>The member, or the type in it, is known to be out of reach, and its return will be noticed.</summary>
    bool IsAway(string cluster, string type);
}
