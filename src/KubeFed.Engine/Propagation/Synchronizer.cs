using System.Runtime.CompilerServices;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Engine.Propagation.Comparison;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Propagation.Reading;
using KubeFed.Engine.Propagation.Waiting;

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

    /// <summary>
    /// Takes our marks off every copy of a type, in every cluster that answers; the copies stay. One outcome per copy, and one without a name for a cluster
    /// whose copies could not be read.
    /// </summary>
    /// <exception cref="FederationException">There is no control plane.</exception>
    internal IAsyncEnumerable<SyncOutcome> ReleaseAsync(FederatedType type, bool dryRun, IEngineSink sink, CancellationToken cancellationToken) =>
        new CopyRelease(federation, type, dryRun, sink).RunAsync(cancellationToken);

    /// <summary>The federated resources that a run with this request is about, as they are stored now, by type, then namespace and name.</summary>
    /// <exception cref="FederationException">There is no control plane, or an unknown type name.</exception>
    public async IAsyncEnumerable<FederatedResource> CoveredAsync(SyncRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var config = await federation.ControlPlane.ReadConfigAsync(cancellationToken).ConfigureAwait(false);
        var requested = new RequestedTypes(federation.Types.ResolveAsync);
        request = await requested.ResolveAsync(request, cancellationToken).ConfigureAwait(false);
        var scope = new SyncScope(request, config, federation.SystemNamespace, self: null);
        var all = await federation.Types.ListAsync(cancellationToken).ConfigureAwait(false);
        foreach (var type in (await requested.ChooseAsync(request, scope, all, NullSink.Instance, cancellationToken).ConfigureAwait(false)).Types)
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
            await new SyncLaunch(federation, new LiveSources(federation)).RunAsync(request, sink, output, stop, writing.Token).ConfigureAwait(false);
            output.Complete();
        }
#pragma warning disable CA1031 // Nothing is swallowed: the reader of the outcomes gets it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            output.Complete(error);
        }
    }
}
