using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Health;

/// <summary>Every node that should run the pod runs the newest one, and it is available there.</summary>
internal static class DaemonSetRule
{
    public static ObjectHealth Judge(KubeObject value)
    {
        if (Observation.Awaited(value) is { } unseen)
        {
            return unseen;
        }

        var status = value.Status;
        var wanted = status.Integer("desiredNumberScheduled") ?? 0;
        var (updated, available) = (status.Integer("updatedNumberScheduled") ?? 0, status.Integer("numberAvailable") ?? 0);
        return updated < wanted && value.Spec.Map("updateStrategy").Text("type") != "OnDelete"
                ? ObjectHealth.Progressing($"{updated} of {wanted} nodes run the newest pod")
            : available < wanted ? ObjectHealth.Progressing($"the pod is available on {available} of {wanted} nodes")
            : ObjectHealth.Healthy;
    }
}
