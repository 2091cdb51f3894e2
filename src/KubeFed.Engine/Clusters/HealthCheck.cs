using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>Probes a member and records what changed.</summary>
internal sealed class HealthCheck(Federation federation)
{
    private static readonly WriteOptions Status = new() { FieldManager = KubeFedNames.FieldManager, Subresource = "status" };

    public async Task<ClusterHealth> RunAsync(MemberCluster cluster, bool record, CancellationToken cancellationToken)
    {
        var probe = await new ClusterProbe(federation).RunAsync(cluster, cancellationToken).ConfigureAwait(false);
        var conditions = ClusterConditions.From(probe, cluster.Conditions, federation.Time.GetUtcNow());

        // P-22: a cluster that cannot be asked keeps the version it was last known to have.
        var version = probe.Version ?? cluster.KubernetesVersion;
        var changed = version != cluster.KubernetesVersion || !ClusterConditions.SayTheSame(conditions, cluster.Conditions);
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
