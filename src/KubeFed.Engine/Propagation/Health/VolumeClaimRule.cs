using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Health;

/// <summary>A claim is well once it is bound. One that waits for its first pod looks like any other that is pending.</summary>
internal static class VolumeClaimRule
{
    public static ObjectHealth Judge(KubeObject value) => value.Status.Text("phase") switch
    {
        "Bound" => ObjectHealth.Healthy,
        "Lost" => ObjectHealth.Degraded($"its volume {value.Spec.Text("volumeName")} is lost"),
        _ => ObjectHealth.Progressing("no volume is bound to it yet"),
    };
}
