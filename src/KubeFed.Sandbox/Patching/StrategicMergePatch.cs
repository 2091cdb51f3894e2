using System.Text.Json.Nodes;
using KubeFed.Sandbox.Schema;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Patching;

/// <summary>A strategic merge patch that can't be carried out.</summary>
internal sealed class StrategicPatchException(string message) : Exception(message);

/// <summary>
/// Kubernetes' strategic merge: objects merge, lists merge by their key where the kind says so, and <c>$patch</c>, <c>$deleteFromPrimitiveList/x</c>,
/// <c>$setElementOrder/x</c> and <c>$retainKeys</c> direct it.
/// </summary>
internal static class StrategicMergePatch
{
    private const string DeletePrefix = "$deleteFromPrimitiveList/";
    private const string OrderPrefix = "$setElementOrder/";

    public static JsonObject Apply(JsonObject original, JsonObject patch, TypeSchema type)
    {
        switch (patch.Text("$patch"))
        {
            case "replace":
                var replacement = (JsonObject)patch.DeepClone();
                replacement.Remove("$patch");
                return replacement;
            case "delete":
                return [];
            case null or "merge":
                break;
            case var unknown:
                throw new StrategicPatchException($"Unknown patch type found: {unknown}");
        }

        var result = (JsonObject)original.DeepClone();
        if (patch.Items("$retainKeys") is { } retained)
        {
            var keep = retained.Select(key => key?.GetValue<string>() ?? string.Empty).ToHashSet(StringComparer.Ordinal);
            foreach (var key in result.Select(member => member.Key).Where(key => !keep.Contains(key)).ToList())
            {
                result.Remove(key);
            }
        }

        foreach (var (key, value) in patch)
        {
            if (key is "$patch" or "$retainKeys" || key.StartsWith(OrderPrefix, StringComparison.Ordinal))
            {
                continue;
            }

            if (key.StartsWith(DeletePrefix, StringComparison.Ordinal))
            {
                DeleteFromList(result, key[DeletePrefix.Length..], value as JsonArray);
                continue;
            }

            Member(result, key, value, type.For(original).Member(key), patch);
        }

        return result;
    }

    private static void Member(JsonObject result, string key, JsonNode? value, TypeSchema type, JsonObject patch)
    {
        if (value is null)
        {
            result.Remove(key);
            return;
        }

        var order = patch.Items(OrderPrefix + key);
        switch (value)
        {
            case JsonObject map:
                result[key] = Apply(result.Child(key) ?? [], map, type);
                break;
            case JsonArray list when type.Kind == ValueKind.List && type.Topology == ListTopology.Map:
                result[key] = Keyed(result.Items(key) ?? [], list, type, order);
                break;
            case JsonArray list when type.Kind == ValueKind.List && type.Topology == ListTopology.Set:
                static string Value(JsonNode? item) => item?.ToJsonString() ?? "null";
                var before = result.Items(key) ?? [];
                var all = before.Concat(list).OfType<JsonNode>().DistinctBy(Value).Select(item => item.DeepClone()).ToList();
                result[key] = new JsonArray([.. Woven(all, [.. (order ?? list).Select(Value)], [.. before.Select(Value)], Value)]);
                break;
            default:
                result[key] = value.DeepClone();
                break;
        }
    }

    private static JsonArray Keyed(JsonArray original, JsonArray patch, TypeSchema type, JsonArray? order)
    {
        var mergeKey = type.Keys[0];
        var items = original.OfType<JsonObject>().Select(item => (JsonObject)item.DeepClone()).ToList();
        if (patch.OfType<JsonObject>().Any(item => item.Text("$patch") == "replace"))
        {
            return new JsonArray([.. patch.OfType<JsonObject>().Where(item => !item.ContainsKey("$patch")).Select(item => item.DeepClone())]);
        }

        foreach (var item in patch)
        {
            if (item is not JsonObject change || !change.TryGetPropertyValue(mergeKey, out var identity) || identity is null)
            {
                throw new StrategicPatchException($"map: {Builtins.GoText.Plain(item)} does not contain declared merge key: {mergeKey}");
            }

            var at = items.FindIndex(existing => WireJson.Same(existing[mergeKey], identity));
            if (change.Text("$patch") == "delete")
            {
                items.RemoveAll(existing => WireJson.Same(existing[mergeKey], identity));
            }
            else if (at >= 0)
            {
                items[at] = Apply(items[at], change, type.Items);
            }
            else
            {
                items.Add(Apply([], change, type.Items));
            }
        }

        string Identity(JsonNode? item) => (item as JsonObject)?[mergeKey]?.ToJsonString() ?? string.Empty;
        return new JsonArray([.. Woven([.. items], [.. (order ?? patch).Select(Identity)], [.. original.Select(Identity)], Identity)]);
    }

    /// <summary>
    /// Items of the patch in its order, or in that of <c>$setElementOrder</c>, woven into the items it does not name: where both were there before, their old
    /// order decides; a new item comes before.
    /// </summary>
    private static List<JsonNode> Woven(List<JsonNode> items, IReadOnlyList<string> patchOrder, IReadOnlyList<string> serverOrder, Func<JsonNode, string> identity)
    {
        var left = new Queue<JsonNode>(items.Where(item => patchOrder.Contains(identity(item))).OrderBy(item => IndexOf(patchOrder, identity(item))));
        var right = new Queue<JsonNode>(items.Where(item => !patchOrder.Contains(identity(item))));
        var result = new List<JsonNode>(items.Count);
        while (left.Count > 0 || right.Count > 0)
        {
            if (left.Count > 0 && right.Count > 0)
            {
                var mine = IndexOf(serverOrder, identity(left.Peek()));
                result.Add(mine >= 0 && mine > IndexOf(serverOrder, identity(right.Peek())) ? right.Dequeue() : left.Dequeue());
            }
            else
            {
                result.Add(left.Count > 0 ? left.Dequeue() : right.Dequeue());
            }
        }

        return result;
    }

    private static int IndexOf(IReadOnlyList<string> list, string item)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] == item)
            {
                return i;
            }
        }

        return -1;
    }

    private static void DeleteFromList(JsonObject result, string key, JsonArray? gone)
    {
        if (result.Items(key) is not { } list)
        {
            return;
        }

        result[key] = new JsonArray([.. list.Where(item => gone?.Any(value => WireJson.Same(value, item)) != true).Select(item => item?.DeepClone())]);
    }
}
