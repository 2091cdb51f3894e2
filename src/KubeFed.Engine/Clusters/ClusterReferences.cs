using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Writing;

namespace KubeFed.Engine.Clusters;

/// <summary>The places where federated resources name a cluster: their placement, and their overrides.</summary>
internal sealed class ClusterReferences(Federation federation, string cluster, ChangeLog log)
{
    /// <summary>What could not be changed, and why.</summary>
    public async Task<IReadOnlyList<string>> RemoveAsync(CancellationToken cancellationToken)
    {
        var left = new List<string>();
        await foreach (var resource in federation.Resources.ListAsync(new FederatedQuery(), cancellationToken).ConfigureAwait(false))
        {
            if (resource.Object.IsDeleting || !Names(resource))
            {
                continue;
            }

            try
            {
                await federation.Resources.EditAsync(resource.Type, resource.Key, Remove, log.DryRun, cancellationToken).ConfigureAwait(false);
                log.Add(ChangeKind.Update, federation.Options.HostName, resource.Type.Federated.Kind, resource.Key.ToString());
            }
            catch (FederationException error)
            {
                left.Add($"{resource.Type.Federated.Kind} {resource.Key} still names {cluster}: {error.Message}");
            }
        }

        return left;
    }

    private bool Names(FederatedResource resource) =>
        resource.PlacementClusters?.Contains(cluster, StringComparer.Ordinal) == true || (resource.Overrides?.Any(IsOurs) ?? false);

    private bool IsOurs(JsonNode? entry) => (entry as JsonObject).Text("clusterName") == cluster;

    private void Remove(FederatedResource resource)
    {
        if (resource.PlacementClusters is { } clusters && clusters.Contains(cluster, StringComparer.Ordinal))
        {
            resource.PlacementClusters = [.. clusters.Where(name => name != cluster)];
        }

        if (resource.Overrides is { } overrides)
        {
            foreach (var entry in overrides.Where(IsOurs).ToList())
            {
                overrides.Remove(entry);
            }

            if (overrides.Count == 0)
            {
                resource.Object.Spec!.Remove("overrides");
            }
        }
    }
}
