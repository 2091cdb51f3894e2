using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Quickstart.Steps;

/// <summary>Shows a federated resource as the host stores it.</summary>
internal static class Declared
{
    internal static async Task ShowAsync(StoryStage stage, Evidence evidence, FederatedType type, ObjectKey key, CancellationToken cancellationToken)
    {
        if (evidence.Table is null)
        {
            evidence.Columns("KIND", "NAME", "PLACEMENT", "OVERRIDES");
        }

        var stored = await stage.ReadAsync(stage.Host, type.Federated, key, cancellationToken).ConfigureAwait(false);
        evidence.Check($"the host stores {type.Federated.Kind} {key.Name}", stored is not null, "the host has no such object");
        if (stored is null)
        {
            return;
        }

        var resource = new FederatedResource(type, stored);
        evidence.Row(type.Federated.Kind, key.Name, Placement(resource), Overrides(resource));
    }

    private static string Placement(FederatedResource resource)
    {
        if (resource.PlacementClusters is { } clusters)
        {
            return string.Join(", ", clusters);
        }

        var labels = resource.PlacementSelector?["matchLabels"] as System.Text.Json.Nodes.JsonObject;
        return labels is null || labels.Count == 0 ? "all clusters" : string.Join(", ", labels.Select(l => $"{l.Key}={l.Value}"));
    }

    private static string Overrides(FederatedResource resource)
    {
        var clusters = resource.Overrides?.OfType<System.Text.Json.Nodes.JsonObject>().Select(o => o["clusterName"]?.ToString() ?? string.Empty).ToList() ?? [];
        return clusters.Count == 0 ? "none" : string.Join(", ", clusters.Distinct());
    }
}
