using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation.Health;
using KubeFed.Kubernetes.Objects;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Mapping;

internal static class CopyMap
{
    public static FederatedObject ToOutput(EngineResource resource, FederatedCopy copy, DateTimeOffset now)
    {
        // Whether an absent copy is missing is for the placement to say; the status tells that it is absent.
        var health = copy.Error is not null ? ObjectHealth.Unseen : copy.Object is { } value ? HealthRules.Judge(value) : null;
        return new FederatedObject
        {
            Name = resource.TargetKey.Name,
            Namespace = resource.TargetKey.Namespace,
            Cluster = copy.Cluster,
            Type = resource.Type.Name,
            Status = Status(copy),
            Ready = copy.Object is null ? string.Empty : Ready(copy.Object),
            Health = health?.Status.ToString() ?? string.Empty,
            HealthMessage = health?.Message ?? string.Empty,
            Message = copy.Error ?? string.Empty,
            Created = Times.Local(copy.Object?.CreationTimestamp),
            Age = Times.Since(copy.Object?.CreationTimestamp, now),
            Json = copy.Object?.Json,
        };
    }

    private static string Status(FederatedCopy copy)
    {
        if (copy.Error is not null)
        {
            return "Unreadable";
        }

        return copy.Object switch
        {
            null => "Absent",
            { IsDeleting: true } => "Deleting",
            var found => found.Label(KubeFedNames.ManagedLabel) == "true" ? "Present" : "Unmanaged",
        };
    }

    /// <summary>For kinds with replicas, how many of them are ready, as kubectl prints it.</summary>
    private static string Ready(KubeObject value)
    {
        if (Number(value.Spec, "replicas") is not { } wanted)
        {
            return string.Empty;
        }

        return $"{Number(value.Status, "readyReplicas") ?? 0}/{wanted}";
    }

    private static long? Number(JsonObject? json, string key) =>
        json?[key] is JsonValue value ? value.TryGetValue<long>(out var whole) ? whole : value.TryGetValue<int>(out var small) ? small : null : null;
}
