using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Writing;

/// <summary>Takes a finalizer off an object, for a controller that no longer will.</summary>
internal static class Finalizers
{
    private static readonly WriteOptions Options = new() { FieldManager = KubeFedNames.FieldManager };

    /// <summary>False when the object was gone already. The resourceVersion makes sure that no finalizer somebody added meanwhile is lost.</summary>
    /// <exception cref="KubeApiException">Somebody else wrote to the object since it was read (409), or the server refused.</exception>
    public static async Task<bool> RemoveAsync(IKubeClient client, ApiResource resource, KubeObject value, string finalizer, CancellationToken cancellationToken)
    {
        var remaining = new JsonArray([.. value.Finalizers.Where(name => name != finalizer).Select(name => JsonValue.Create(name))]);
        var metadata = new JsonObject { ["finalizers"] = remaining, ["resourceVersion"] = value.ResourceVersion };
        try
        {
            await client
                .PatchAsync(resource, value.Key, KubePatch.Merge(new JsonObject { ["metadata"] = metadata }), Options, cancellationToken)
                .ConfigureAwait(false);
            return true;
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            return false;
        }
    }
}
