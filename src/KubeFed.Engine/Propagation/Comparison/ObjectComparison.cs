using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Comparison;

/// <summary>Compares an object as it is with what it is to become, field by field. Pure.</summary>
/// <remarks>
/// Whether a list is compared item by item, by which keys, or as a whole is read from the servers' own field sets (KEP-555), so that no schema is needed and
/// custom resources are treated like any other.
/// </remarks>
internal sealed class ObjectComparison
{
    private static readonly string[] ServersOwn =
    [
        "/apiVersion", "/kind", "/status", "/metadata/name", "/metadata/namespace", "/metadata/uid", "/metadata/resourceVersion", "/metadata/generation",
        "/metadata/creationTimestamp", "/metadata/deletionTimestamp", "/metadata/deletionGracePeriodSeconds", "/metadata/managedFields", "/metadata/selfLink",
    ];

    private readonly List<FieldComparison> _fields = [];
    private readonly bool _foreseen;

    private ObjectComparison(bool foreseen) => _foreseen = foreseen;

    /// <summary>Against what the member's own server says would be stored: every difference is one that a sync makes.</summary>
    /// <param name="actual">The object as it is.</param>
    /// <param name="foreseen">The server's answer to a dry run.</param>
    /// <param name="desired">What template and overrides say.</param>
    public static IReadOnlyList<FieldComparison> WithForeseen(KubeObject actual, KubeObject foreseen, JsonObject desired) =>
        new ObjectComparison(foreseen: true).Run(actual, foreseen, desired);

    /// <summary>
    /// Against template and overrides alone, for where the server would not say: fields they do not mention count only if an apply of ours left them. A
    /// value that the server writes another way (a quantity, say) then differs.
    /// </summary>
    public static IReadOnlyList<FieldComparison> WithDesired(KubeObject actual, JsonObject desired) =>
        new ObjectComparison(foreseen: false).Run(actual, new KubeObject(desired), desired);

    private List<FieldComparison> Run(KubeObject actual, KubeObject expected, JsonObject desired)
    {
        Maps(actual.Json, expected.Json, desired, new FieldPlace(string.Empty, string.Empty, OwnerTrail.Of(actual), OwnerTrail.Of(expected)));
        return _fields;
    }

    private void Maps(JsonObject actual, JsonObject expected, JsonObject? desired, FieldPlace place)
    {
        var names = actual.Select(field => field.Key).Union(expected.Select(field => field.Key), StringComparer.Ordinal);
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            var field = place.Field(name, desired?.ContainsKey(name) == true);
            if (!ServersOwn.Contains(field.Path, StringComparer.Ordinal))
            {
                Nodes(actual[name], expected[name], desired?[name], field);
            }
        }
    }

    private void Nodes(JsonNode? actual, JsonNode? expected, JsonNode? desired, FieldPlace place)
    {
        switch (actual, expected)
        {
            case (null, null):
                // The template has it and the server neither keeps nor would keep it: a null, or something write-only.
                break;
            case (JsonObject { Count: > 0 } left, JsonObject { Count: > 0 } right):
                Maps(left, right, desired as JsonObject, place);
                break;
            case (JsonArray left, JsonArray right):
                Lists(left, right, desired as JsonArray, place);
                break;
            case (JsonObject left, null) when !_foreseen && !place.IsOursAlone:
                // Perhaps a part of it is ours.
                Maps(left, [], null, place);
                break;
            case (not null, null):
                if (_foreseen || place.IsOursAlone)
                {
                    Add(FieldState.Leftover, actual, null, place);
                }

                break;
            case (null, not null):
                Add(FieldState.Missing, null, expected, place);
                break;
            default:
                Whole(actual, expected, desired, place);
                break;
        }
    }

    private void Lists(JsonArray actual, JsonArray expected, JsonArray? desired, FieldPlace place)
    {
        if (place.ItemKeys is { } keys && actual.Concat(expected).All(item => item is JsonObject))
        {
            Items([.. actual.Cast<JsonObject>()], [.. expected.Cast<JsonObject>()], desired, keys, place);
        }
        else if (place.IsSet && actual.Concat(expected).All(item => item is JsonValue))
        {
            Set(actual, expected, desired, place);
        }
        else
        {
            Whole(actual, expected, desired, place);
        }
    }

    private void Items(List<JsonObject> actual, List<JsonObject> expected, JsonArray? desired, IReadOnlyList<string> keys, FieldPlace place)
    {
        foreach (var item in expected.Concat(actual.Where(item => !expected.Exists(other => AreOne(item, other, keys)))))
        {
            var index = IndexOf(desired, other => other is JsonObject map && AreOne(item, map, keys));
            Nodes(
                actual.Find(other => AreOne(item, other, keys)),
                expected.Find(other => AreOne(item, other, keys)),
                index < 0 ? null : desired![index],
                place.Item(item, keys, index));
        }
    }

    private void Set(JsonArray actual, JsonArray expected, JsonArray? desired, FieldPlace place)
    {
        var values = new List<JsonNode>();
        foreach (var value in expected.Concat(actual).OfType<JsonNode>())
        {
            if (!values.Exists(other => JsonNode.DeepEquals(other, value)))
            {
                values.Add(value);
            }
        }

        foreach (var value in values)
        {
            var index = IndexOf(desired, other => JsonNode.DeepEquals(other, value));
            Nodes(Find(actual, value), Find(expected, value), index < 0 ? null : value, place.Value(value, index));
        }
    }

    private void Whole(JsonNode? actual, JsonNode? expected, JsonNode? desired, FieldPlace place)
    {
        if (!JsonNode.DeepEquals(actual, expected))
        {
            Add(FieldState.Differs, actual, expected, place);
        }
        else if (desired is not null)
        {
            Add(FieldState.Same, actual, expected, place);
        }
    }

    private void Add(FieldState state, JsonNode? actual, JsonNode? expected, FieldPlace place) => _fields.Add(new FieldComparison
    {
        Path = place.Path,
        Pointer = place.Pointer,
        State = state,
        Actual = actual?.DeepClone(),
        Desired = expected?.DeepClone(),
        Owners = [.. place.Owners.Select(trail => trail.Owner)],
    });

    private static JsonNode? Find(JsonArray list, JsonNode value) => list.FirstOrDefault(other => JsonNode.DeepEquals(other, value));

    /// <summary>A key that one of the two leaves to the server's default tells them not apart.</summary>
    private static bool AreOne(JsonObject left, JsonObject right, IReadOnlyList<string> keys) =>
        keys.All(key => left[key] is not { } one || right[key] is not { } other || JsonNode.DeepEquals(one, other));

    private static int IndexOf(JsonArray? list, Func<JsonNode?, bool> matches)
    {
        for (var i = 0; i < (list?.Count ?? 0); i++)
        {
            if (matches(list![i]))
            {
                return i;
            }
        }

        return -1;
    }
}
