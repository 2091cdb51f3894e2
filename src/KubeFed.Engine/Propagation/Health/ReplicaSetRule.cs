using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Health;

/// <summary>A ReplicaSet, or a ReplicationController, is well when as many replicas are available as it asks for.</summary>
internal static class ReplicaSetRule
{
    public static ObjectHealth Judge(KubeObject value)
    {
        if (Observation.Awaited(value) is { } unseen)
        {
            return unseen;
        }

        if (value.TrueCondition("ReplicaFailure") is { } failure)
        {
            return ObjectHealth.Degraded(failure.Words());
        }

        var (wanted, available) = (value.Spec.Integer("replicas") ?? 1, value.Status.Integer("availableReplicas") ?? 0);
        return available < wanted ? ObjectHealth.Progressing($"{available} of {wanted} replicas are available") : ObjectHealth.Healthy;
    }
}
