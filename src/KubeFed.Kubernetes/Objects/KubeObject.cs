using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Kubernetes.Objects;

/// <summary>
/// A Kubernetes object of any kind, as JSON with typed access to the metadata every object has. The JSON is the truth: nothing the server sent is
/// lost on a round trip. Instances are mutable and not thread-safe; <see cref="Clone"/> before sharing one.
/// </summary>
public sealed class KubeObject(JsonObject json)
{
    /// <summary>An empty object of a kind, with <c>apiVersion</c>, <c>kind</c> and <c>metadata</c> set.</summary>
    public static KubeObject Create(ApiResource resource, ObjectKey key)
    {
        var metadata = new JsonObject { ["name"] = key.Name };
        if (resource.Namespaced && key.Namespace is not null)
        {
            metadata["namespace"] = key.Namespace;
        }

        return new KubeObject(new JsonObject { ["apiVersion"] = resource.ApiVersion, ["kind"] = resource.Kind, ["metadata"] = metadata });
    }

    /// <exception cref="JsonException">The text is not JSON, or not a JSON object.</exception>
    public static KubeObject Parse(string text) =>
        new(JsonText.Parse(text) as JsonObject ?? throw new JsonException("A Kubernetes object must be a JSON object."));

    /// <summary>The whole object.</summary>
    public JsonObject Json { get; } = json;

    public string ApiVersion => Text(Json, "apiVersion") ?? string.Empty;

    public string Kind => Text(Json, "kind") ?? string.Empty;

    public GroupVersionKind Gvk => GroupVersionKind.Parse(ApiVersion, Kind);

    /// <summary><c>metadata</c>, created when absent.</summary>
    public JsonObject Metadata => Section("metadata");

    public string Name
    {
        get => Text(Meta, "name") ?? string.Empty;
        set => Metadata["name"] = value;
    }

    /// <summary>Null for a cluster-scoped object.</summary>
    public string? Namespace
    {
        get => Text(Meta, "namespace") is { Length: > 0 } text ? text : null;
        set => SetOrRemove(Metadata, "namespace", value);
    }

    public ObjectKey Key => new(Namespace, Name);

    public string Uid => Text(Meta, "uid") ?? string.Empty;

    /// <summary>Opaque; empty when the object was never stored.</summary>
    public string ResourceVersion
    {
        get => Text(Meta, "resourceVersion") ?? string.Empty;
        set => SetOrRemove(Metadata, "resourceVersion", value.Length == 0 ? null : value);
    }

    /// <summary>Zero for kinds that have no generation, such as ConfigMap.</summary>
    public long Generation => Meta?["generation"] is JsonValue value && value.TryGetValue<long>(out var number) ? number : 0;

    public DateTimeOffset? CreationTimestamp => Time(Meta, "creationTimestamp");

    /// <summary>Set while the server waits for finalizers or a grace period.</summary>
    public DateTimeOffset? DeletionTimestamp => Time(Meta, "deletionTimestamp");

    public bool IsDeleting => DeletionTimestamp is not null;

    /// <summary>A copy; use <see cref="SetLabel"/> to change one.</summary>
    public IReadOnlyDictionary<string, string> Labels => TextMap(Meta?["labels"]);

    /// <summary>A copy; use <see cref="SetAnnotation"/> to change one.</summary>
    public IReadOnlyDictionary<string, string> Annotations => TextMap(Meta?["annotations"]);

    public IReadOnlyList<string> Finalizers =>
        Meta?["finalizers"] is JsonArray array
            ? [.. array.Select(item => item is JsonValue value && value.TryGetValue<string>(out var text) ? text : string.Empty)]
            : [];

    public string? Label(string key) => Text(Meta?["labels"] as JsonObject, key);

    public string? Annotation(string key) => Text(Meta?["annotations"] as JsonObject, key);

    /// <summary>Sets a label, or removes it when the value is null.</summary>
    public KubeObject SetLabel(string key, string? value) => SetEntry("labels", key, value);

    /// <summary>Sets an annotation, or removes it when the value is null.</summary>
    public KubeObject SetAnnotation(string key, string? value) => SetEntry("annotations", key, value);

    public JsonObject? Spec => Json["spec"] as JsonObject;

    public JsonObject? Status => Json["status"] as JsonObject;

    /// <summary>A top-level section such as <c>spec</c>, created when absent.</summary>
    public JsonObject Section(string name)
    {
        if (Json[name] is JsonObject section)
        {
            return section;
        }

        section = [];
        Json[name] = section;
        return section;
    }

    public KubeObject Clone() => new((JsonObject)Json.DeepClone());

    public override string ToString() => $"{Kind} {Key}";

    private JsonObject? Meta => Json["metadata"] as JsonObject;

    private static string? Text(JsonObject? parent, string key) =>
        parent?[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static DateTimeOffset? Time(JsonObject? parent, string key) =>
        Text(parent, key) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    private static Dictionary<string, string> TextMap(JsonNode? node)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (node is JsonObject entries)
        {
            foreach (var (key, value) in entries)
            {
                map[key] = value is JsonValue scalar && scalar.TryGetValue<string>(out var text) ? text : value?.ToJsonString() ?? string.Empty;
            }
        }

        return map;
    }

    private KubeObject SetEntry(string section, string key, string? value)
    {
        if (Metadata[section] is not JsonObject map)
        {
            if (value is null)
            {
                return this;
            }

            map = [];
            Metadata[section] = map;
        }

        SetOrRemove(map, key, value);
        if (map.Count == 0)
        {
            Metadata.Remove(section);
        }

        return this;
    }

    private static void SetOrRemove(JsonObject map, string key, string? value)
    {
        if (value is null)
        {
            map.Remove(key);
        }
        else
        {
            map[key] = value;
        }
    }
}
