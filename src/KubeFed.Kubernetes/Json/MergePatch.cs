using System.Text.Json.Nodes;

namespace KubeFed.Kubernetes.Json;

/// <summary>JSON Merge Patch: objects merge, null removes, everything else (arrays too) replaces.</summary>
/// <remarks>RFC 7386 (its algorithm of section 2).</remarks>
public static class MergePatch
{
    /// <summary>The patched document; neither argument is changed, and the result shares no node with them.</summary>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        var result = target is JsonObject map ? (JsonObject)map.DeepClone() : [];
        Merge(result, changes);
        return result;
    }

    /// <summary>The smallest patch that turns one object into the other; empty when they are equal.</summary>
    /// <remarks>A null within the wanted object can't be said in a merge patch; it is left out.</remarks>
    public static JsonObject Create(JsonObject from, JsonObject to)
    {
        var patch = new JsonObject();
        foreach (var (key, _) in from)
        {
            if (!to.ContainsKey(key))
            {
                patch[key] = null;
            }
        }

        foreach (var (key, wanted) in to)
        {
            if (!from.TryGetPropertyValue(key, out var present))
            {
                if (wanted is not null)
                {
                    patch[key] = wanted.DeepClone();
                }
            }
            else if (present is JsonObject before && wanted is JsonObject after)
            {
                if (Create(before, after) is { Count: > 0 } inner)
                {
                    patch[key] = inner;
                }
            }
            else if (!JsonNode.DeepEquals(present, wanted))
            {
                patch[key] = wanted?.DeepClone();
            }
        }

        return patch;
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (key, change) in patch)
        {
            switch (change)
            {
                case null:
                    target.Remove(key);
                    break;
                case JsonObject changes:
                    if (target[key] is not JsonObject inner)
                    {
                        inner = [];
                        target[key] = inner;
                    }

                    Merge(inner, changes);
                    break;
                default:
                    target[key] = change.DeepClone();
                    break;
            }
        }
    }
}
