using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Health;

/// <summary>A custom resource definition is well once its kind is served; names that another definition holds are never accepted.</summary>
internal static class DefinitionRule
{
    public static ObjectHealth Judge(KubeObject value) =>
        value.Condition("NamesAccepted") is { } names && names.Text("status") == "False" ? ObjectHealth.Degraded(names.Words())
        : value.TrueCondition("Established") is not null ? ObjectHealth.Healthy
        : ObjectHealth.Progressing("its kind is not served yet");
}
