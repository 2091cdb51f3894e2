using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// Hands the fields a KubeFed controller wrote over to our applies. Without it the controller would stay their owner beside us, and a field removed from
/// the template would never go away.
/// </summary>
/// <remarks>
/// The controller wrote with PUT and POST under whatever its binary was called, so it is known by what it owns: the managed label. KEP-555, "upgrading
/// from client-side apply", does the same for kubectl.
/// </remarks>
internal static class OwnershipTakeOver
{
    /// <summary>A merge patch of the ownership records, or null when nothing has to be handed over.</summary>
    public static KubePatch? Patch(KubeObject current) => HandedOver(current) is not { } entries ? null : KubePatch.Merge(new JsonObject
    {
        ["metadata"] = new JsonObject { ["uid"] = current.Uid, ["resourceVersion"] = current.ResourceVersion, ["managedFields"] = entries },
    });

    /// <summary>The object as the patch would leave it.</summary>
    public static KubeObject Foresee(KubeObject current)
    {
        if (HandedOver(current) is not { } entries)
        {
            return current;
        }

        var foreseen = current.Clone();
        foreseen.Metadata["managedFields"] = entries;
        return foreseen;
    }

    private static JsonArray? HandedOver(KubeObject current)
    {
        if (current.Json.Map("metadata").List("managedFields") is not { } entries)
        {
            return null;
        }

        var kept = new JsonArray();
        JsonObject? ours = null;
        var changed = false;
        foreach (var entry in entries.OfType<JsonObject>())
        {
            var owner = new ManagedEntry(entry);
            var taken = owner.IsUpdate && owner.Subresource.Length == 0 && owner.Owns("labels", KubeFedNames.ManagedLabel);
            if (!taken && !owner.IsOurs)
            {
                kept.Add(entry.DeepClone());
                continue;
            }

            changed |= taken;
            var copy = (JsonObject)entry.DeepClone();
            if (ours is null)
            {
                ours = copy;
                ours["manager"] = KubeFedNames.FieldManager;
                ours["operation"] = "Apply";
            }
            else if (ours["fieldsV1"] is JsonObject into && copy["fieldsV1"] is JsonObject from)
            {
                Union(into, from);
            }
        }

        if (!changed || ours is null)
        {
            return null;
        }

        kept.Insert(0, ours);
        return kept;
    }

    private static void Union(JsonObject into, JsonObject from)
    {
        foreach (var (key, value) in from)
        {
            if (into[key] is JsonObject both && value is JsonObject more)
            {
                Union(both, more);
            }
            else if (!into.ContainsKey(key))
            {
                into[key] = value?.DeepClone();
            }
        }
    }
}
