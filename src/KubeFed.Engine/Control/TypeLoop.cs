using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Control;

/// <summary>
/// Records in each FederatedTypeConfig whether its type is looked after, when that is not on record yet, and lets go of one that is being deleted. Both wait
/// until nothing of the type is in work any more: whoever reads it goes on and deletes things.
/// </summary>
/// <param name="federation">The control plane.</param>
/// <param name="options">Delays.</param>
/// <param name="host">The types as they are stored.</param>
/// <param name="events">Knows what is looked after.</param>
/// <remarks>Section 5 of KubeFed's controllers: C-50 to C-55, without C-52.</remarks>
internal sealed class TypeLoop(Federation federation, ControllerOptions options, HostWatch host, ITypeEvents events)
{
    private const string Runs = "Running";
    private const string Rests = "NotRunning";

    private static readonly WriteOptions Status = new() { FieldManager = KubeFedNames.FieldManager, Subresource = "status" };

    private readonly WorkQueue<string> _queue = new(federation.Time, options.InitialBackoff, options.MaximalBackoff);

    public bool IsIdle(TimeSpan within) => _queue.IsIdle(within);

    /// <summary>A type is to be looked at.</summary>
    public void Add(string type) => _queue.Add(type, TimeSpan.Zero);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _queue.WhenDueAsync(cancellationToken).ConfigureAwait(false);
            foreach (var name in _queue.Take(1))
            {
                _queue.Complete(name, await LookAsync(name, cancellationToken).ConfigureAwait(false));
            }
        }
    }

    /// <summary>
    /// The controller has ended, and says so where it said that it runs. KubeFed left that standing, and whoever disabled a type then waited in vain for a
    /// controller that was no longer there (P-128). Best effort: a host that does not take it leaves things as KubeFed did.
    /// </summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var type in events.Types)
            {
                if (Stored(type) is { IsDeleting: false } stored && stored.Status.Text("propagationController") == Runs)
                {
                    await TryEndAsync(type, stored, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception error) when (error is KubeException or OperationCanceledException)
        {
            events.Sink.Verbose($"That the controller has ended could not be recorded in the FederatedTypeConfigs: {error.Message}");
        }
    }

    private async Task TryEndAsync(FederatedType type, KubeObject stored, CancellationToken cancellationToken)
    {
        try
        {
            await RecordAsync(type, stored, runs: false, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException error) when (error.IsConflict || error.IsNotFound)
        {
            events.Sink.Verbose($"FederatedTypeConfig {type.Name} has changed meanwhile, and is not told that the controller has ended: {error.Message}");
        }
    }

    private async Task<Verdict> LookAsync(string name, CancellationToken cancellationToken)
    {
        if (events.Types.FirstOrDefault(type => type.Name == name) is not { } type || Stored(type) is not { } stored)
        {
            return Verdict.Settled;
        }

        var why = events.WhyItRests(type);
        if (stored.IsDeleting ? !stored.Finalizers.Contains(KubeFedNames.TypeConfigFinalizer) : Says(type, stored, why is null))
        {
            return Verdict.Settled;
        }

        if (why is not null && events.IsInWork(name))
        {
            return Verdict.Recheck(options.Debounce);
        }

        try
        {
            if (stored.IsDeleting)
            {
                await Finalizers
                    .RemoveAsync(host.Client, CoreResources.FederatedTypeConfigs, stored, KubeFedNames.TypeConfigFinalizer, cancellationToken)
                    .ConfigureAwait(false);
            }
            else
            {
                await RecordAsync(type, stored, why is null, cancellationToken).ConfigureAwait(false);
                if (why is not null && type.PropagationEnabled)
                {
                    // The status has no room for a reason.
                    events.Rests(type, why);
                }
            }

            return Verdict.Settled;
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            return Verdict.Settled;
        }
        catch (KubeException error)
        {
            // A conflict means that there is news, and the watch is about to tell it.
            if (error is not KubeApiException { IsConflict: true })
            {
                var what = stored.IsDeleting ? "let go" : "told whether it is propagated";
                events.Sink.Warning($"FederatedTypeConfig {name} could not be {what}: {error.Message}");
            }

            return Verdict.Failure;
        }
    }

    private KubeObject? Stored(FederatedType type) => host.Types.Find(type.Source.Key) is { } stored && stored.Uid == type.Source.Uid ? stored : null;

    private static bool Says(FederatedType type, KubeObject stored, bool runs) =>
        stored.Status.Integer("observedGeneration") == type.Source.Generation
        && stored.Status.Text("propagationController") == (runs ? Runs : Rests)
        && stored.Status.Text("statusController") == Rests;

    /// <summary>The legacy status controller of services is none of ours (C-60, P-78), so it never runs.</summary>
    private Task<KubeObject> RecordAsync(FederatedType type, KubeObject stored, bool runs, CancellationToken cancellationToken) => host.Client.PatchAsync(
        CoreResources.FederatedTypeConfigs,
        stored.Key,
        KubePatch.Merge(new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = stored.ResourceVersion },
            ["status"] = new JsonObject
            {
                ["observedGeneration"] = type.Source.Generation,
                ["propagationController"] = runs ? Runs : Rests,
                ["statusController"] = Rests,
            },
        }),
        Status,
        cancellationToken);
}

/// <summary>What a controller knows of its types.</summary>
internal interface ITypeEvents
{
    IEngineSink Sink { get; }

    /// <summary>As decided on.</summary>
    IReadOnlyList<FederatedType> Types { get; }

    /// <summary>Why a type is not looked after, for people; null when it is.</summary>
    string? WhyItRests(FederatedType type);

    /// <summary>It has been recorded that a type rests that is enabled.</summary>
    void Rests(FederatedType type, string why);

    /// <summary>Something of the type is being worked on.</summary>
    bool IsInWork(string type);
}
