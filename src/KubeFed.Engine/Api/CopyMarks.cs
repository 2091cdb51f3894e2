using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Api;

/// <summary>What a copy carries of this federation beyond what is declared: the managed label, and the annotations that say whose it is and of what.</summary>
internal static class CopyMarks
{
    /// <summary>Nobody declares these: in a template they mean nothing, and they count in no hash and no comparison.</summary>
    public static IReadOnlyList<string> Annotations { get; } = [KubeFedNames.FederationAnnotation, KubeFedNames.FederatedUidAnnotation];

    /// <summary>Takes the annotations out of an object's metadata.</summary>
    public static void Remove(JsonObject metadata)
    {
        if (metadata["annotations"] is not JsonObject annotations)
        {
            return;
        }

        var had = annotations.Count;
        foreach (var name in Annotations)
        {
            annotations.Remove(name);
        }

        if (annotations.Count == 0 && had > 0)
        {
            metadata.Remove("annotations");
        }
    }

    /// <summary>A patch that takes all of them off one object, and meets a conflict where another one of its name stands, or this one has changed.</summary>
    /// <param name="uid">Of the object seen.</param>
    /// <param name="resourceVersion">As it was seen.</param>
    public static KubePatch Removal(string uid, string resourceVersion) => KubePatch.Merge(new JsonObject
    {
        ["metadata"] = new JsonObject
        {
            ["uid"] = uid,
            ["resourceVersion"] = resourceVersion,
            ["labels"] = new JsonObject { [KubeFedNames.ManagedLabel] = null },
            ["annotations"] = new JsonObject(Annotations.Select(name => KeyValuePair.Create<string, JsonNode?>(name, null))),
        },
    });
}
