using System.Runtime.CompilerServices;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation.Health;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Waiting;

/// <summary>
/// Waits for resources by looking at them again and again, one list per type and turn: one watch would do for the host, but health must be asked of the
/// members in any case, and a list every other second costs a host less than it costs to reason about two ways of knowing.
/// </summary>
internal sealed class ResourceWait(Federation federation, ResourceWaitRequest request, IEngineSink sink)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly OnceSink _syncSink = new(sink);
    private readonly List<Awaited> _pending = [.. request.Resources.Distinct().Select(reference => new Awaited(reference))];

    public async IAsyncEnumerable<WaitOutcome> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var start = federation.Time.GetTimestamp();
        var total = _pending.Count;
        while (_pending.Count > 0)
        {
            if (request.Sync)
            {
                await SyncAsync(request.Timeout - federation.Time.GetElapsedTime(start), cancellationToken).ConfigureAwait(false);
            }

            await LookAsync(cancellationToken).ConfigureAwait(false);
            foreach (var done in _pending.Where(awaited => awaited.Outcome is not null).ToList())
            {
                _pending.Remove(done);
                yield return done.Outcome!;
            }

            if (_pending.Count == 0)
            {
                break;
            }

            sink.Progress(new EngineProgress(
                $"Waiting until {request.For}", $"{_pending[0].Reference}: {_pending[0].Verdict}", total - _pending.Count, total));
            var left = request.Timeout - federation.Time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                break;
            }

            await Task.Delay(left < Interval ? left : Interval, federation.Time, cancellationToken).ConfigureAwait(false);
        }

        foreach (var late in _pending)
        {
            yield return new WaitOutcome(late.Reference, late.Seen, TimedOut(late));
        }
    }

    /// <summary>A sync of what is still waited for. What fails in it is in status afterwards; it is ended when the time is up, unless time is not limited.</summary>
    private async Task SyncAsync(TimeSpan left, CancellationToken cancellationToken)
    {
        using var deadline = request.Timeout > TimeSpan.Zero && left > TimeSpan.Zero
            ? new CancellationTokenSource(left, federation.Time)
            : new CancellationTokenSource(Timeout.InfiniteTimeSpan, federation.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var sync = new SyncRequest
        {
            Selections = [.. _pending.Select(awaited => new SyncSelection(awaited.Reference.Type.Name, awaited.Reference.Key.Name, awaited.Reference.Key.Namespace))],
        };
        try
        {
            await foreach (var outcome in federation.Sync.RunAsync(sync, _syncSink, either.Token).ConfigureAwait(false))
            {
                sink.Verbose($"{outcome.Type.Name} {outcome.Resource}{(outcome.Cluster is null ? string.Empty : $" in {outcome.Cluster}")}: {outcome.Action}");
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The look that follows tells what was still done.
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var type in _pending.GroupBy(awaited => awaited.Reference.Type.Name).ToList())
        {
            var found = await ReadAsync([.. type], cancellationToken).ConfigureAwait(false);
            var options = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(type, options, async (awaited, stop) =>
            {
                var seen = found.GetValueOrDefault(awaited.Reference.Key) is { } value ? new FederatedResource(awaited.Reference.Type, value) : null;
                await JudgeAsync(awaited, seen, stop).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
    }

    /// <summary>One request for one resource, one list for several.</summary>
    private async Task<Dictionary<ObjectKey, KubeObject>> ReadAsync(IReadOnlyList<Awaited> several, CancellationToken cancellationToken)
    {
        var type = several[0].Reference.Type;
        try
        {
            if (several is [var only])
            {
                return await federation.Host.FindAsync(type.Federated, only.Reference.Key, cancellationToken).ConfigureAwait(false) is { } found
                    ? new Dictionary<ObjectKey, KubeObject> { [only.Reference.Key] = found }
                    : [];
            }

            var namespaces = several.Select(awaited => awaited.Reference.Key.Namespace).Distinct().ToList();
            var query = new ListQuery { Namespace = namespaces is [var one] ? one : null };
            return (await federation.Host.ListAsync(type.Federated, query, cancellationToken).ConfigureAwait(false)).Items.ToDictionary(item => item.Key);
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            // Without its definition a type has no resources.
            return [];
        }
    }

    private async Task JudgeAsync(Awaited awaited, FederatedResource? seen, CancellationToken cancellationToken)
    {
        var before = awaited.Seen;
        awaited.Seen = seen;
        if (request.For == ResourceWaitFor.Deleted)
        {
            // One made anew under the name is another one.
            if (seen is null || (before is not null && before.Object.Uid != seen.Object.Uid))
            {
                awaited.Outcome = new WaitOutcome(awaited.Reference, null, null);
                return;
            }

            awaited.Verdict = WaitVerdict.OfDeletion(seen);
            return;
        }

        if (seen is null)
        {
            awaited.Outcome = new WaitOutcome(awaited.Reference, null, NotFound(awaited.Reference, before));
            return;
        }

        if (ResourceGate.Check(seen, federation.SystemNamespace) is { } passed)
        {
            // What is passed over stays without a status for ever, however long anybody waits.
            awaited.Outcome = new WaitOutcome(awaited.Reference, seen, NeverPropagated(awaited.Reference, passed.Why));
            return;
        }

        awaited.Verdict = WaitVerdict.OfPropagation(seen.Object);
        if (request.For == ResourceWaitFor.Healthy && awaited.Verdict.IsReached)
        {
            awaited.Verdict = await HealthAsync(seen, cancellationToken).ConfigureAwait(false);
        }

        if (awaited.Verdict.IsReached)
        {
            awaited.Outcome = new WaitOutcome(awaited.Reference, seen, null);
        }
    }

    /// <summary>Asks the members: what is recorded, where anything is, is as old as the last sync.</summary>
    private async Task<WaitVerdict> HealthAsync(FederatedResource resource, CancellationToken cancellationToken)
    {
        var clusters = Recording.PropagationStatus.Read(resource.Object).Clusters.Select(cluster => cluster.Name).ToList();
        var healths = new List<(string, ObjectHealth)>();
        await foreach (var copy in federation.Resources.CopiesAsync(resource, clusters, cancellationToken).ConfigureAwait(false))
        {
            healths.Add((copy.Cluster, copy switch
            {
                { Error: { } error } => new ObjectHealth(HealthStatus.Unknown, error),
                { Object: { } value } => HealthRules.Judge(value),
                _ => ObjectHealth.Missing,
            }));
        }

        return WaitVerdict.OfHealth(healths);
    }

    private FederationException TimedOut(Awaited late)
    {
        var what = request.For switch
        {
            ResourceWaitFor.Propagated => "was not propagated",
            ResourceWaitFor.Healthy => "was not healthy",
            _ => "was not gone",
        };
        var resource = late.Reference;
        var place = resource.Key.Namespace is { } name ? $" -Namespace {name}" : string.Empty;
        return new FederationException("WaitTimedOut", FederationProblem.TimedOut, $"{resource} {what} within {request.Timeout.TotalSeconds:0.###} s: {late.Verdict}")
        {
            Remedy = late.Verdict.Unsynchronised && !request.Sync
                ? "Nothing synchronises it unless a controller runs: wait with -Sync, or run Invoke-KubeFedSync."
                : $"Get-FederatedResource {resource.Type.Name} {resource.Key.Name}{place} tells what is recorded; wait longer with -Timeout.",
            Target = resource.ToString(),
        };
    }

    private static FederationException NeverPropagated(ResourceReference reference, string why) => new(
        "NeverPropagated", FederationProblem.Invalid, $"{reference} is not waited for: {why}.")
    {
        Remedy = "Do as the message has it, or wait for others only: a sync passes it over, and its status stays empty.",
        Target = reference.ToString(),
    };

    private static FederationException NotFound(ResourceReference reference, FederatedResource? before) => new(
        "FederatedResourceNotFound",
        FederationProblem.NotFound,
        before is null ? $"There is no {reference.Type.Federated.Kind} {reference.Key}." : $"{reference.Type.Federated.Kind} {reference.Key} was deleted meanwhile.")
    {
        Remedy = $"Get-FederatedResource -Type {reference.Type.Name} lists those there are.",
        Target = reference.ToString(),
    };

    /// <summary>One resource that is waited for.</summary>
    private sealed class Awaited(ResourceReference reference)
    {
        public ResourceReference Reference { get; } = reference;

        public FederatedResource? Seen { get; set; }

        public WaitVerdict Verdict { get; set; } = WaitVerdict.Reached;

        public WaitOutcome? Outcome { get; set; }
    }
}
