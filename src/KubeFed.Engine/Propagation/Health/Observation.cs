using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Health;

/// <summary>Whether a status is about the spec that stands beside it.</summary>
internal static class Observation
{
    /// <summary>For kinds whose controllers always say which generation they saw: progressing until it is the current one; null once it is.</summary>
    public static ObjectHealth? Awaited(KubeObject value) =>
        value.Status.Integer("observedGeneration") is { } seen && seen >= value.Generation ? null : Unseen;

    /// <summary>For kinds of which that is not known: only a generation that is named and behind counts.</summary>
    public static ObjectHealth? Behind(KubeObject value) => value.Status.Integer("observedGeneration") < value.Generation ? Unseen : null;

    private static ObjectHealth Unseen { get; } = ObjectHealth.Progressing("its controller has not seen the latest change yet");
}
