using System.Threading.Channels;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>Turns what happens in a run into outcomes, at once and from any thread.</summary>
internal sealed class Teller(ChannelWriter<SyncOutcome> output, IEngineSink sink, TimeProvider time, bool dryRun)
{
    private int _done;

    public IEngineSink Sink { get; } = sink;

    /// <summary>How many resources the run has; zero while unknown.</summary>
    public int Total { get; set; }

    /// <summary>Of one cell. Clusters a resource neither is in nor was in are not worth a line.</summary>
    public void Cell(FederatedType type, ObjectKey key, CellResult result)
    {
        if (!result.Listed && result.Action == PlanAction.None)
        {
            return;
        }

        Write(new SyncOutcome
        {
            Type = type,
            Resource = key,
            Cluster = result.Cluster,
            Action = result.Action,
            Reason = result.Reason,
            Message = result.Message,
            Written = result.Written,
            Succeeded = result.Succeeded,
            Time = time.GetUtcNow(),
        });
    }

    /// <summary>Of a resource as a whole.</summary>
    public void Whole(FederatedResource resource, PlanAction action, string message, AggregateReason aggregate = AggregateReason.None, bool written = false) =>
        Write(new SyncOutcome
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
    public void Done(FederatedResource resource) =>
        Sink.Progress(new EngineProgress("Synchronising", $"{resource.Type.Name} {resource.Key}", Interlocked.Increment(ref _done), Total));

    private void Write(SyncOutcome outcome) => output.TryWrite(outcome with { DryRun = dryRun });
}
