using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Recording;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Mapping;

/// <summary>Federated objects as the pipeline shows them. What others stored may have any shape: what does not fit is left out here, never an error.</summary>
internal static class ResourceMap
{
    public static FederatedResource ToOutput(EngineResource resource, DateTimeOffset now)
    {
        var clusters = resource.PlacementClusters;
        var selector = OverrideMap.SelectorText(resource.PlacementSelector);
        var recorded = PropagationStatus.Read(resource.Object);
        return new FederatedResource
        {
            Name = resource.Key.Name,
            Namespace = resource.Key.Namespace,
            Type = resource.Type.Name,
            Kind = resource.Type.Federated.Kind,
            Clusters = clusters?.ToArray(),
            ClusterSelector = selector,
            Placement = clusters is not null ? clusters.Count == 0 ? "(none)" : string.Join(',', clusters) : selector ?? "(none)",
            Overrides = [.. OverrideMap.Stored(resource)],
            RetainReplicas = resource.RetainReplicas,
            AdoptionPolicy = resource.AdoptionPolicy,
            Orphan = resource.Orphan,
            Status = Status(resource, recorded),
            InSync = InSync(recorded),
            Health = recorded.Summary?.Health?.ToString() ?? string.Empty,
            ClusterStatus = [.. ClusterStatuses(resource.Object.Status)],
            Stored = resource.Object.Uid.Length > 0,
            Created = Times.Local(resource.Object.CreationTimestamp),
            Age = Times.Since(resource.Object.CreationTimestamp, now),
            Json = resource.Object.Json,
        };
    }

    /// <summary>What was declared after the last sync is pending, whatever that sync found.</summary>
    private static string Status(EngineResource resource, PropagationStatus recorded) => resource.Object.IsDeleting ? "Deleting"
        : recorded.Condition is not { } condition || recorded.ObservedGeneration < resource.Object.Generation ? "Pending"
        : condition.Propagated ? "Propagated"
        : condition.Reason == AggregateReason.None ? "NotPropagated"
        : condition.Reason.ToString();

    /// <summary>A status without a summary, as a KubeFed controller leaves it, knows only of the clusters it lists.</summary>
    private static string InSync(PropagationStatus recorded) => recorded.Summary?.Clusters
        ?? (recorded.Condition is null ? string.Empty : $"{recorded.Clusters.Count(c => c.Reason == PropagationReason.Ok)}/{recorded.Clusters.Count}");

    private static IEnumerable<ClusterStatus> ClusterStatuses(JsonObject? status) =>
        (status?["clusters"] as JsonArray ?? []).OfType<JsonObject>().Select(entry => new ClusterStatus
        {
            Cluster = Text(entry, "name") ?? string.Empty,
            Status = Text(entry, "status") is { Length: > 0 } reason ? reason : "OK",
            Message = Text(entry, "message") ?? string.Empty,
            Time = Time(Text(entry, "lastTransitionTime") ?? Text(entry, "time")),
            Health = Text(entry, "health") ?? string.Empty,
            HealthMessage = Text(entry, "healthMessage") ?? string.Empty,
        });

    private static string? Text(JsonObject json, string key) => json[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static DateTime? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.LocalDateTime : null;
}
