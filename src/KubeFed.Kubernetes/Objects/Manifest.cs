using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Text;
using KubeFed.Kubernetes.Yaml;

namespace KubeFed.Kubernetes.Objects;

/// <summary>Kubernetes objects as people write them in files: YAML or JSON, several to a file, lists among them.</summary>
public static class Manifest
{
    private static readonly string[] ServerFields =
    [
        "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields",
        "ownerReferences", "finalizers",
    ];

    /// <summary>The objects of a text, in order; lists are taken apart, empty documents left out.</summary>
    /// <param name="text">YAML documents separated by <c>---</c>, or one or more JSON values.</param>
    /// <param name="source">What errors call the text: a file name.</param>
    /// <exception cref="YamlTextException">Not YAML, or a document is not an object with apiVersion and kind.</exception>
    public static IReadOnlyList<KubeObject> Read(string text, string source)
    {
        var objects = new List<KubeObject>();
        var documents = Documents(text, source);
        for (var i = 0; i < documents.Count; i++)
        {
            Add(objects, documents[i], source, documents.Count == 1 ? "the document" : $"document {i + 1}");
        }

        return objects;
    }

    /// <summary>As <see cref="Read"/>, from a file.</summary>
    /// <exception cref="YamlTextException">Also when the file can't be read.</exception>
    /// <exception cref="TextEncodingException">It is not text, or not in UTF-8 and without a byte order mark.</exception>
    public static async Task<IReadOnlyList<KubeObject>> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return Read(await StrictText.ReadFileAsync(path, cancellationToken).ConfigureAwait(false), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new YamlTextException($"{path}: the file can't be read: {error.Message}", 1, 1, error);
        }
    }

    /// <summary>YAML as kubectl prints it.</summary>
    public static string Write(KubeObject value) => YamlWriter.Write(value.Json);

    /// <summary>Several objects, separated by <c>---</c>.</summary>
    public static string Write(IEnumerable<KubeObject> values) => YamlWriter.WriteAll(values.Select(value => value.Json));

    /// <summary>The object without what a server keeps of it: status, and identity, version and ownership in metadata. Applied elsewhere it is new there.</summary>
    public static KubeObject Portable(KubeObject value)
    {
        var copy = value.Clone();
        copy.Json.Remove("status");
        foreach (var field in ServerFields)
        {
            copy.Metadata.Remove(field);
        }

        return copy;
    }

    private static IReadOnlyList<JsonNode> Documents(string text, string source)
    {
        // JSON is tried first: tabs are fine there, and a fault in it is still reported by the YAML reader, with its place.
        if (text.AsSpan().TrimStart() is ['{', ..])
        {
            try
            {
                return [JsonText.ParseObject(text)];
            }
            catch (JsonException)
            {
                return Yaml(text, source);
            }
        }

        return Yaml(text, source);
    }

    private static IReadOnlyList<JsonNode> Yaml(string text, string source)
    {
        try
        {
            return YamlText.ParseAll(text);
        }
        catch (YamlTextException error)
        {
            throw new YamlTextException($"{source}: {error.Message}", error.Line, error.Column, error);
        }
    }

    private static void Add(List<KubeObject> objects, JsonNode document, string source, string place)
    {
        if (document is not JsonObject json)
        {
            throw Fault($"{place} is not an object but {(document is JsonArray ? "a list" : "a single value")}");
        }

        var value = new KubeObject(json);
        if (value.ApiVersion.Length == 0 || value.Kind.Length == 0)
        {
            throw Fault($"{place} has no {(value.Kind.Length == 0 ? "kind" : "apiVersion")}, which must be a string");
        }

        if (!value.Kind.EndsWith("List", StringComparison.Ordinal) || json["items"] is not JsonArray items)
        {
            objects.Add(value);
            return;
        }

        for (var i = 0; i < items.Count; i++)
        {
            Add(objects, items[i]?.DeepClone() ?? throw Fault($"{place}: items[{i}] is null"), source, $"{place}: items[{i}]");
        }

        YamlTextException Fault(string what) => new($"{source}: {what}", 1, 1);
    }
}
