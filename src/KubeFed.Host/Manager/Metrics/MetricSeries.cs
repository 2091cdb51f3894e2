using System.Globalization;
using Prometheus;

namespace KubeFed.Host.Manager.Metrics;

/// <summary>One metric of the registry, fed by the instruments of its name. Safe for concurrent use.</summary>
internal sealed class MetricSeries
{
    private readonly string[] _labels;
    private readonly Action<string[], double> _record;
    private readonly Action<string[]> _create;
    private readonly Action<string[]> _remove;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    private MetricSeries(string[] labels, Action<string[], double> record, Action<string[]> create, Action<string[]> remove) =>
        (_labels, _record, _create, _remove) = (labels, record, create, remove);

    /// <param name="metric">A counter that is added to.</param>
    internal static MetricSeries Adding(Counter metric) => new(
        metric.LabelNames, (values, value) => metric.WithLabels(values).Inc(value), values => metric.WithLabels(values).Inc(0), metric.RemoveLabelled);

    /// <param name="metric">A counter whose whole value is told each time.</param>
    internal static MetricSeries Reaching(Counter metric) => new(
        metric.LabelNames, (values, value) => metric.WithLabels(values).IncTo(value), values => metric.WithLabels(values).Inc(0), metric.RemoveLabelled);

    /// <param name="metric">A gauge that goes up and down by what is told.</param>
    internal static MetricSeries Moving(Gauge metric) => new(
        metric.LabelNames, (values, value) => metric.WithLabels(values).Inc(value), values => metric.WithLabels(values).Inc(0), metric.RemoveLabelled);

    /// <param name="metric">A gauge whose whole value is told each time.</param>
    internal static MetricSeries Setting(Gauge metric) => new(
        metric.LabelNames, (values, value) => metric.WithLabels(values).Set(value), values => metric.WithLabels(values).Inc(0), metric.RemoveLabelled);

    internal static MetricSeries Observing(Histogram metric) => new(
        metric.LabelNames, (values, value) => metric.WithLabels(values).Observe(value), values => metric.WithLabels(values).Publish(), metric.RemoveLabelled);

    /// <summary>A label the value lacks is empty; a tag that is no label is left out.</summary>
    /// <param name="value">What was measured.</param>
    /// <param name="tags">Of what.</param>
    /// <param name="whole">Whether all there is is told at each scrape.</param>
    internal void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, bool whole)
    {
        var values = new string[_labels.Length];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = string.Empty;
            foreach (var tag in tags)
            {
                if (tag.Key == _labels[index])
                {
                    values[index] = Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? string.Empty;
                }
            }
        }

        _record(values, value);
        if (whole)
        {
            lock (_lock)
            {
                _told.Add(string.Join('\0', values));
            }
        }
    }

    /// <summary>Makes it be there, with no value yet (C-100).</summary>
    internal void Initialise(params string[] values) => _create(values);

    /// <summary>For what is told as a whole at each scrape: drops what was told at the last one and not now, such as a cluster that is gone (P-111).</summary>
    internal void DropUntold()
    {
        List<string> gone;
        lock (_lock)
        {
            gone = [.. _known.Except(_told)];
            _known.Clear();
            _known.UnionWith(_told);
            _told.Clear();
        }

        gone.ForEach(values => _remove(_labels.Length == 0 ? [] : values.Split('\0')));
    }
}
