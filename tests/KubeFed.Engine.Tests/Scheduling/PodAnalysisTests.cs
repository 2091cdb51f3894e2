using System.Text.Json.Nodes;
using KubeFed.Engine.Scheduling;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Scheduling;

public class PodAnalysisTests
{
    private static readonly DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact] // T-120, R-30 to R-33
    public void Pods_are_counted_as_running_and_ready_or_as_unschedulable_after_the_threshold()
    {
        KubeObject[] pods = [Running("True"), Running("True"), Running("True"), Waiting(_now.AddMinutes(-10)), Waiting(_now.AddMinutes(-10)), Waiting(_now)];

        var analysis = PodAnalysis.Of(pods, _now, PodAnalysis.DefaultThreshold);

        Assert.Equal(new PodAnalysis(6, 3, 2, 3), analysis);
        Assert.True(analysis.NeedsRecheck);
    }

    [Fact] // T-120
    public void A_pending_pod_without_conditions_counts_only_in_the_total()
    {
        var analysis = PodAnalysis.Of([Pod("Pending")], _now, PodAnalysis.DefaultThreshold);

        Assert.Equal(new PodAnalysis(1, 0, 0, 0), analysis);
        Assert.False(analysis.NeedsRecheck);
    }

    [Fact] // P-81, against R-31
    public void A_running_pod_that_is_not_ready_does_not_count_as_ready() =>
        Assert.Equal(1, PodAnalysis.Of([Running("True"), Running("False"), Running("Unknown")], _now, PodAnalysis.DefaultThreshold).RunningAndReady);

    [Theory] // P-88
    [InlineData(60, 0)]
    [InlineData(30, 1)]
    public void The_threshold_can_be_set(int seconds, int unschedulable) =>
        Assert.Equal(unschedulable, PodAnalysis.Of([Waiting(_now.AddSeconds(-45))], _now, TimeSpan.FromSeconds(seconds)).Unschedulable);

    [Theory] // strictly before now
    [InlineData(60, 0)]
    [InlineData(61, 1)]
    public void A_pod_counts_once_the_threshold_has_passed(int age, int unschedulable) =>
        Assert.Equal(unschedulable, PodAnalysis.Of([Waiting(_now.AddSeconds(-age))], _now, PodAnalysis.DefaultThreshold).Unschedulable);

    [Theory]
    [InlineData("SchedulingGated", "False")]
    [InlineData("Unschedulable", "True")]
    public void Only_a_false_condition_for_want_of_a_node_counts(string reason, string status) =>
        Assert.Equal(0, PodAnalysis.Of([Pod("Pending", Condition("PodScheduled", status, reason, _now.AddHours(-1)))], _now, PodAnalysis.DefaultThreshold).UnschedulableNow);

    private static KubeObject Running(string ready) => Pod("Running", Condition("Ready", ready, "", _now));

    private static KubeObject Waiting(DateTimeOffset since) => Pod("Pending", Condition("PodScheduled", "False", "Unschedulable", since));

    private static JsonObject Condition(string type, string status, string reason, DateTimeOffset since) =>
        new() { ["type"] = type, ["status"] = status, ["reason"] = reason, ["lastTransitionTime"] = since.ToString("yyyy-MM-ddTHH:mm:ssZ") };

    private static KubeObject Pod(string phase, params JsonObject[] conditions) =>
        new(new JsonObject { ["kind"] = "Pod", ["status"] = new JsonObject { ["phase"] = phase, ["conditions"] = new JsonArray([.. conditions]) } });
}
