using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Health;

/// <summary>Every replica is ready, and those above the partition are of the newest revision. Where pods are replaced by hand, being ready is enough.</summary>
internal static class StatefulSetRule
{
    public static ObjectHealth Judge(KubeObject value)
    {
        if (Observation.Awaited(value) is { } unseen)
        {
            return unseen;
        }

        var (wanted, status) = (value.Spec.Integer("replicas") ?? 1, value.Status);
        var (ready, updated) = (status.Integer("readyReplicas") ?? 0, status.Integer("updatedReplicas") ?? 0);
        if (ready < wanted)
        {
            return ObjectHealth.Progressing($"{ready} of {wanted} replicas are ready");
        }

        var strategy = value.Spec.Map("updateStrategy");
        if (strategy.Text("type") == "OnDelete")
        {
            return ObjectHealth.Healthy;
        }

        var partition = strategy.Map("rollingUpdate").Integer("partition") ?? 0;
        var due = Math.Max(wanted - partition, 0);
        if (partition > 0)
        {
            return updated < due ? ObjectHealth.Progressing($"{updated} of {due} replicas above partition {partition} are updated") : ObjectHealth.Healthy;
        }

        // Without a partition the revisions become one at the end; until then the counts may already look complete.
        return status.Text("currentRevision") != status.Text("updateRevision")
            ? ObjectHealth.Progressing($"{updated} of {wanted} replicas are updated")
            : ObjectHealth.Healthy;
    }
}
