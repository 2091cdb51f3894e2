using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using KubeFed.Engine.Api;
using KubeFed.Engine.Control;
using KubeFed.Engine.Control.Leadership;
using Microsoft.AspNetCore.Http;
using Prometheus;
using Registry = Prometheus.Metrics;

namespace KubeFed.Host.Manager.Metrics;

/// <summary>Listens to the controller's instruments and gives their values as Prometheus text, under the very names they have.</summary>
/// <remarks>
/// controllers.md section 10. The library's own adapter puts the meter's name in front of each metric's, which no dashboard of KubeFed would find.
/// </remarks>
internal sealed class ManagerMetrics : IDisposable
{
    private readonly CollectorRegistry _registry = Registry.NewCustomRegistry();
    private readonly MetricFactory _factory;
    private readonly ConcurrentDictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _polled = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    /// <param name="meter">The name of the meters to listen to.</param>
    internal ManagerMetrics(string meter = ControllerMetrics.Meter)
    {
        _factory = Registry.WithCustomRegistry(_registry);
        ProcessMetrics.AddTo(_registry);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<byte>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<short>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<float>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<decimal>((instrument, value, tags, _) => Record(instrument, (double)value, tags));
        _listener.Start();
        _registry.AddBeforeCollectCallback(Poll);
        Histogram(ControllerMetrics.ProbeDuration).Initialise();
        Histogram(ControllerMetrics.ReconcileDuration).Initialise();
        foreach (var action in SeriesShape.Actions)
        {
            Histogram(ControllerMetrics.DispatchDuration).Initialise(action);
        }
    }

    /// <summary>Makes the counters of a type be there from the beginning, so that a rate can be taken of the first failure (C-100).</summary>
    internal void Initialise(FederatedType type)
    {
        var name = type.Federated.Kind.ToLowerInvariant();
        foreach (var result in SeriesShape.Results)
        {
            Series(ControllerMetrics.Reconciles, shape => MetricSeries.Adding(Counter(ControllerMetrics.Reconciles, shape))).Initialise(name, result);
        }

        Series(ControllerMetrics.QueueAdds, shape => MetricSeries.Adding(Counter(ControllerMetrics.QueueAdds, shape))).Initialise(name);
        Series(ControllerMetrics.QueueRetries, shape => MetricSeries.Adding(Counter(ControllerMetrics.QueueRetries, shape))).Initialise(name);
    }

    /// <summary>client-go's gauge of the leadership.</summary>
    internal void Watch(LeaderElection election)
    {
        var leads = _factory
            .CreateGauge("leader_election_master_status", "1 for the leader of this lease, 0 for a stand-by.", "name")
            .WithLabels(LeaderElection.LockName);
        _registry.AddBeforeCollectCallback(() => leads.Set(election.State.Leads ? 1 : 0));
    }

    internal Task WriteAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return WriteAsync(response.Body, cancellationToken);
    }

    internal Task WriteAsync(Stream stream, CancellationToken cancellationToken) =>
        _registry.CollectAndExportAsTextAsync(stream, ExpositionFormat.PrometheusText, cancellationToken);

    public void Dispose() => _listener.Dispose();

    private void Poll()
    {
        _listener.RecordObservableInstruments();
        foreach (var name in _polled.Keys)
        {
            _series[name].DropUntold();
        }
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!_series.TryGetValue(instrument.Name, out var series))
        {
            string[] labels = [.. tags.ToArray().Select(tag => tag.Key).Distinct(StringComparer.Ordinal)];
            var shape = Shape(instrument.Name) ?? new SeriesShape(instrument.Description ?? string.Empty, labels);
            series = _series.GetOrAdd(instrument.Name, _ => Make(instrument, shape));
        }

        if (instrument.IsObservable)
        {
            _polled.TryAdd(instrument.Name, 0);
        }

        series.Record(value, tags, instrument.IsObservable);
    }

    private MetricSeries Make(Instrument instrument, SeriesShape shape) => instrument.GetType().GetGenericTypeDefinition() switch
    {
        var kind when kind == typeof(Counter<>) => MetricSeries.Adding(Counter(instrument.Name, shape)),
        var kind when kind == typeof(ObservableCounter<>) => MetricSeries.Reaching(Counter(instrument.Name, shape)),
        var kind when kind == typeof(UpDownCounter<>) => MetricSeries.Moving(Gauge(instrument.Name, shape)),
        var kind when kind == typeof(Histogram<>) => MetricSeries.Observing(Buckets(instrument.Name, shape)),
        _ => MetricSeries.Setting(Gauge(instrument.Name, shape)),
    };

    private MetricSeries Histogram(string name) => Series(name, shape => MetricSeries.Observing(Buckets(name, shape)));

    private MetricSeries Series(string name, Func<SeriesShape, MetricSeries> make) => _series.GetOrAdd(name, _ => make(Shape(name)!));

    private static SeriesShape? Shape(string name) => SeriesShape.Known.GetValueOrDefault(name);

    private Counter Counter(string name, SeriesShape shape) => _factory.CreateCounter(name, shape.Help, shape.Labels);

    private Gauge Gauge(string name, SeriesShape shape) => _factory.CreateGauge(name, shape.Help, shape.Labels);

    private Histogram Buckets(string name, SeriesShape shape) => _factory.CreateHistogram(
        name, shape.Help, shape.Labels, new HistogramConfiguration { Buckets = [.. ControllerMetrics.DurationBuckets] });
}
