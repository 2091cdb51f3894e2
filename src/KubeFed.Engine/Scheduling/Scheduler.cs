using System.Runtime.CompilerServices;
using System.Threading.Channels;
using KubeFed.Engine.Api;
using KubeFed.Engine.Scheduling.State;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace KubeFed.Engine.Scheduling;

/// <summary>Makes ReplicaSchedulingPreferences true: decides replicas per cluster from the live state and writes them into the federated objects.</summary>
/// <remarks>rsp.md; the preferences themselves are kept by <see cref="Preferences"/>.</remarks>
public sealed class Scheduler(Federation federation)
{
    private const string GateRemedy = "Run Set-KubeFedConfig -FeatureGate @{ SchedulerPreferences = $true } to have them scheduled.";

    private readonly ILogger _log = federation.Options.Loggers.CreateLogger<Scheduler>();

    /// <summary>The stored preferences: list, find, set, remove.</summary>
    public PreferenceStore Preferences { get; } = new(federation);

    /// <summary>What would be written for one preference, from the live state; writes nothing.</summary>
    /// <exception cref="FederationException"><c>PreferenceNotFound</c>, or the control plane cannot be read.</exception>
    public async Task<SchedulingDecision> PlanAsync(ObjectKey key, CancellationToken cancellationToken) =>
        await PlanAsync(await Preferences.GetAsync(key, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>The same for a preference that need not be stored.</summary>
    public async Task<SchedulingDecision> PlanAsync(StoredPreference preference, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(preference);
        var round = await SchedulingRound.BeginAsync(federation, cancellationToken).ConfigureAwait(false);
        return await WriteBackAsync(await DecideAsync(round, preference, cancellationToken).ConfigureAwait(false), dryRun: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Decides and writes one preference, and records the decision in its status.</summary>
    /// <exception cref="FederationException">
    /// <c>PreferenceNotFound</c>, <c>SchedulingDisabled</c> by the KubeFedConfig, or the control plane cannot be read.
    /// </exception>
    public async Task<SchedulingDecision> ApplyAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var stored = await Preferences.GetAsync(key, cancellationToken).ConfigureAwait(false);
        var round = await SchedulingRound.BeginAsync(federation, cancellationToken).ConfigureAwait(false);
        if (round.WhyNot is { } off)
        {
            throw new FederationException("SchedulingDisabled", FederationProblem.Refused, $"Replicas of {key} are not scheduled: {off}.")
            {
                Remedy = GateRemedy,
                Target = key.ToString(),
            };
        }

        var decision = await DecideAsync(round, stored, cancellationToken).ConfigureAwait(false);
        return await ApplyAsync(decision, dryRun: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes all preferences true that the request names, each decision as it falls. One that fails never stops the others.</summary>
    /// <exception cref="FederationException">The control plane cannot be read.</exception>
    public async IAsyncEnumerable<SchedulingDecision> RunAsync(
        SchedulingRequest request, IEngineSink sink, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(sink);
        var preferences = await Preferences.ListAsync(request.Namespace, cancellationToken).ConfigureAwait(false);
        var chosen = preferences.Where(preference => !preference.Source.IsDeleting && (request.Filter?.Invoke(preference) ?? true)).ToList();
        if (chosen.Count == 0)
        {
            yield break;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var round = await SchedulingRound.BeginAsync(federation, stop.Token).ConfigureAwait(false);
        if (round.WhyNot is { } off)
        {
            sink.Warning($"Replicas of {chosen.Count} ReplicaSchedulingPreferences are not scheduled: {off}. {GateRemedy}");
            yield break;
        }

        var decisions = Channel.CreateBounded<SchedulingDecision>(64);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, request.ThrottleLimit), CancellationToken = stop.Token };
        var work = Parallel.ForEachAsync(chosen, options, async (preference, token) =>
        {
            var decision = await DecideAsync(round, preference, token).ConfigureAwait(false);
            if (decision.Type is null || request.Reaches?.Invoke(decision.Type, decision.Key) != false)
            {
                await decisions.Writer.WriteAsync(await ApplyAsync(decision, request.DryRun, token).ConfigureAwait(false), token).ConfigureAwait(false);
            }
        });
        var closing = work.ContinueWith(done => decisions.Writer.Complete(done.Exception?.InnerException), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            await foreach (var decision in decisions.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                Tell(sink, decision);
                yield return decision;
            }

            await work.ConfigureAwait(false);
        }
        finally
        {
            // A caller that stops listening ends the work too.
            await stop.CancelAsync().ConfigureAwait(false);
            await closing.ConfigureAwait(false);
        }
    }

    /// <remarks>P-80: a preference that leads to nothing says so.</remarks>
    private static void Tell(IEngineSink sink, SchedulingDecision decision)
    {
        var text = $"ReplicaSchedulingPreference {decision.Key}: {decision.Reason}{(decision.Message.Length > 0 ? $": {decision.Message}" : string.Empty)}";
        if (decision.Reason is SchedulingReason.Scheduled or SchedulingReason.Progressing)
        {
            sink.Verbose(text);
        }
        else
        {
            sink.Warning(text);
        }

        foreach (var warning in decision.Warnings)
        {
            sink.Warning($"ReplicaSchedulingPreference {decision.Key}: {warning}");
        }
    }

    private static SchedulingDecision Failed(StoredPreference stored, SchedulingReason reason, string message) =>
        new() { Key = stored.Key, Stored = stored, Reason = reason, Message = message };

    private async Task<SchedulingDecision> ApplyAsync(SchedulingDecision decision, bool dryRun, CancellationToken cancellationToken)
    {
        decision = await WriteBackAsync(decision, dryRun, cancellationToken).ConfigureAwait(false);
        if (!dryRun)
        {
            await RecordAsync(decision, cancellationToken).ConfigureAwait(false);
        }

        return decision;
    }

    private async Task<SchedulingDecision> DecideAsync(SchedulingRound round, StoredPreference stored, CancellationToken cancellationToken)
    {
        var problems = stored.ShapeProblems.Concat(PreferenceValidation.Validate(stored.Preference)).ToList();
        var fatal = problems.Where(problem => problem.Fatal).DistinctBy(problem => problem.Field).ToList();
        if (fatal.Count > 0)
        {
            return Failed(stored, SchedulingReason.InvalidPreference, string.Join("; ", fatal));
        }

        var warnings = problems.Select(problem => problem.Message).ToList();
        try
        {
            var target = await SchedulingTarget.FindAsync(federation, round, stored, cancellationToken).ConfigureAwait(false);
            if (target is not { Resource: { } resource, Shape: { } shape })
            {
                return Failed(stored, target.Reason, target.Message) with { Warnings = warnings };
            }

            var view = await round.ViewAsync(stored, resource, shape, cancellationToken).ConfigureAwait(false);
            return new SchedulingDecider(view, round.Settings, federation.Time.GetUtcNow()).Decide() with { Warnings = warnings };
        }
        catch (KubeException error)
        {
            return Failed(stored, SchedulingReason.WriteFailed, $"The host could not be read: {error.Message}") with { Warnings = warnings };
        }
    }

    private async Task<SchedulingDecision> WriteBackAsync(SchedulingDecision decision, bool dryRun, CancellationToken cancellationToken)
    {
        if (!decision.HasPlan || decision.Type is not { } type)
        {
            return decision with { DryRun = dryRun };
        }

        var changed = false;
        try
        {
            var written = await federation.Resources
                .EditAsync(type, decision.Key, resource => changed = ReplicaWriteBack.Apply(resource, decision.Replicas, decision.ReplicasPath), dryRun, cancellationToken)
                .ConfigureAwait(false);
            return decision with { Resource = written, Changed = changed, DryRun = dryRun };
        }
        catch (Exception error) when (error is FederationException or KubeException)
        {
            return decision with { Reason = SchedulingReason.WriteFailed, Message = $"The {type.Federated.Kind} could not be written: {error.Message}", DryRun = dryRun };
        }
    }

    private async Task RecordAsync(SchedulingDecision decision, CancellationToken cancellationToken)
    {
        if (SchedulingStatus.Compose(decision, federation.Time.GetUtcNow()) is not { } status)
        {
            return;
        }

        try
        {
            await Preferences.WriteStatusAsync(decision.Stored, status, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeException error)
        {
            // The decision stands without its record; the next run makes it again from the same facts.
            _log.LogWarning(error, "The status of ReplicaSchedulingPreference {Key} could not be written.", decision.Key);
        }
    }
}
