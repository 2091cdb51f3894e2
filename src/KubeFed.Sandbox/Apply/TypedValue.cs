using System.Text.Json.Nodes;
using KubeFed.Sandbox.Schema;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Apply;

/// <summary>What differs between two values, as field sets.</summary>
internal sealed class Comparison
{
    public FieldSet Added { get; } = new();

    public FieldSet Modified { get; } = new();

    public FieldSet Removed { get; } = new();

    public bool IsSame => Added.IsEmpty && Modified.IsEmpty && Removed.IsEmpty;
}

/// <summary>Field sets of, comparisons between and merges of values whose shape is known.</summary>
/// <remarks>KEP-555. Objects and maps are granular, lists are atomic unless their schema keys them, unknown parts are deduced.</remarks>
internal static class TypedValue
{
    /// <summary>Every field a value sets: what an applier comes to own.</summary>
    public static FieldSet FieldsOf(JsonNode? value, TypeSchema type, bool ownsEmpty)
    {
        var set = new FieldSet();
        Collect(value, type, set, string.Empty, ownsEmpty);
        return set;
    }

    public static Comparison Compare(JsonNode? left, JsonNode? right, TypeSchema type)
    {
        var result = new Comparison();
        Compare(left, right, left is not null, right is not null, type, result.Added, result.Modified, result.Removed, string.Empty);
        return result;
    }

    /// <summary>The live value with the applied one laid over it.</summary>
    public static JsonNode? Merge(JsonNode? live, JsonNode? applied, TypeSchema type, string path = "")
    {
        var shape = type.For(applied ?? live);
        if (applied is JsonObject over && live is JsonObject under && shape.IsGranularObject)
        {
            var result = new JsonObject();
            foreach (var (key, value) in under)
            {
                result[key] = over.TryGetPropertyValue(key, out var wanted)
                    ? Merge(value, wanted, shape.Member(key), $"{path}.{key}")
                    : value?.DeepClone();
            }

            foreach (var (key, value) in over)
            {
                if (!under.ContainsKey(key))
                {
                    result[key] = value?.DeepClone();
                }
            }

            return result;
        }

        if (applied is null && (live is JsonObject ? shape.IsGranularObject : live is JsonArray && shape.IsGranularList))
        {
            // Nothing is said of what is inside, so it stays.
            return live.DeepClone();
        }

        if (applied is JsonArray wantedItems && live is JsonArray liveItems && shape.IsGranularList)
        {
            return MergeLists(liveItems, wantedItems, shape, path);
        }

        return applied?.DeepClone();
    }

    /// <summary>
    /// Takes out of a merged value, in place, what the applier owned before and nobody owns now. What is nobody's inside a part that goes, goes with it.
    /// </summary>
    public static void Prune(JsonNode? value, TypeSchema type, FieldSet last, FieldSet owned)
    {
        var shape = type.For(value);
        if (value is JsonObject map && shape.IsGranularObject)
        {
            foreach (var (key, child) in map.ToList())
            {
                var element = PathElements.Field(key);
                if (last.Find(element) is not { } lastChild)
                {
                    continue;
                }

                var ownedChild = owned.Find(element);
                if (lastChild.IsMember && ownedChild is not { IsEmpty: false })
                {
                    map.Remove(key);
                }
                else
                {
                    Prune(child, shape.Member(key), lastChild, ownedChild ?? new FieldSet());
                }
            }
        }
        else if (value is JsonArray list && shape.IsGranularList)
        {
            for (var i = list.Count - 1; i >= 0; i--)
            {
                var element = PathElements.Item(list[i], shape, string.Empty);
                if (last.Find(element) is not { } lastChild)
                {
                    continue;
                }

                if (owned.Find(element) is not { IsEmpty: false } ownedChild)
                {
                    list.RemoveAt(i);
                }
                else
                {
                    Prune(list[i], shape.Items, lastChild, ownedChild);
                }
            }
        }
    }

    /// <summary>Adds to a set everything inside the maps and keyed lists it owns as such while owning nothing in them.</summary>
    public static void Expand(FieldSet set, JsonNode? value, TypeSchema type)
    {
        var granular = value is JsonObject { Count: > 0 } ? type.IsGranularObject : value is JsonArray { Count: > 0 } && type.IsGranularList;
        if (!granular)
        {
            return;
        }

        if (set.Children.Count == 0)
        {
            if (set.IsMember)
            {
                set.Add(FieldsOf(value, type, ownsEmpty: true));
            }

            return;
        }

        if (value is JsonObject map)
        {
            foreach (var (key, item) in map)
            {
                if (set.Find(PathElements.Field(key)) is { } child)
                {
                    Expand(child, item, type.Member(key));
                }
            }
        }
        else if (value is JsonArray list)
        {
            foreach (var (element, item) in PathElements.Items(list, type, string.Empty))
            {
                if (set.Find(element) is { } child)
                {
                    Expand(child, item, type.Items);
                }
            }
        }
    }

    private static void Collect(JsonNode? value, TypeSchema type, FieldSet set, string path, bool ownsEmpty)
    {
        var shape = type.For(value);
        switch (value)
        {
            case JsonObject { Count: > 0 } map when shape.IsGranularObject:
                foreach (var (key, item) in map)
                {
                    var child = set.Child(PathElements.Field(key));
                    Collect(item, shape.Member(key), child, $"{path}.{key}", ownsEmpty);
                    var undeclared = shape.Kind == ValueKind.Map || !shape.Fields.ContainsKey(key);
                    if ((ownsEmpty && item is null or JsonObject { Count: 0 }) || undeclared)
                    {
                        child.IsMember = true;
                    }
                }

                break;
            case JsonArray { Count: > 0 } list when shape.IsGranularList:
                foreach (var (element, item) in PathElements.Items(list, shape, path))
                {
                    var child = set.Child(element);
                    Collect(item, shape.Items, child, path, ownsEmpty);
                    child.IsMember = true;
                }

                break;
            case null or JsonObject when shape.IsGranularObject && !ownsEmpty:
            case null or JsonArray when shape.IsGranularList:
                break;
            default:
                set.IsMember = true;
                break;
        }
    }

    private static void Compare(
        JsonNode? left, JsonNode? right, bool hasLeft, bool hasRight, TypeSchema type, FieldSet added, FieldSet modified, FieldSet removed, string path)
    {
        if (!hasLeft && !hasRight)
        {
            return;
        }

        var shape = type.For(right ?? left);
        var leftMap = left as JsonObject;
        var rightMap = right as JsonObject;
        var mapLike = shape.IsGranularObject && (left is null or JsonObject) && (right is null or JsonObject);
        var listLike = shape.IsGranularList && (left is null or JsonArray) && (right is null or JsonArray);
        if (mapLike && (leftMap?.Count > 0 || rightMap?.Count > 0))
        {
            foreach (var key in Keys(leftMap, rightMap))
            {
                JsonNode? leftItem = null;
                JsonNode? rightItem = null;
                var inLeft = leftMap is not null && leftMap.TryGetPropertyValue(key, out leftItem);
                var inRight = rightMap is not null && rightMap.TryGetPropertyValue(key, out rightItem);
                var element = PathElements.Field(key);
                Compare(
                    leftItem, rightItem, inLeft, inRight, shape.Member(key), added.Child(element), modified.Child(element), removed.Child(element), $"{path}.{key}");
            }
        }
        else if (listLike && (left is JsonArray { Count: > 0 } || right is JsonArray { Count: > 0 }))
        {
            var leftItems = PathElements.Items(left as JsonArray, shape, path).ToDictionary(StringComparer.Ordinal);
            var rightItems = PathElements.Items(right as JsonArray, shape, path).ToDictionary(StringComparer.Ordinal);
            foreach (var element in leftItems.Keys.Union(rightItems.Keys))
            {
                var inLeft = leftItems.TryGetValue(element, out var leftItem);
                var inRight = rightItems.TryGetValue(element, out var rightItem);
                Compare(
                    leftItem, rightItem, inLeft, inRight, shape.Items, added.Child(element), modified.Child(element), removed.Child(element), path);
            }
        }
        else if (hasLeft && hasRight && !WireJson.Same(left, right))
        {
            modified.IsMember = true;
        }

        if (!hasLeft)
        {
            added.IsMember = true;
        }
        else if (!hasRight)
        {
            removed.IsMember = true;
        }
    }

    private static IEnumerable<string> Keys(JsonObject? left, JsonObject? right) =>
        (left?.Select(member => member.Key) ?? []).Union(right?.Select(member => member.Key) ?? []);

    /// <summary>Live items keep their order; applied items that are new follow in theirs.</summary>
    private static JsonArray MergeLists(JsonArray live, JsonArray applied, TypeSchema shape, string path)
    {
        var appliedItems = PathElements.Items(applied, shape, path);
        var appliedByName = appliedItems.ToDictionary(StringComparer.Ordinal);
        var result = new JsonArray();
        var merged = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, item) in PathElements.Items(live, shape, path))
        {
            merged.Add(name);
            result.Add(appliedByName.TryGetValue(name, out var wanted) ? Merge(item, wanted, shape.Items, path) : item?.DeepClone());
        }

        foreach (var (name, item) in appliedItems)
        {
            if (!merged.Contains(name))
            {
                result.Add(item?.DeepClone());
            }
        }

        return result;
    }
}
