using System.Diagnostics.Metrics;
using System.Text;
using KubeFed.Engine.Control;
using KubeFed.Host.Manager.Metrics;

namespace KubeFed.Host.Tests.Manager;

/// <summary>controllers.md section 10: instruments as Prometheus text.</summary>
public sealed class ManagerMetricsTests : IDisposable
{
    private readonly Meter _meter = new("KubeFed-" + Guid.NewGuid());
    private readonly ManagerMetrics _metrics;

    public ManagerMetricsTests() => _metrics = new ManagerMetrics(_meter.Name);

    [Fact]
    public async Task Durations_come_in_KubeFeds_buckets()
    {
        var histogram = _meter.CreateHistogram<double>(ControllerMetrics.DispatchDuration);
        histogram.Record(0.02, new KeyValuePair<string, object?>("action", "create"));
        histogram.Record(60, new KeyValuePair<string, object?>("action", "create"));

        var lines = await LinesAsync(ControllerMetrics.DispatchDuration);

        Assert.Equal("# HELP dispatch_operation_duration_seconds Time taken by one write to a member cluster.", lines[0]);
        Assert.Equal("# TYPE dispatch_operation_duration_seconds histogram", lines[1]);
        string[] bounds =
        [
            "0.01", "0.05", "0.1", "0.5", "1", "2.5", "5", "7.5", "10", "12.5", "15", "17.5", "20", "22.5", "25", "27.5", "30", "50", "75",
            "100", "1000", "+Inf",
        ];
        var expected = bounds.Select((bound, index) =>
            $"dispatch_operation_duration_seconds_bucket{{action=\"create\",le=\"{bound}\"}} {(index < 1 ? 0 : index < 18 ? 1 : 2)}");
        Assert.Equal(expected, lines.Where(line => line.Contains("_bucket{action=\"create\"", StringComparison.Ordinal)));
        Assert.Contains("dispatch_operation_duration_seconds_sum{action=\"create\"} 60.02", lines);
        Assert.Contains("dispatch_operation_duration_seconds_count{action=\"create\"} 2", lines);
        Assert.Contains("dispatch_operation_duration_seconds_count{action=\"delete\"} 0", lines); // C-100
    }

    [Fact]
    public async Task Counters_count_and_escape_what_their_labels_hold()
    {
        var counter = _meter.CreateCounter<long>("writes_total", description: "Writes.");
        counter.Add(2, new KeyValuePair<string, object?>("name", "a\"b\\c"));
        counter.Add(3, new KeyValuePair<string, object?>("name", "a\"b\\c"));

        Assert.Equal(["# HELP writes_total Writes.", "# TYPE writes_total counter", """writes_total{name="a\"b\\c"} 5"""], await LinesAsync("writes_total"));
    }

    [Fact] // P-111
    public async Task The_series_of_a_cluster_that_is_gone_go_with_it()
    {
        string[] clusters = ["east", "west"];
        _meter.CreateObservableGauge(ControllerMetrics.Clusters, () => clusters.Select(cluster => new Measurement<int>(
            1, new KeyValuePair<string, object?>("cluster", cluster), new KeyValuePair<string, object?>("state", "ready"))));

        Assert.Equal(2, (await LinesAsync("kubefedcluster_total{")).Count);
        clusters = ["west"];

        Assert.Equal(["""kubefedcluster_total{state="ready",cluster="west"} 1"""], await LinesAsync("kubefedcluster_total{"));
    }

    [Fact]
    public async Task A_gauge_shows_its_last_value_and_one_that_moves_their_sum()
    {
        _meter.CreateGauge<int>("level").Record(7);
        _meter.CreateGauge<int>("level").Record(4);
        var moves = _meter.CreateUpDownCounter<int>(ControllerMetrics.QueueDepth);
        moves.Add(3, new KeyValuePair<string, object?>("name", "federatedjob"));
        moves.Add(-1, new KeyValuePair<string, object?>("name", "federatedjob"));

        Assert.Contains("level 4", await LinesAsync("level"));
        Assert.Contains("workqueue_depth{name=\"federatedjob\"} 2", await LinesAsync("workqueue_depth"));
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _meter.Dispose();
    }

    private async Task<IReadOnlyList<string>> LinesAsync(string name)
    {
        using var stream = new MemoryStream();
        await _metrics.WriteAsync(stream, TestContext.Current.CancellationToken);
        return [.. Encoding.UTF8.GetString(stream.ToArray()).Split('\n').Where(line => line.Contains(name, StringComparison.Ordinal))];
    }
}
