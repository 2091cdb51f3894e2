using System.Runtime.CompilerServices;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Engine.Propagation.Comparison;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Propagation.Waiting;
using KubeFed.Engine.Scheduling;

namespace KubeFed.Engine.Propagation;

/// <summary>One-shot synchronisation: reads, plans, acts, reports, writes status.</summary>
/// <remarks>
/// Readiness is what the members answer now, not what was recorded of them earlier: without a running health check a recorded condition may be hours old.
/// </remarks>
public sealed class Synchronizer(Federation federation)
{
    /// <summary>How long writes under way, and the records of those done, may still take once a run is stopped.</summary>
    public static TimeSpan GracePeriod { get; } = TimeSpan.FromSeconds(5);

    /// <summary>How many outcomes may wait to be read before the run waits for its reader.</summary>
    internal const int Unread = 256;

    /// <summary>Streams one outcome per resource and cluster as each is known. A failing item never stops the others.</summary>
    /// <remarks>
    /// Cancelling begins nothing new and lets what is under way end and be recorded, within <see cref="GracePeriod"/>; so does leaving the enumeration early.
    /// A reader that is slow slows the run down.
    /// </remarks>
    /// <exception cref="FederationException">
    /// Nothing could be started: no control plane, an unknown type name, or (<c>ClusterNotFound</c>) a cluster name that matches none.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled; thrown after everything that was done has been reported.</exception>
    public async IAsyncEnumerable<SyncOutcome> RunAsync(SyncRequest request, IEngineSink sink, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var output = new OutcomeStream(Unread, stop.Token);
        var work = WorkAsync(request, sink, output, stop.Token);
        try
        {
            await foreach (var outcome in output.ReadAsync().ConfigureAwait(false))
            {
                yield return outcome;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>
    /// Waits until resources are propagated, healthy or gone, and streams each as soon as it is; those that are not in time come at the end, each with an
    /// error that says what is lacking, and in which clusters.
    /// </summary>
    /// <exception cref="FederationException">With <see cref="ResourceWaitRequest.Sync"/>: a sync could not be started.</exception>
    public IAsyncEnumerable<WaitOutcome> WaitAsync(ResourceWaitRequest request, IEngineSink sink, CancellationToken cancellationToken) =>
        new ResourceWait(federation, request, sink).RunAsync(cancellationToken);

    /// <summary>Reads once what every decision depends on, to look at single resources without changing anything.</summary>
    /// <param name="sink">Told what is wrong with a resource as a whole.</param>
    /// <param name="cancellationToken">Stops everything the preview does.</param>
    /// <exception cref="FederationException">There is no control plane.</exception>
    public Task<SyncPreview> PreviewAsync(IEngineSink sink, CancellationToken cancellationToken) => SyncPreview.OpenAsync(federation, sink, cancellationToken);

    /// <summary>Where a resource belongs and why: every registered cluster, and every name that is none, with its verdict (E-40 to E-48, P-34).</summary>
    /// <remarks>The resource may be a draft that is not stored. The evaluation is the one a run makes.</remarks>
    /// <exception cref="FederationException">There is no control plane.</exception>
    public async Task<Placement> ExplainAsync(FederatedResource resource, CancellationToken cancellationToken)
    {
        var preview = await PreviewAsync(NullSink.Instance, cancellationToken).ConfigureAwait(false);
        return await preview.ExplainAsync(resource).ConfigureAwait(false);
    }

    /// <summary>The federated resources that a run with this request is about, as they are stored now, by type, then namespace and name.</summary>
    /// <exception cref="FederationException">There is no control plane, or an unknown type name.</exception>
    public async IAsyncEnumerable<FederatedResource> CoveredAsync(SyncRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var config = await federation.ControlPlane.ReadConfigAsync(cancellationToken).ConfigureAwait(false);
        request = await ResolveAsync(request, cancellationToken).ConfigureAwait(false);
        var scope = new SyncScope(request, config, federation.SystemNamespace, self: null);
        var all = await federation.Types.ListAsync(cancellationToken).ConfigureAwait(false);
        foreach (var type in await ChooseAsync(request, scope, all, NullSink.Instance, cancellationToken).ConfigureAwait(false))
        {
            var query = new Federate.FederatedQuery { Type = type, Namespace = type.Federated.Namespaced ? scope.SingleNamespace : null, Name = scope.SingleName };
            await foreach (var resource in federation.Resources.ListAsync(query, cancellationToken).ConfigureAwait(false))
            {
                if (scope.Includes(type, resource.Key))
                {
                    yield return resource;
                }
            }
        }
    }

    /// <summary>Runs to the end and hands its error, if any, to whoever reads the outcomes; never throws itself.</summary>
    private async Task WorkAsync(SyncRequest request, IEngineSink sink, OutcomeStream output, CancellationToken stop)
    {
        using var writing = new CancellationTokenSource(Timeout.InfiniteTimeSpan, federation.Time);
        using var onStop = stop.Register(() => writing.CancelAfter(GracePeriod));
        try
        {
            await StartAsync(request, sink, output, stop, writing.Token).ConfigureAwait(false);
            output.Complete();
        }
#pragma warning disable CA1031 // Nothing is swallowed: the reader of the outcomes gets it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            output.Complete(error);
        }
    }

    private async Task StartAsync(SyncRequest request, IEngineSink sink, OutcomeStream output, CancellationToken stop, CancellationToken writing)
    {
        var configuring = federation.ControlPlane.ReadConfigAsync(stop);
        var identifying = FederationIdentity.FindAsync(federation, sink, stop);
        var enabling = federation.Types.ListAsync(stop);
        var registering = federation.Clusters.ListAsync(stop);

        // Of several failures the first one's is told, and a control plane that is missing explains the others.
        await Task.WhenAll(configuring, identifying, enabling, registering).ConfigureAwait(false);
        request = await ResolveAsync(request, stop).ConfigureAwait(false);
        var all = await enabling.ConfigureAwait(false);
        var clusters = await registering.ConfigureAwait(false);
        var scope = new SyncScope(request, await configuring.ConfigureAwait(false), federation.SystemNamespace, await identifying.ConfigureAwait(false));
        var types = await ChooseAsync(request, scope, all, sink, stop).ConfigureAwait(false);
        foreach (var name in request.Clusters.Where(n => !clusters.Any(c => new Federate.NamePattern(n).Matches(c.Name))))
        {
            throw new FederationException("ClusterNotFound", FederationProblem.NotFound, $"No registered cluster is called '{name}'.")
            {
                Target = name,
                Remedy = clusters.Count == 0 ? "Join a cluster first." : $"Registered are: {string.Join(", ", clusters.Select(c => c.Name))}.",
            };
        }

        var teller = new Teller(output, sink, federation.Time, scope.DryRun);
        var host = new HostSnapshot(federation, scope, all.FirstOrDefault(t => t.IsNamespaceType), stop);
        var writer = new HostWriter(federation.Host, sink);
        var registered = clusters.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var completion = new ResourceCompletion(scope, registered, writer, teller, federation.Time);
        var orphans = new OrphanSweep(federation, scope, teller);
        var connections = new Clusters.LastingConnections(federation, sink);
        var lanes = clusters
            .Where(c => scope.IncludesCluster(c.Name))
            .Select(c => c.Suspension is { } suspension
                ? MemberLane.Suspended(c, suspension, scope)
                : new MemberLane(c, connections.ConnectAsync(c, scope.DryRun, stop), scope, stop))
            .ToArray();

        var cached = new CachedResources(federation, host, clusters, lanes);
        var preparation = new ResourcePreparation(federation, scope, clusters, host, cached, writer, teller);

        // The members' lists take the longest, so they begin before anything else is asked for.
        foreach (var lane in lanes)
        {
            foreach (var type in types)
            {
                _ = lane.ViewAsync(type);
            }
        }

        host.Drafts = await SchedulingPass.RunAsync(federation, request, types, scope.Includes, sink, stop).ConfigureAwait(false);
        var workers = lanes.Select(lane => new LaneWorker(lane, scope, completion, orphans, teller, federation.Time)).ToArray();
        await new SyncRun(scope, host, preparation, completion, orphans, workers, teller).ExecuteAsync(types, stop, writing).ConfigureAwait(false);
    }

    /// <summary>The request with its selections' types by their own names, and no other types than these.</summary>
    private async Task<SyncRequest> ResolveAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        if (request.Selections.Count == 0)
        {
            return request;
        }

        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in request.Selections.Select(selection => selection.Type).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            names[word] = (await federation.Types.ResolveAsync(word, cancellationToken).ConfigureAwait(false)).Name;
        }

        return request with
        {
            Selections = [.. request.Selections.Select(selection => selection with { Type = selection.Type is { } word ? names[word] : null })],
            Types = request.Types.Count > 0 || request.Selections.Any(selection => selection.Type is null)
                ? request.Types
                : [.. names.Values.Distinct(StringComparer.Ordinal)],
        };
    }

    /// <summary>
    /// The types asked for, or all; those that are switched off or out of the control plane's reach are left out, with a warning when asked for by name.
    /// </summary>
    private async Task<IReadOnlyList<FederatedType>> ChooseAsync(
        SyncRequest request, SyncScope scope, IReadOnlyList<FederatedType> all, IEngineSink sink, CancellationToken cancellationToken)
    {
        var chosen = new List<FederatedType>();
        if (request.Types.Count == 0)
        {
            chosen.AddRange(all);
        }

        foreach (var name in request.Types)
        {
            chosen.Add(await federation.Types.ResolveAsync(name, cancellationToken).ConfigureAwait(false));
        }

        var usable = new List<FederatedType>();
        foreach (var type in chosen.DistinctBy(t => t.Name))
        {
            var why = !type.PropagationEnabled ? "its propagation is disabled"
                : !scope.Reaches(type) ? "the control plane is confined to one namespace and the type is cluster-scoped"
                : null;
            if (why is null)
            {
                usable.Add(type);
            }
            else if (request.Types.Count > 0)
            {
                sink.Warning($"Type {type.Name} is not synchronised: {why}.");
            }
        }

        return usable;
    }
}
