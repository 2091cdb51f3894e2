using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Health;

/// <summary>A pod that is meant to stay is well while it is ready; one that is meant to end is well once it has ended in success.</summary>
internal static class PodRule
{
    public static ObjectHealth Judge(KubeObject value)
    {
        var status = value.Status;
        switch (status.Text("phase"))
        {
            case "Succeeded":
                return ObjectHealth.Healthy;
            case "Failed":
                return ObjectHealth.Degraded(Words(status) ?? Trouble(value) ?? "it failed");
            case "Unknown":
                return ObjectHealth.Unknown(Words(status) ?? "its node does not answer");
            case "Running" when Stays(value):
                return value.TrueCondition("Ready") is not null ? ObjectHealth.Healthy
                    : Trouble(value) is { } trouble ? ObjectHealth.Degraded(trouble)
                    : ObjectHealth.Progressing(value.Condition("Ready")?.Words() ?? "it is not ready yet");
            case "Running":
                return ObjectHealth.Progressing("it is running, and meant to end");
            default:
                return Trouble(value) is { } stuck ? ObjectHealth.Degraded(stuck)
                    : ObjectHealth.Progressing(value.Condition("PodScheduled") is { } scheduled && scheduled.Text("status") == "False"
                        ? scheduled.Words()
                        : "it is pending");
        }
    }

    private static bool Stays(KubeObject value) => value.Spec.Text("restartPolicy") is null or "Always";

    /// <summary>What keeps a container from running, where that is no passing state.</summary>
    private static string? Trouble(KubeObject value)
    {
        var containers = value.Status.Maps("initContainerStatuses").Concat(value.Status.Maps("containerStatuses"));
        foreach (var container in containers)
        {
            var waiting = container.Map("state").Map("waiting");
            if (waiting.Text("reason") is { } reason && IsFailure(reason))
            {
                return $"container {container.Text("name")}: {waiting!.Words()}";
            }

            var ended = container.Map("state").Map("terminated");
            if (ended.Integer("exitCode") is { } code and not 0)
            {
                return $"container {container.Text("name")} ended with exit code {code}";
            }
        }

        return null;
    }

    /// <summary>CrashLoopBackOff, ImagePullBackOff, ErrImagePull, InvalidImageName, CreateContainerConfigError and their like.</summary>
    private static bool IsFailure(string reason) =>
        reason.EndsWith("BackOff", StringComparison.Ordinal)
        || reason.StartsWith("Err", StringComparison.Ordinal)
        || reason.StartsWith("Invalid", StringComparison.Ordinal)
        || reason.EndsWith("Error", StringComparison.Ordinal);

    private static string? Words(JsonObject? status) =>
        status is not null && (status.NonEmptyText("reason") ?? status.NonEmptyText("message")) is not null ? status.Words() : null;
}
