using KubeFed.Engine.Propagation.Comparison;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Objects;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Commands;

/// <summary>Tells where copies belong; asks the host only when a copy is not there, and once for each resource.</summary>
internal sealed class CopyPlacements(Operation operation)
{
    private readonly Dictionary<(string Type, ObjectKey Key), (EngineResource? Declared, Placement? Placement)> _known = [];
    private SyncPreview? _preview;

    /// <summary>
    /// The resource as it is declared, or as it was given where it is not, and what placement says of the cluster; null where nothing is declared.
    /// </summary>
    public async Task<(EngineResource Resource, ClusterPlacement? Placed)> OfAsync(EngineResource resource, string cluster)
    {
        var id = (resource.Type.Name, resource.Key);
        if (!_known.TryGetValue(id, out var known))
        {
            known = _known[id] = await ReadAsync(resource).ConfigureAwait(false);
        }

        return (known.Declared ?? resource, known.Placement?.Clusters.FirstOrDefault(placed => placed.Cluster == cluster));
    }

    private async Task<(EngineResource?, Placement?)> ReadAsync(EngineResource resource)
    {
        var declared = resource.Object.Uid.Length > 0
            ? resource
            : await operation.Federation.Resources.FindAsync(resource.Type, resource.Key, operation.Stop).ConfigureAwait(false);
        if (declared is null)
        {
            return (null, null);
        }

        _preview ??= await operation.Federation.Sync.PreviewAsync(operation.Sink, operation.Stop).ConfigureAwait(false);
        return (declared, await _preview.ExplainAsync(declared).ConfigureAwait(false));
    }
}
