using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Scheduling;

/// <summary>What the pods of one workload in one cluster say.</summary>
/// <param name="Total">All pods.</param>
/// <param name="RunningAndReady">Phase Running with condition Ready True; KubeFed also counted Ready False (R-31, P-81).</param>
/// <param name="Unschedulable">Pods no node took for longer than the threshold.</param>
/// <param name="UnschedulableNow">Those and the ones that wait for less.</param>
/// <remarks>R-30 to R-33.</remarks>
public sealed record PodAnalysis(int Total, int RunningAndReady, int Unschedulable, int UnschedulableNow)
{
    /// <summary>How long a pod must find no node before its cluster counts as full, unless told otherwise.</summary>
    public static readonly TimeSpan DefaultThreshold = TimeSpan.FromSeconds(60);

    /// <summary>Whether the answer changes by waiting alone.</summary>
    public bool NeedsRecheck => UnschedulableNow != Unschedulable;

    public static PodAnalysis Of(IEnumerable<KubeObject> pods, DateTimeOffset now, TimeSpan threshold)
    {
        ArgumentNullException.ThrowIfNull(pods);
        var (total, ready, unschedulable, unschedulableNow) = (0, 0, 0, 0);
        foreach (var pod in pods)
        {
            total++;
            if (pod.Status.Text("phase") == "Running")
            {
                ready += Condition(pod, "Ready").Text("status") == "True" ? 1 : 0;
            }
            else if (Condition(pod, "PodScheduled") is { } scheduled && scheduled.Text("status") == "False" && scheduled.Text("reason") == "Unschedulable")
            {
                unschedulableNow++;
                unschedulable += Since(scheduled) is { } since && since + threshold < now ? 1 : 0;
            }
        }

        return new(total, ready, unschedulable, unschedulableNow);
    }

    private static JsonObject? Condition(KubeObject pod, string type) => pod.Status.Maps("conditions").FirstOrDefault(condition => condition.Text("type") == type);

    private static DateTimeOffset? Since(JsonObject condition) =>
        DateTimeOffset.TryParse(condition.Text("lastTransitionTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
