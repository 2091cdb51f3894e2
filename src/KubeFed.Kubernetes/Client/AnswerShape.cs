using System.Text.Json;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Kubernetes.Client;

/// <summary>
/// Checks what a server sends where its bytes become objects: kind, apiVersion and metadata have the types that every Kubernetes object has there, so that
/// nobody behind this has to expect a number for a map. What spec, status and other sections hold is their kind's own matter.
/// </summary>
/// <remarks>metav1.TypeMeta, ObjectMeta and ListMeta. Null stands for absent, as Go's decoders take it.</remarks>
internal static class AnswerShape
{
    private static readonly (string Name, Func<JsonElement, string?> Check)[] Fields =
    [
        .. ((string[])["name", "namespace", "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "generateName", "selfLink"])
            .Select(name => (name, (Func<JsonElement, string?>)(value => Of(value, JsonValueKind.String, "a text")))),
        .. ((string[])["generation", "deletionGracePeriodSeconds"])
            .Select(name => (name, (Func<JsonElement, string?>)(value => Of(value, JsonValueKind.Number, "a number")))),
        ("labels", FaultOfTexts),
        ("annotations", FaultOfTexts),
        ("managedFields", list => FaultOfItems(list, FaultOfManagedEntry)),
        ("ownerReferences", list => FaultOfItems(list, FaultOfReference)),
        ("finalizers", list => FaultOfItems(list, item => Of(item, JsonValueKind.String, "a text"))),
    ];

    /// <summary>What is wrong with an object, as <c>metadata.labels is 4 where a map belongs</c>; null when nothing is.</summary>
    public static string? FaultOfObject(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return $"it is {Shown(value)} where an object belongs";
        }

        if ((FaultOfText(value, "kind") ?? FaultOfText(value, "apiVersion")) is { } fault)
        {
            return fault;
        }

        return value.TryGetProperty("metadata"u8, out var metadata) ? FaultOfMetadata(metadata) : null;
    }

    /// <summary>Why an object that has been checked so far can be no stored one: it has no name. Null when it has one.</summary>
    public static string? FaultOfName(JsonElement value) =>
        value.TryGetProperty("metadata"u8, out var metadata)
        && metadata.ValueKind == JsonValueKind.Object
        && metadata.TryGetProperty("name"u8, out var name)
        && name.ValueKind == JsonValueKind.String
        && !name.ValueEquals(""u8)
            ? null
            : "it has no metadata.name";

    /// <summary>Why an object that has been checked so far is not the one that was asked for; null when it is.</summary>
    /// <param name="value">The object.</param>
    /// <param name="kind">The kind it must have; empty for any, where the caller knows only a path.</param>
    /// <param name="name">The name it must have; empty for any.</param>
    public static string? FaultOfIdentity(JsonElement value, string kind, string name)
    {
        if (!value.TryGetProperty("kind"u8, out var said) || said.ValueKind != JsonValueKind.String)
        {
            return $"it is of no kind where {(kind.Length == 0 ? "an object" : $"a {kind}")} belongs";
        }

        if (kind.Length > 0 && !said.ValueEquals(kind))
        {
            return $"it is a {Excerpt.Of(said.GetString()!)} where a {kind} belongs";
        }

        return name.Length == 0 ? null : FaultOfName(value) ?? (value.GetProperty("metadata"u8).GetProperty("name"u8).ValueEquals(name)
            ? null
            : $"it is called '{Excerpt.Of(value.GetProperty("metadata"u8).GetProperty("name"u8).GetString()!)}', not '{name}'");
    }

    /// <summary>What is wrong with the frame of a list; null when nothing is. Its items are objects, to be checked one by one.</summary>
    public static string? FaultOfList(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Object)
        {
            return $"it is {Shown(list)} where a list belongs";
        }

        if (!list.TryGetProperty("items"u8, out var items))
        {
            return $"it has no items, and its kind is {(list.TryGetProperty("kind"u8, out var kind) ? Shown(kind) : "absent")}";
        }

        if (items.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null))
        {
            return $"items is {Shown(items)} where a list belongs";
        }

        if (!list.TryGetProperty("metadata"u8, out var metadata) || metadata.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return metadata.ValueKind != JsonValueKind.Object ? $"metadata is {Shown(metadata)} where a map belongs"
            : FaultOfText(metadata, "continue", "metadata.") ?? FaultOfText(metadata, "resourceVersion", "metadata.");
    }

    /// <summary>A value, as an error shows it: short and printable, without what a map or a list holds.</summary>
    public static string Shown(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "a map",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        _ => Excerpt.Of(value.GetRawText()),
    };

    private static string? FaultOfMetadata(JsonElement metadata)
    {
        if (metadata.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (metadata.ValueKind != JsonValueKind.Object)
        {
            return $"metadata is {Shown(metadata)} where a map belongs";
        }

        foreach (var field in metadata.EnumerateObject())
        {
            foreach (var (name, check) in Fields)
            {
                if (field.NameEquals(name))
                {
                    if (check(field.Value) is { } fault)
                    {
                        return $"metadata.{name}{fault}";
                    }

                    break;
                }
            }
        }

        return null;
    }

    private static string? FaultOfTexts(JsonElement map)
    {
        if (map.ValueKind != JsonValueKind.Object)
        {
            return Of(map, JsonValueKind.Object, "a map");
        }

        foreach (var entry in map.EnumerateObject())
        {
            if (Of(entry.Value, JsonValueKind.String, "a text") is { } fault)
            {
                return $"['{Excerpt.Of(entry.Name)}']{fault}";
            }
        }

        return null;
    }

    private static string? FaultOfItems(JsonElement list, Func<JsonElement, string?> check)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            return Of(list, JsonValueKind.Array, "a list");
        }

        var at = 0;
        foreach (var item in list.EnumerateArray())
        {
            var fault = item.ValueKind == JsonValueKind.Null ? " is null where a value belongs" : check(item);
            if (fault is not null)
            {
                return $"[{at}]{fault}";
            }

            at++;
        }

        return null;
    }

    private static string? FaultOfReference(JsonElement owner) => FaultOfFields(owner, "apiVersion", "kind", "name", "uid");

    private static string? FaultOfManagedEntry(JsonElement entry) =>
        FaultOfFields(entry, "manager", "operation", "apiVersion", "time", "subresource")
        ?? (entry.TryGetProperty("fieldsV1"u8, out var fields) && Of(fields, JsonValueKind.Object, "a map") is { } fault ? ".fieldsV1" + fault : null);

    private static string? FaultOfFields(JsonElement map, params ReadOnlySpan<string> texts)
    {
        if (map.ValueKind != JsonValueKind.Object)
        {
            return Of(map, JsonValueKind.Object, "a map");
        }

        foreach (var name in texts)
        {
            if (FaultOfText(map, name, ".") is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static string? FaultOfText(JsonElement parent, string name, string place = "") =>
        parent.TryGetProperty(name, out var value) && Of(value, JsonValueKind.String, "a text") is { } fault ? place + name + fault : null;

    private static string? Of(JsonElement value, JsonValueKind wanted, string what) =>
        value.ValueKind == wanted || value.ValueKind == JsonValueKind.Null ? null : $" is {Shown(value)} where {what} belongs";
}
