using KubeFed.Engine.Propagation.Planning;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Mapping;

internal static class PlacementMap
{
    public static PlacementExplanation ToOutput(EngineResource resource, ClusterPlacement cluster) => new()
    {
        Name = resource.Key.Name,
        Namespace = resource.Key.Namespace,
        Type = resource.Type.Name,
        Cluster = cluster.Cluster,
        Selected = cluster.Selected,
        Verdict = cluster.Verdict.ToString(),
        Explanation = cluster.Explanation,
    };
}
