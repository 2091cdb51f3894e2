using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Engine.Propagation.Comparison;

/// <summary>
/// How far one writer's field set follows a path into an object. It is followed step by step; where it ends before the path does, the writer has no part in
/// the field, unless it owns all that is below.
/// </summary>
/// <remarks>The FieldsV1 format of KEP-555: <c>f:</c> a field, <c>k:</c> a list item by its keys, <c>v:</c> a set's value, <c>.</c> the place itself.</remarks>
internal sealed class OwnerTrail
{
    private readonly JsonObject _set;
    private readonly bool _whole;

    private OwnerTrail(FieldOwner owner, JsonObject set, bool whole) => (Owner, _set, _whole) = (owner, set, whole);

    public FieldOwner Owner { get; }

    /// <summary>Ours: the writer that a sync is.</summary>
    public bool IsOurs => Owner is { Manager: KubeFedNames.FieldManager, Operation: "Apply", Subresource.Length: 0 };

    /// <summary>One trail for each writer of an object, at its root.</summary>
    public static IReadOnlyList<OwnerTrail> Of(KubeObject value)
    {
        if (value.Json.Map("metadata").List("managedFields") is not { } entries)
        {
            return [];
        }

        var trails = new List<OwnerTrail>(entries.Count);
        foreach (var entry in entries.OfType<JsonObject>())
        {
            if (entry["fieldsV1"] is JsonObject set)
            {
                var owner = new FieldOwner(
                    Printable.Of(entry.Text("manager") ?? string.Empty),
                    Printable.Of(entry.Text("operation") ?? string.Empty),
                    Printable.Of(entry.Text("subresource") ?? string.Empty),
                    Timestamps.Read(entry.Text("time")));
                trails.Add(new OwnerTrail(owner, set, whole: false));
            }
        }

        return trails;
    }

    public OwnerTrail? IntoField(string name) => Into(_set["f:" + name]);

    /// <summary>Into an item of a list whose items are told apart by keys.</summary>
    public OwnerTrail? IntoItem(JsonObject item) => _whole ? this : Into(_set.FirstOrDefault(child => Keys(child.Key) is { } keys && Fits(keys, item)).Value);

    /// <summary>Into a value of a list that is a set.</summary>
    public OwnerTrail? IntoValue(JsonNode value) =>
        _whole ? this : Into(_set.FirstOrDefault(child => Value(child.Key) is { } one && JsonNode.DeepEquals(one, value)).Value);

    /// <summary>The names of the fields that tell this list's items apart; null when the writer knows of none.</summary>
    public IReadOnlyList<string>? ItemKeys => _set.Select(child => Keys(child.Key)).FirstOrDefault(keys => keys is not null)?.Select(key => key.Key).ToList();

    /// <summary>The writer knows this list as a set of values.</summary>
    public bool IsSet => _set.Any(child => child.Key.StartsWith("v:", StringComparison.Ordinal));

    private OwnerTrail? Into(JsonNode? child) => _whole ? this : child is JsonObject set ? new OwnerTrail(Owner, set, set.Count == 0) : null;

    private static bool Fits(JsonObject keys, JsonObject item) => keys.All(key => JsonNode.DeepEquals(key.Value, item[key.Key]));

    private static JsonObject? Keys(string element) => element.StartsWith("k:", StringComparison.Ordinal) ? Parse(element) as JsonObject : null;

    private static JsonNode? Value(string element) => element.StartsWith("v:", StringComparison.Ordinal) ? Parse(element) : null;

    private static JsonNode? Parse(string element)
    {
        try
        {
            return JsonText.Parse(element[2..]);
        }
        catch (JsonException)
        {
            // An element in a form this code does not know owns nothing it can name.
            return null;
        }
    }
}
