using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Kubernetes.Client;

/// <summary>Gives objects out of lists and watches the shape callers are promised, whatever the server's habit.</summary>
internal static class ObjectShape
{
    /// <summary>
    /// Servers leave apiVersion and kind out of list items, and call metadata-only objects PartialObjectMetadata; both get the resource's own. A server
    /// that can't send metadata only sends everything: the rest is dropped here.
    /// </summary>
    public static KubeObject OfResource(JsonObject item, ApiResource resource, bool metadataOnly)
    {
        if (metadataOnly)
        {
            foreach (var key in item.Select(entry => entry.Key).Where(key => key is not ("apiVersion" or "kind" or "metadata")).ToList())
            {
                item.Remove(key);
            }
        }

        if (metadataOnly || !item.ContainsKey("kind"))
        {
            item.Remove("kind");
            item.Remove("apiVersion");
            item.Insert(0, "apiVersion", resource.ApiVersion);
            item.Insert(1, "kind", resource.Kind);
        }

        return new KubeObject(item);
    }
}
