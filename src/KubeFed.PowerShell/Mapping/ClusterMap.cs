using KubeFed.Engine.Api;
using EngineChange = KubeFed.Engine.Change;
using EngineReport = KubeFed.Engine.Clusters.ClusterReport;

namespace KubeFed.PowerShell.Mapping;

internal static class ClusterMap
{
    public static Cluster ToOutput(MemberCluster cluster, DateTimeOffset now, IEnumerable<EngineChange>? changes = null) => new()
    {
        Name = cluster.Name,
        Status = cluster.Ready switch { true => "Ready", false => "NotReady", null => "Unknown" },
        Suspended = cluster.Suspension is not null,
        SuspendedSince = Times.Local(cluster.Suspension?.Since),
        SuspendedReason = cluster.Suspension?.Reason,
        KubernetesVersion = cluster.KubernetesVersion,
        ApiEndpoint = cluster.ApiEndpoint,
        Labels = cluster.Labels,
        SecretName = cluster.SecretName,
        Conditions = [.. cluster.Conditions.Select(condition => new ClusterCondition
        {
            Type = condition.Type,
            Status = condition.Status,
            Reason = condition.Reason,
            Message = condition.Message,
            LastProbeTime = condition.LastProbeTime.LocalDateTime,
            LastTransitionTime = Times.Local(condition.LastTransitionTime),
        })],
        Created = Times.Local(cluster.Joined),
        Age = Times.Since(cluster.Joined, now),
        Changes = ChangeMap.ToOutput(changes ?? []),
        Json = cluster.Source.Json,
    };

    public static ClusterHealth ToOutput(EngineReport report) => new()
    {
        Name = report.Health.Cluster.Name,
        Reachable = report.Health.Reachable,
        Ready = report.Health.Ready,
        KubernetesVersion = report.Health.Version,
        Latency = report.Health.Latency,
        Message = report.Health.Message,
        CredentialsExpire = Times.Local(report.CredentialsEnd),
        Findings = [.. report.Findings.Select(FindingMap.ToOutput)],
    };
}
