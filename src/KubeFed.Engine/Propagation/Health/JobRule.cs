using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Health;

/// <summary>A Job is well once it is complete. A CronJob is well by being there, unless it is suspended: its Jobs speak for themselves.</summary>
internal static class JobRule
{
    public static ObjectHealth Judge(KubeObject value)
    {
        if (value.TrueCondition("Failed") is { } failed)
        {
            return ObjectHealth.Degraded(failed.Words());
        }

        if (value.TrueCondition("Complete") is not null)
        {
            return ObjectHealth.Healthy;
        }

        if (value.Spec.Flag("suspend"))
        {
            return ObjectHealth.Suspended("it is suspended");
        }

        var (done, active) = (value.Status.Integer("succeeded") ?? 0, value.Status.Integer("active") ?? 0);
        return ObjectHealth.Progressing(
            value.Spec.Integer("completions") is { } wanted ? $"{done} of {wanted} pods have succeeded, {active} active" : $"{done} pods have succeeded, {active} active");
    }

    public static ObjectHealth JudgeCron(KubeObject value) => value.Spec.Flag("suspend") ? ObjectHealth.Suspended("it is suspended") : ObjectHealth.Healthy;
}
