using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Commands;

/// <summary>What Set-FederatedResource is to change; null leaves a part as it is. Applied anew when someone else wrote in between.</summary>
internal sealed record ResourceChange
{
    public JsonObject? Template { get; init; }

    public PlacementSpec? Placement { get; init; }

    public IReadOnlyList<string> AddClusters { get; init; } = [];

    public IReadOnlyList<string> RemoveClusters { get; init; } = [];

    public IReadOnlyList<OverrideEntry>? Overrides { get; init; }

    public IReadOnlyDictionary<string, string?> Labels { get; init; } = new Dictionary<string, string?>();

    public bool? RetainReplicas { get; init; }

    /// <summary>Whether a namespace that leaves the placement takes along what others put there (P-32).</summary>
    public bool? DeleteUnmanaged { get; init; }

    /// <summary>Whether copies outlive the resource (K-72).</summary>
    public bool? Orphan { get; init; }

    /// <summary>Nothing is to be changed.</summary>
    public bool IsEmpty => this is { Template: null, Placement: null, AddClusters.Count: 0, RemoveClusters.Count: 0, Overrides: null, Labels.Count: 0 }
        and { RetainReplicas: null, Orphan: null, DeleteUnmanaged: null };

    /// <param name="resource">The resource as it is stored now.</param>
    public void ApplyTo(EngineResource resource)
    {
        var spec = resource.Object.Section("spec");
        if (Template is not null)
        {
            spec["template"] = Template.DeepClone();
        }

        Place(resource);
        if (Overrides is not null)
        {
            OverrideEdit.Replace(resource, Overrides);
        }

        foreach (var (key, value) in Labels)
        {
            resource.Object.SetLabel(key, value);
        }

        if (RetainReplicas is { } retain)
        {
            spec["retainReplicas"] = retain;
        }

        if (Orphan is { } orphan)
        {
            resource.Object.SetAnnotation(KubeFedNames.OrphanAnnotation, orphan ? "true" : null);
        }

        if (DeleteUnmanaged is { } unmanaged)
        {
            SetDeleteUnmanaged(resource, unmanaged);
        }
    }

    private static void SetDeleteUnmanaged(EngineResource resource, bool allowed)
    {
        if (allowed && !resource.Type.IsNamespaceType)
        {
            throw new InputException(
                "InvalidInput", $"-DeleteUnmanagedContent is for namespaces; {resource.Type.Name} '{resource.Key}' has no content.", resource.Key.Name)
            {
                Remedy = "Leave it out: copies of other types are deleted without it.",
            };
        }

        resource.Object.SetAnnotation(KubeFedNames.DeleteUnmanagedAnnotation, allowed ? "true" : null);
    }

    private void Place(EngineResource resource)
    {
        if (Placement is not null)
        {
            resource.PlacementClusters = Placement.Clusters;
            resource.PlacementSelector = (JsonObject?)Placement.Selector?.DeepClone();
        }

        if (AddClusters.Count == 0 && RemoveClusters.Count == 0)
        {
            return;
        }

        var named = resource.PlacementClusters ?? (resource.PlacementSelector is null ? [] : throw new InputException(
            "PlacementIsSelector",
            $"{resource.Type.Name} '{resource.Key}' is placed by a label selector; no cluster can be added to or removed from it by name.",
            resource.Key.Name)
        {
            Remedy = "Give the clusters with -Cluster, or change the selector with -ClusterSelector or the labels with Set-KubeFedCluster.",
        });
        resource.PlacementClusters = [.. named.Union(AddClusters, StringComparer.Ordinal).Except(RemoveClusters, StringComparer.Ordinal)];
    }
}
