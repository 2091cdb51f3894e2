using System.Text.Json.Nodes;
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
    public static IReadOnlyList<KubeObject> Read(string text, string source) =>
        [.. ReadEach(text, source).Select(entry => entry.Fault is { } fault ? throw fault : entry.Value!)];

    /// <summary>As <see cref="Read"/>, but what can't be read keeps nothing else from being read.</summary>
    public static IReadOnlyList<ManifestEntry> ReadEach(string text, string source)
    {
        var documents = YamlText.Read(text);
        var entries = new List<ManifestEntry>();
        foreach (var document in documents)
        {
            var place = documents.Count == 1 ? $"{source}: the document" : $"{source}: document {document.Number}";
            if (document.Fault is { } fault)
            {
                var said = documents.Count == 1 ? $"{source}: {fault.Message}" : $"{place}: {fault.Message}";
                entries.Add(new ManifestEntry(place, document.Line, null, new YamlTextException(said, fault.Line, fault.Column, fault)));
                continue;
            }

            var first = entries.Count;
            Add(entries, document.Content, place, document.Line);
            if (first < entries.Count)
            {
                entries[first] = entries[first] with { Remarks = [.. document.Remarks.Select(remark => $"{source}: {remark.Message}")] };
            }
        }

        return entries;
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

    private static void Add(List<ManifestEntry> entries, JsonNode? node, string place, long line)
    {
        if (node is not JsonObject json)
        {
            Refuse(node is null ? "is null" : $"is not an object but {(node is JsonArray ? "a list" : "a single value")}");
            return;
        }

        var value = new KubeObject(json);
        if (value.ApiVersion.Length == 0 || value.Kind.Length == 0)
        {
            Refuse($"has no {(value.Kind.Length == 0 ? "kind" : "apiVersion")}, which must be a string");
        }
        else if (value.ApiVersion.Count('/') > 1)
        {
            Refuse($"has the apiVersion '{value.ApiVersion}', which must be a version, or group/version");
        }
        else if (ManifestList.Fault(json) is { } unlisted)
        {
            Refuse($"({value}) {unlisted}");
        }
        else if (ManifestList.IsList(json))
        {
            var items = ManifestList.Items(json);
            for (var i = 0; i < items.Count; i++)
            {
                Add(entries, items[i] ?? json["items"]![i], $"{place}: items[{i}]", line);
            }
        }
        else if (MetadataShape.Fault(json) is { } fault)
        {
            Refuse($"({value}) {fault}");
        }
        else
        {
            entries.Add(new ManifestEntry(place, line, value, null));
        }

        void Refuse(string what) =>
            entries.Add(new ManifestEntry(place, line, null, new YamlTextException($"{place} {what} (it begins in line {line}).", line, 1)));
    }
}
