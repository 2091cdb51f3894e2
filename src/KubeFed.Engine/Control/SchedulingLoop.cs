using KubeFed.Engine.Scheduling;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Control;

/// <summary>
/// Makes preferences true whenever something changes that one depends on, with the scheduler that a sync uses. What it writes into a federated resource
/// comes back as a change of that.
/// </summary>
/// <param name="federation">The control plane.</param>
/// <param name="options">Its delays.</param>
/// <param name="sink">Told what came of each preference.</param>
/// <param name="isOn">Whether the configuration has preferences scheduled, now.</param>
/// <param name="dealt">Told how many were dealt with.</param>
internal sealed class SchedulingLoop(Federation federation, ControllerOptions options, IEngineSink sink, Func<bool> isOn, Action<int> dealt)
{
    private readonly WorkQueue<ObjectKey> _queue = new(federation.Time, options.InitialBackoff, options.MaximalBackoff);

    public int Waiting => _queue.Count(_ => 0).Values.Sum(count => count.Queued + count.InWork);

    public bool IsIdle(TimeSpan within) => _queue.IsIdle(within);

    /// <summary>A preference is to be looked at.</summary>
    public void Add(ObjectKey key) => _queue.Add(key, options.Debounce);

    /// <summary>The same, for what changes often while a workload rolls.</summary>
    public void AddLazily(ObjectKey key) => _queue.Add(key, options.Debounce * 10);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _queue.WhenDueAsync(cancellationToken).ConfigureAwait(false);
            if (_queue.Take(64) is { Count: > 0 } keys)
            {
                await ScheduleAsync(keys, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task ScheduleAsync(IReadOnlyList<ObjectKey> keys, CancellationToken cancellationToken)
    {
        if (!isOn())
        {
            // The configuration switched it off; when it switches it on again, all preferences are due.
            foreach (var key in keys)
            {
                _queue.Complete(key, Verdict.Settled);
            }

            return;
        }

        var due = keys.ToHashSet();
        var verdicts = new Dictionary<ObjectKey, Verdict>();
        var otherwise = Verdict.Settled;
        try
        {
            var request = new SchedulingRequest
            {
                Namespace = keys.All(key => key.Namespace == keys[0].Namespace) ? keys[0].Namespace : null,
                Filter = stored => due.Contains(stored.Key),
            };
            await foreach (var decision in federation.Scheduling.RunAsync(request, sink, cancellationToken).ConfigureAwait(false))
            {
                verdicts[decision.Key] = Judge(decision);
            }
        }
        catch (Exception error) when (error is KubeException or FederationException)
        {
            otherwise = Verdict.Failure;
            sink.Error(error as FederationException
                ?? new FederationException("SchedulingFailed", FederationProblem.Failed, $"Replicas could not be scheduled: {error.Message}", error));
        }

        foreach (var key in keys)
        {
            _queue.Complete(key, verdicts.GetValueOrDefault(key, otherwise));
        }

        dealt(keys.Count);
    }

    /// <summary>
    /// When time alone may change the decision: a move goes on, a cluster has been away long enough, one that was full may be tried again (P-83, P-86).
    /// </summary>
    private Verdict Judge(SchedulingDecision decision)
    {
        if (decision.Reason == SchedulingReason.WriteFailed)
        {
            return Verdict.Failure;
        }

        var now = federation.Time.GetUtcNow();
        var settings = federation.Options.Scheduling;
        var times = decision.Clusters
            .Select(cluster => cluster.Memory)
            .SelectMany(memory => (DateTimeOffset?[])[memory.UnavailableSince + settings.Toleration, memory.FullSince + memory.CoolDown])
            .Where(time => time > now)
            .Select(time => time!.Value - now);
        var again = decision.RecheckAfter is { } recheck ? times.Append(recheck) : times;
        return again.DefaultIfEmpty(TimeSpan.MaxValue).Min() is var soonest && soonest < TimeSpan.MaxValue
            ? Verdict.Recheck(soonest + TimeSpan.FromSeconds(1))
            : Verdict.Settled;
    }
}
