using KubeFed.Engine.Api.Validation;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Api;

/// <summary>How members are probed, and how many probes in a row it takes to change what is recorded of one.</summary>
/// <param name="Period">Between two probes of a cluster that is watched.</param>
/// <param name="Timeout">For each answer of a probe.</param>
/// <param name="FailureThreshold">Failed probes in a row after which a ready cluster is recorded as not ready; at least 1.</param>
/// <param name="SuccessThreshold">Good probes in a row after which a cluster is recorded as ready again; at least 1.</param>
/// <remarks>KubeFedConfig's <c>clusterHealthCheck</c>, api.md section 5. KubeFed's thresholds did not count in a row (P-20).</remarks>
public sealed record HealthPolicy(TimeSpan Period, TimeSpan Timeout, int FailureThreshold, int SuccessThreshold)
{
    public static HealthPolicy Default { get; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(3), 3, 1);

    /// <summary>What is missing, or makes no sense, is KubeFed's default.</summary>
    public static HealthPolicy Read(KubeObject config)
    {
        var check = config.Spec.Map("clusterHealthCheck");
        return new(
            Duration(check.Text("period"), Default.Period),
            Duration(check.Text("timeout"), Default.Timeout),
            Count(check.Integer("failureThreshold"), Default.FailureThreshold),
            Count(check.Integer("successThreshold"), Default.SuccessThreshold));
    }

    private static TimeSpan Duration(string? text, TimeSpan otherwise) =>
        GoDuration.TryParse(text, out long nanoseconds) && nanoseconds >= 1_000_000 ? TimeSpan.FromTicks(nanoseconds / 100) : otherwise;

    private static int Count(long? value, int otherwise) => value is >= 1 and <= int.MaxValue ? (int)value : otherwise;
}
