using System.Collections.Concurrent;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>Turns what happens in a run into outcomes, from any thread, and at once unless the reader lags behind.</summary>
internal sealed class Teller(IOutcomes output, IEngineSink sink, TimeProvider time, bool dryRun)
{
    private readonly ConcurrentDictionary<(string Cluster, string Contender), bool> _contenders = new();
    private int _done;
    private int _total;

    public IEngineSink Sink { get; } = sink;

    /// <summary>So many resources more have come to light.</summary>
    public void Expect(int resources) => Interlocked.Add(ref _total, resources);

    /// <summary>Of one cell. Clusters a resource neither is in nor was in are not worth a line.</summary>
    public ValueTask CellAsync(FederatedType type, ObjectKey key, CellResult result)
    {
        if (result.Contender is { } contender && _contenders.TryAdd((result.Cluster, contender), true))
        {
            Sink.Warning(Printable.Of(
                $"In cluster {result.Cluster}, {contender} writes copies of this federation ({type.Target.Kind} {key} first of all). "
                    + "If that is a KubeFed controller that still runs, stop it: it and this federation overwrite each other."));
        }

        if (result is { HeldBack: not null, IsNews: true })
        {
            Sink.Warning($"In cluster {result.Cluster}, {type.Target.Kind} {key}: {result.Message}.");
        }

        return !result.Listed && result.Action == PlanAction.None ? ValueTask.CompletedTask : WriteAsync(new SyncOutcome
        {
            Type = type,
            Resource = key,
            Cluster = result.Cluster,
            Action = result.Action,
            Reason = result.Reason,
            Message = result.Message.Length == 0 ? result.Note : result.Note.Length == 0 ? result.Message : $"{result.Message}; {result.Note}",
            Written = result.Written,
            HeldBack = result.HeldBack,
            Succeeded = result.Succeeded,
            Time = time.GetUtcNow(),
        });
    }

    /// <summary>Of a resource as a whole.</summary>
    public ValueTask WholeAsync(
        FederatedResource resource, PlanAction action, string message, AggregateReason aggregate = AggregateReason.None, bool written = false) =>
        WriteAsync(new SyncOutcome
        {
            Type = resource.Type,
            Resource = resource.Key,
            Action = action,
            Aggregate = aggregate,
            Message = message,
            Written = written,
            Succeeded = action != PlanAction.Error,
            Time = time.GetUtcNow(),
        });

    /// <summary>One resource more has been dealt with.</summary>
    public void Done(FederatedResource resource)
    {
        output.Done(resource);
        Sink.Progress(new EngineProgress("Synchronising", $"{resource.Type.Name} {resource.Key}", Interlocked.Increment(ref _done), Volatile.Read(ref _total)));
    }

    private ValueTask WriteAsync(SyncOutcome outcome) => output.WriteAsync(outcome with { DryRun = dryRun, Message = Printable.Of(outcome.Message) });
}
