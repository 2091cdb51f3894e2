using System.Text.Json.Nodes;
using KubeFed.Engine.Api;

namespace KubeFed.Engine.Federate;

/// <summary>Which metadata of a whole object may go into a template. Pure.</summary>
/// <remarks>K-53, E-52; P-41: finalizers that are declared are honoured.</remarks>
public static class TemplateMetadata
{
    /// <summary>What the resource, a server or the engine decides.</summary>
    private static readonly string[] Decided =
        ["name", "generateName", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
            "managedFields", "selfLink", "ownerReferences"];

    /// <summary>Takes out of <c>metadata</c>, in place, what a template must not have; metadata that is empty then goes as a whole.</summary>
    /// <param name="manifest">A template, or a whole object that serves as one.</param>
    public static void Clean(JsonObject manifest)
    {
        if (manifest["metadata"] is not JsonObject metadata)
        {
            return;
        }

        if (IsLive(manifest))
        {
            metadata.Remove("finalizers");
        }

        foreach (var name in Decided)
        {
            metadata.Remove(name);
        }

        if (metadata.Count == 0)
        {
            manifest.Remove("metadata");
        }
    }

    /// <summary>
    /// Whether an object was read from a server, which alone gives uids. The finalizers it has are those of its cluster's controllers; elsewhere nobody may be
    /// there to take them off, and the copy could never be deleted.
    /// </summary>
    internal static bool IsLive(JsonObject manifest) => manifest.Map("metadata")?["uid"] is not null;
}
