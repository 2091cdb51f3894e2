using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Health;

/// <summary>What is to be reached from outside is well once it has an address there; a Service that is not is well by being there.</summary>
internal static class ServiceRule
{
    public static ObjectHealth Judge(KubeObject value) => value.Spec.Text("type") == "LoadBalancer" ? JudgeIngress(value) : ObjectHealth.Healthy;

    public static ObjectHealth JudgeIngress(KubeObject value) =>
        value.Status.Map("loadBalancer").Maps("ingress").Any(at => at.NonEmptyText("ip") is not null || at.NonEmptyText("hostname") is not null)
            ? ObjectHealth.Healthy
            : ObjectHealth.Progressing("no load balancer has given it an address yet");
}
