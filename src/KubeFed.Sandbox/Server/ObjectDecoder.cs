using System.Text.Json.Nodes;
using KubeFed.Sandbox.Builtins;
using KubeFed.Sandbox.CustomResources;
using KubeFed.Sandbox.Schema;

namespace KubeFed.Sandbox.Server;

/// <summary>Turns what a caller sent into an object as the server's types see it.</summary>
internal sealed class ObjectDecoder(ClusterState cluster)
{
    /// <summary>An empty object of a kind: what its fields are compared with when it is created.</summary>
    public static JsonObject Blank(ResourceType resource)
    {
        var blank = new JsonObject { ["apiVersion"] = resource.ApiVersion, ["kind"] = resource.Kind };
        if (!resource.IsCustom)
        {
            Normalization.Apply(blank, resource.Schema, defaults: false);
        }

        return blank;
    }

    /// <summary>An object as the server's types see it: pruned, with defaults.</summary>
    public JsonObject Decode(ResourceType resource, JsonObject value)
    {
        var copy = (JsonObject)value.DeepClone();
        try
        {
            if (resource.IsCustom)
            {
                CustomObjects.Normalize(copy, resource.Schema, cluster.Types);
            }
            else
            {
                if (copy.Child("metadata") is { } metadata && metadata.Text("creationTimestamp") is null)
                {
                    metadata.Remove("creationTimestamp");
                }

                Normalization.Apply(copy, resource.Schema, defaults: true);
                copy.Child("metadata")?.Remove("selfLink");
                Defaults.Apply(resource, copy, cluster.Version.Minor);
            }
        }
        catch (TypeMismatchException mismatch)
        {
            throw new UndecodableException(mismatch.Message, $"{resource.Kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}: {mismatch.Message}");
        }

        copy["apiVersion"] = resource.ApiVersion;
        copy["kind"] = resource.Kind;
        return copy;
    }
}

/// <summary>An object whose values don't fit its kind's types.</summary>
internal sealed class UndecodableException(string reason, string message) : Exception(message)
{
    /// <summary>What the decoder says.</summary>
    public string Reason { get; } = reason;
}
