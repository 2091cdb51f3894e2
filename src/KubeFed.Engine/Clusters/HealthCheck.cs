using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>
/// Probes a member and records what changed. When a probe contradicts the record, it is repeated until enough of them in a row agree, or one agrees with the
/// record again: a check that runs once keeps no counter between runs, and needs none (P-20).
/// </summary>
internal sealed class HealthCheck(Federation federation, HealthPolicy policy)
{
    /// <summary>How long a record may go unconfirmed before a check writes it anew, so that a reader can tell a stale one (P-22).</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMinutes(5);

    /// <summary>Between the probes of one check; somebody is waiting, so it is not the period of a health check that runs forever.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly WriteOptions Status = new() { FieldManager = KubeFedNames.FieldManager, Subresource = "status" };

    public async Task<ClusterHealth> RunAsync(MemberCluster cluster, bool record, CancellationToken cancellationToken)
    {
        var probe = await ProbeAsync(cluster, record, cancellationToken).ConfigureAwait(false);
        return await RecordAsync(cluster, probe, record, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what a probe that counts leads to: when that is something new, and every few minutes otherwise (P-22).</summary>
    public async Task<ClusterHealth> RecordAsync(MemberCluster cluster, ProbeResult probe, bool record, CancellationToken cancellationToken)
    {
        var now = federation.Time.GetUtcNow();
        var conditions = ClusterConditions.From(probe, cluster.Conditions, now);

        // P-22: a cluster that cannot be asked keeps the version it was last known to have.
        var version = probe.Version ?? cluster.KubernetesVersion;
        var changed = version != cluster.KubernetesVersion
            || !ClusterConditions.SayTheSame(conditions, cluster.Conditions)
            || cluster.Conditions.Any(condition => now - condition.LastProbeTime >= Heartbeat);
        var checkedCluster = cluster with { Conditions = conditions, KubernetesVersion = version };
        if (record && changed)
        {
            checkedCluster = MemberClusterReader.Read(await WriteAsync(cluster.Name, conditions, version, cancellationToken).ConfigureAwait(false));
        }

        return new ClusterHealth(
            checkedCluster,
            Reachable: probe.Outcome is ProbeOutcome.Ready or ProbeOutcome.NotReady,
            Ready: probe.Outcome == ProbeOutcome.Ready,
            version,
            probe.Message.Length > 0 ? probe.Message : conditions[0].Message,
            probe.Latency);
    }

    private async Task<ProbeResult> ProbeAsync(MemberCluster cluster, bool record, CancellationToken cancellationToken)
    {
        var prober = new ClusterProbe(federation, policy.Timeout);
        var probe = await prober.RunAsync(cluster, cancellationToken).ConfigureAwait(false);
        var streak = HealthStreak.Of(cluster.Conditions).Next(probe.Outcome, policy);
        while (record && streak.IsOpen)
        {
            await Task.Delay(policy.Period < Pause ? policy.Period : Pause, federation.Time, cancellationToken).ConfigureAwait(false);
            probe = await prober.RunAsync(cluster, cancellationToken).ConfigureAwait(false);
            streak = streak.Next(probe.Outcome, policy);
        }

        return probe;
    }

    private Task<KubeObject> WriteAsync(string name, IReadOnlyList<ClusterCondition> conditions, string? version, CancellationToken cancellationToken)
    {
        var status = new JsonObject { ["conditions"] = new JsonArray([.. conditions.Select(ClusterConditions.Write)]) };
        if (version is not null)
        {
            status["kubernetesVersion"] = version;
        }

        return federation.Host.PatchAsync(
            CoreResources.KubeFedClusters,
            new ObjectKey(federation.SystemNamespace, name),
            KubePatch.Merge(new JsonObject { ["status"] = status }),
            Status,
            cancellationToken);
    }
}
