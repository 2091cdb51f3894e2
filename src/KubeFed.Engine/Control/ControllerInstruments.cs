using System.Diagnostics.Metrics;
using KubeFed.Engine.Control.Events;

namespace KubeFed.Engine.Control;

/// <summary>What a controller measures; whoever wants to see it listens to the meter.</summary>
/// <remarks>controllers.md section 10.</remarks>
internal sealed class ControllerInstruments : IDisposable
{
    private readonly Meter _meter = new(ControllerMetrics.Meter);
    private readonly Histogram<double> _probes;
    private readonly Histogram<double> _runs;
    private readonly Histogram<double> _writes;
    private readonly Counter<long> _reconciles;
    private readonly Counter<long> _adds;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _events;
    private readonly Counter<long> _heldBack;

    /// <param name="clusters">State and name of each cluster.</param>
    /// <param name="depths">How much is due, by queue.</param>
    public ControllerInstruments(Func<IEnumerable<(string Cluster, string State)>> clusters, Func<IEnumerable<(string Queue, int Depth)>> depths)
    {
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = [.. ControllerMetrics.DurationBuckets] };
        _probes = _meter.CreateHistogram(ControllerMetrics.ProbeDuration, "s", "One probe of a cluster.", advice: advice);
        _runs = _meter.CreateHistogram(ControllerMetrics.ReconcileDuration, "s", "One run, for all resources it was about.", advice: advice);
        _writes = _meter.CreateHistogram(ControllerMetrics.DispatchDuration, "s", "One write to a member.", advice: advice);
        _reconciles = _meter.CreateCounter<long>(ControllerMetrics.Reconciles, description: "Resources dealt with.");
        _adds = _meter.CreateCounter<long>(ControllerMetrics.QueueAdds, description: "Resources that became due.");
        _retries = _meter.CreateCounter<long>(ControllerMetrics.QueueRetries, description: "Resources that are tried again after a failure.");
        _heldBack = _meter.CreateCounter<long>(
            ControllerMetrics.HeldBack, description: "Copies not applied yet again, because applying the same had not helped.");
        _events = _meter.CreateCounter<long>(ControllerMetrics.Events, description: "What was worth an Event.");
        _meter.CreateObservableGauge(ControllerMetrics.Clusters, () => States(clusters()), description: "1 for the state a cluster is in.");
        _meter.CreateObservableGauge(
            ControllerMetrics.QueueDepth,
            () => depths().Select(depth => new Measurement<int>(depth.Depth, Tag("name", depth.Queue))),
            description: "Resources that are due.");
    }

    public void Probed(TimeSpan took) => _probes.Record(took.TotalSeconds);

    public void Ran(TimeSpan took) => _runs.Record(took.TotalSeconds);

    public void Wrote(ObservedWrite write) => _writes.Record(write.Took.TotalSeconds, Tag("action", write.Action));

    public void Dealt(string queue, Verdict verdict) => _reconciles.Add(
        1, Tag("controller", queue), Tag("result", verdict.Failed ? "error" : verdict.Again is null ? "success" : "needs_recheck"));

    public void Queued(string queue, bool again) => (again ? _retries : _adds).Add(1, Tag("name", queue));

    public void HeldBack(string cluster) => _heldBack.Add(1, Tag("cluster", cluster));

    public void Recorded(EventFate fate) => _events.Add(1, Tag("result", fate.ToString().ToLowerInvariant()));

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<int>> States(IEnumerable<(string Cluster, string State)> clusters) =>
        from cluster in clusters
        from state in (string[])["ready", "notready", "offline"]
        select new Measurement<int>(cluster.State == state ? 1 : 0, Tag("state", state), Tag("cluster", cluster.Cluster));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
