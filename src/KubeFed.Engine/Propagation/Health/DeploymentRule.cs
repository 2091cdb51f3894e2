using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Health;

/// <summary>Rolled out when every replica is of the newest template, no old one is left, and all of them are available.</summary>
internal static class DeploymentRule
{
    public static ObjectHealth Judge(KubeObject value)
    {
        if (value.Spec.Flag("paused"))
        {
            return ObjectHealth.Suspended("its rollout is paused");
        }

        if (Observation.Awaited(value) is { } unseen)
        {
            return unseen;
        }

        if (value.Condition("Progressing") is { } progress && progress.Text("status") == "False")
        {
            return ObjectHealth.Degraded(progress.Words());
        }

        if (value.TrueCondition("ReplicaFailure") is { } failure)
        {
            return ObjectHealth.Degraded(failure.Words());
        }

        var (wanted, status) = (value.Spec.Integer("replicas") ?? 1, value.Status);
        var (all, updated, available) =
            (status.Integer("replicas") ?? 0, status.Integer("updatedReplicas") ?? 0, status.Integer("availableReplicas") ?? 0);
        return updated < wanted ? ObjectHealth.Progressing($"{updated} of {wanted} replicas are updated")
            : all > updated ? ObjectHealth.Progressing($"old replicas that are not gone yet: {all - updated}")
            : available < updated ? ObjectHealth.Progressing($"{available} of {updated} replicas are available")
            : ObjectHealth.Healthy;
    }
}
