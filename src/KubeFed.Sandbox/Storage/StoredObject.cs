using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Storage;

/// <summary>
/// One version of one object, never changed after it is made: the object as UTF-8 JSON, and beside it the few parts that selecting, listing and garbage
/// collection ask for, so that neither needs to parse.
/// </summary>
internal sealed class StoredObject
{
    private readonly int _metadataStart;
    private readonly int _metadataLength;
    private readonly int _bodyStart;

    private StoredObject(string @namespace, string name, byte[] json)
    {
        Namespace = @namespace;
        Name = name;
        Json = json;
        (_metadataStart, _metadataLength, _bodyStart) = Metadata(json);
    }

    /// <summary>Empty for cluster-scoped objects.</summary>
    public string Namespace { get; }

    public string Name { get; }

    /// <summary>The whole object.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    public string Uid { get; private init; } = string.Empty;

    public string ApiVersion { get; private init; } = string.Empty;

    public long ResourceVersion { get; private init; }

    public bool IsDeleting { get; private init; }

    public IReadOnlyDictionary<string, string> Labels { get; private init; } = EmptyMap;

    public IReadOnlyList<string> Finalizers { get; private init; } = [];

    public IReadOnlyList<OwnerReference> Owners { get; private init; } = [];

    /// <summary>Values of the kind's selectable fields, in the order of <see cref="ResourceType.SelectableFields"/>.</summary>
    public IReadOnlyList<string> Fields { get; private init; } = [];

    /// <summary>The object's members without apiVersion and kind, and without the opening brace: how lists of built-in kinds hold it.</summary>
    public ReadOnlyMemory<byte> BodyJson => Json[_bodyStart..];

    /// <summary>The value of <c>metadata</c> as it stands in <see cref="Json"/>.</summary>
    public ReadOnlyMemory<byte> MetadataJson => Json.Slice(_metadataStart, _metadataLength);

    private static IReadOnlyDictionary<string, string> EmptyMap { get; } = new Dictionary<string, string>();

    /// <summary>An object with only a place, to look others up by.</summary>
    public static StoredObject Probe(string @namespace, string name) => new(@namespace, name, []);

    public static StoredObject From(ResourceType resource, JsonObject json, long resourceVersion)
    {
        var metadata = json.Child("metadata") ?? throw new InvalidOperationException("An object without metadata can't be stored.");
        var labels = metadata.Child("labels");
        return new StoredObject(metadata.Text("namespace") ?? string.Empty, metadata.Text("name") ?? string.Empty, WireJson.Utf8(Ordered(json)))
        {
            ApiVersion = json.Text("apiVersion") ?? string.Empty,
            Uid = metadata.Text("uid") ?? string.Empty,
            ResourceVersion = resourceVersion,
            IsDeleting = metadata.Text("deletionTimestamp") is not null,
            Labels = labels is null || labels.Count == 0
                ? EmptyMap
                : labels.ToDictionary(pair => pair.Key, pair => labels.Text(pair.Key) ?? string.Empty, StringComparer.Ordinal),
            Finalizers = metadata.Items("finalizers") is { } finalizers ? [.. finalizers.Select(f => f?.GetValue<string>() ?? string.Empty)] : [],
            Owners = metadata.Items("ownerReferences") is { } owners ? [.. owners.OfType<JsonObject>().Select(OwnerReference.From)] : [],
            Fields = resource.SelectableFields.Count == 0 ? [] : [.. resource.SelectableFields.Select(field => Scalar(json.At(field)))],
        };
    }

    /// <summary>A copy that may be changed.</summary>
    public JsonObject Parse() => (JsonObject)WireJson.Parse(Json.Span)!;

    private static string Scalar(JsonNode? node) =>
        node switch
        {
            null => string.Empty,
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            _ => node.ToJsonString(),
        };

    /// <summary>apiVersion, kind and metadata come first, so that parts can be cut out of the bytes.</summary>
    private static JsonObject Ordered(JsonObject json)
    {
        if (json.Count > 2 && json.GetAt(0).Key == "apiVersion" && json.GetAt(1).Key == "kind" && json.GetAt(2).Key == "metadata")
        {
            return json;
        }

        var ordered = new JsonObject();
        foreach (var key in new[] { "apiVersion", "kind", "metadata" })
        {
            ordered[key] = json[key]?.DeepClone();
        }

        foreach (var (key, value) in json)
        {
            if (key is not ("apiVersion" or "kind" or "metadata"))
            {
                ordered[key] = value?.DeepClone();
            }
        }

        return ordered;
    }

    private static (int Start, int Length, int Body) Metadata(byte[] json)
    {
        if (json.Length == 0)
        {
            return default;
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMetadata = reader.ValueTextEquals("metadata"u8);
            var property = (int)reader.TokenStartIndex;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isMetadata)
            {
                return (start, (int)reader.BytesConsumed - start, property);
            }
        }

        return default;
    }
}

/// <summary>An entry of <c>metadata.ownerReferences</c>.</summary>
internal sealed record OwnerReference(string ApiVersion, string Kind, string Name, string Uid, bool Blocks, bool Controls)
{
    public static OwnerReference From(JsonObject json) =>
        new(
            json.Text("apiVersion") ?? string.Empty,
            json.Text("kind") ?? string.Empty,
            json.Text("name") ?? string.Empty,
            json.Text("uid") ?? string.Empty,
            json.Flag("blockOwnerDeletion"),
            json.Flag("controller"));
}
