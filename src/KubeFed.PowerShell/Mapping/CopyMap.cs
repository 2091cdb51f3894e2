using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation.Health;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Objects;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Mapping;

internal static class CopyMap
{
    /// <param name="resource">Whose copy.</param>
    /// <param name="copy">What was found in the cluster.</param>
    /// <param name="placed">Whether it should be there; null where the copy is there, and where no such resource is declared.</param>
    /// <param name="now">For its age.</param>
    public static FederatedObject ToOutput(EngineResource resource, FederatedCopy copy, ClusterPlacement? placed, DateTimeOffset now)
    {
        var missing = copy is { Error: null, Object: null } && placed is { Selected: true } && !resource.Object.IsDeleting;
        var health = copy.Error is not null ? ObjectHealth.Unseen
            : copy.Object is { } value ? HealthRules.Judge(value)
            : missing ? ObjectHealth.Missing
            : null;
        return new FederatedObject
        {
            Name = resource.TargetKey.Name,
            Namespace = resource.TargetKey.Namespace,
            Cluster = copy.Cluster,
            Type = resource.Type.Name,
            Status = missing ? "Missing" : Status(copy),
            Ready = copy.Object is null ? string.Empty : Ready(copy.Object),
            Health = health?.Status.ToString() ?? string.Empty,
            HealthMessage = health?.Message ?? string.Empty,
            Message = copy.Error ?? (copy.Object is null ? Why(resource, placed) : string.Empty),
            Created = Times.Local(copy.Object?.CreationTimestamp),
            Age = Times.Since(copy.Object?.CreationTimestamp, now),
            Json = copy.Object?.Json,
        };
    }

    /// <summary>Why there is no copy, as far as the declaration tells.</summary>
    private static string Why(EngineResource resource, ClusterPlacement? placed) => placed switch
    {
        null => $"no {resource.Type.Federated.Kind} declares it",
        _ when resource.Object.IsDeleting => "the resource is being deleted",
        { Selected: true } => $"it should be here, for {placed.Explanation}; a sync makes it, or says why it can't",
        _ => $"not selected: {placed.Explanation}",
    };

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
