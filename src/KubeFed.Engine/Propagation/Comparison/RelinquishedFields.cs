using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Comparison;

/// <summary>
/// What an apply gives up: fields that are ours, are not in what is applied, and that nobody else has a part in. A server takes them away by itself, but not
/// in a dry run before they have been handed over to us (see <see cref="Acting.OwnershipTakeOver"/>), so there it is done here.
/// </summary>
/// <remarks>KEP-555, the removal of fields by apply.</remarks>
internal static class RelinquishedFields
{
    /// <summary>Takes them out of an object.</summary>
    /// <param name="value">The object; changed in place.</param>
    /// <param name="handedOver">The same object with the owners it will have.</param>
    /// <param name="desired">What is applied.</param>
    /// <returns>Whether there were any.</returns>
    public static bool Remove(KubeObject value, KubeObject handedOver, JsonObject desired)
    {
        JsonObject? ours = null;
        var others = new List<JsonObject>();
        foreach (var entry in ManagedEntry.Of(handedOver))
        {
            if (entry.IsOurs)
            {
                ours = entry.Fields;
            }
            else if (entry.Fields is { } theirs)
            {
                others.Add(theirs);
            }
        }

        return ours is not null && FromMap(value.Json, desired, ours, others);
    }

    private static bool FromMap(JsonObject map, JsonObject? desired, JsonObject ours, IReadOnlyList<JsonObject> others)
    {
        var removed = false;
        foreach (var (element, child) in ours)
        {
            if (!element.StartsWith("f:", StringComparison.Ordinal) || child is not JsonObject set || map[element[2..]] is not { } value)
            {
                continue;
            }

            var name = element[2..];
            var theirs = Parts(others, element);
            removed |= set.Count > 0 && Within(value, desired?[name], set, theirs);
            if (desired?.ContainsKey(name) != true && theirs.Count == 0 && (set.Count == 0 || IsEmpty(value)))
            {
                removed |= map.Remove(name);
            }
        }

        return removed;
    }

    private static bool Within(JsonNode value, JsonNode? desired, JsonObject ours, IReadOnlyList<JsonObject> others) => value switch
    {
        JsonObject map => FromMap(map, desired as JsonObject, ours, others),
        JsonArray list => FromList(list, desired as JsonArray, ours, others),
        _ => false,
    };

    private static bool FromList(JsonArray list, JsonArray? desired, JsonObject ours, IReadOnlyList<JsonObject> others)
    {
        var removed = false;
        foreach (var (element, child) in ours)
        {
            var theirs = Parts(others, element);
            if (child is JsonObject set && Parse(element, "k:") is JsonObject keys && list.FirstOrDefault(item => Fits(item, keys)) is JsonObject item)
            {
                var wanted = desired?.FirstOrDefault(other => Fits(other, keys)) as JsonObject;
                if (wanted is null && theirs.Count == 0)
                {
                    removed |= list.Remove(item);
                    continue;
                }

                removed |= FromMap(item, wanted, set, theirs);
                foreach (var (name, key) in keys)
                {
                    // An item that stays keeps what tells it from the others.
                    item[name] ??= key?.DeepClone();
                }
            }
            else if (Parse(element, "v:") is { } value
                && theirs.Count == 0
                && desired?.Any(other => JsonNode.DeepEquals(other, value)) != true
                && list.FirstOrDefault(other => JsonNode.DeepEquals(other, value)) is { } found)
            {
                removed |= list.Remove(found);
            }
        }

        return removed;
    }

    private static List<JsonObject> Parts(IReadOnlyList<JsonObject> sets, string element) => [.. sets.Select(set => set[element]).OfType<JsonObject>()];

    private static bool IsEmpty(JsonNode value) => value is JsonObject { Count: 0 } or JsonArray { Count: 0 };

    /// <summary>A key that the item leaves to the server's default tells it not apart.</summary>
    private static bool Fits(JsonNode? item, JsonObject keys) =>
        item is JsonObject map && keys.All(key => map[key.Key] is not { } value || JsonNode.DeepEquals(value, key.Value));

    private static JsonNode? Parse(string element, string kind)
    {
        if (!element.StartsWith(kind, StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            return JsonText.Parse(element[kind.Length..]);
        }
        catch (JsonException)
        {
            // An element in a form this code does not know is left where it is.
            return null;
        }
    }
}
