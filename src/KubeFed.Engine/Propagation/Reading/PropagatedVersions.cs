using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Reading;

/// <summary>What a KubeFed controller recorded of its copies; read where a host is taken over, and never written.</summary>
internal static class PropagatedVersions
{
    /// <exception cref="KubeException">They could not be read.</exception>
    public static async Task<Dictionary<ObjectKey, KubeObject>> ReadAsync(IKubeClient host, ApiResource resource, CancellationToken cancellationToken)
    {
        try
        {
            var items = (await host.ListAsync(resource, new ListQuery(), cancellationToken).ConfigureAwait(false)).Items;
            return items.ToDictionary(i => i.Key);
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            // A host that no KubeFed controller ever ran on has no such kind.
            return [];
        }
    }
}
