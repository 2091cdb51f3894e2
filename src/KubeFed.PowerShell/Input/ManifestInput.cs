using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;
using KubeFed.Kubernetes.Yaml;

namespace KubeFed.PowerShell.Input;

/// <summary>Reads Kubernetes objects as users have them: YAML or JSON text, files of it, hashtables, custom objects, or this module's own objects.</summary>
internal static class ManifestInput
{
    /// <summary>Its objects, those that can't be read among them.</summary>
    /// <param name="value">What the user gave.</param>
    /// <param name="parameter">The parameter it came in by, for error messages.</param>
    /// <param name="takeApart">Whether lists are given as their objects.</param>
    public static IReadOnlyList<GivenManifest> ReadEach(object value, string parameter, bool takeApart)
    {
        var inner = value is PSObject wrapper ? wrapper.BaseObject : value;
        return inner switch
        {
            string text => Documents(text, $"-{parameter}", takeApart),
            FileInfo file => ReadFile(file.FullName, takeApart),
            _ => [.. Apart(Single(value, inner, parameter), $"-{parameter}", takeApart)],
        };
    }

    /// <summary>As <see cref="ReadEach"/>, of a file.</summary>
    public static IReadOnlyList<GivenManifest> ReadFile(string path, bool takeApart)
    {
        try
        {
            return Documents(StrictText.ReadFile(path), path, takeApart);
        }
        catch (Exception error) when (error is TextEncodingException or IOException or UnauthorizedAccessException)
        {
            return [new GivenManifest(null, error)];
        }
    }

    /// <summary>The documents of a file, of whatever kind, each with its line.</summary>
    /// <exception cref="InputException">There is nothing in it.</exception>
    /// <exception cref="TextEncodingException">The file is not in UTF-8 and has no byte order mark.</exception>
    public static IEnumerable<FiledManifest> ReadDocuments(string path)
    {
        var documents = YamlText.Read(StrictText.ReadFile(path));
        return documents.Count == 0
            ? throw new InputException("EmptyManifest", $"{path}: there is nothing in it.", path) { Remedy = "Write a manifest into it, or remove it." }
            : documents.Select(document => new FiledManifest(
                path,
                document.Line,
                document.Content,
                document.Fault is null ? null : Fault($"{Place(path, document, documents.Count)}{document.Fault.Message}", path))
            {
                Remarks = Remarks(path, document),
            });
    }

    /// <summary>What a document is that is no object: <c>an array</c>, <c>a string</c>, <c>null</c>.</summary>
    public static string Describe(JsonNode? document) => document?.GetValueKind().ToString().ToLowerInvariant() switch
    {
        null or "null" => "null",
        "array" => "an array",
        "true" or "false" => "a boolean",
        var kind => $"a {kind}",
    };

    private static GivenManifest Single(object value, object? inner, string parameter)
    {
        try
        {
            DateField? date = null;
            var json = inner switch
            {
                StoredObject { Json: { } stored } => (JsonObject)stored.DeepClone(),
                StoredObject empty => throw new InputException("InvalidInput", $"-{parameter}: {empty} holds no object.", empty),
                _ => JsonInput.ToJsonObject(value, parameter, found => date ??= found.IsDeclared ? found : null),
            };
            return new GivenManifest(json, null) { Date = date };
        }
        catch (InputException error)
        {
            return new GivenManifest(null, error);
        }
    }

    private static List<GivenManifest> Documents(string text, string source, bool takeApart)
    {
        var documents = YamlText.Read(text);
        var given = new List<GivenManifest>();
        foreach (var document in documents)
        {
            var place = Place(source, document, documents.Count);
            var read = (document.Fault, document.Content) switch
            {
                ({ } fault, _) => new GivenManifest(null, Fault($"{place}{fault.Message}", source)),
                (_, JsonObject json) => new GivenManifest(json, null) { Remarks = Remarks(source, document) },
                var (_, other) => new GivenManifest(null, NoMap($"{place}line {document.Line}", other, source)),
            };
            given.AddRange(Apart(read, place.TrimEnd(':', ' '), takeApart));
        }

        return given;
    }

    private static IEnumerable<GivenManifest> Apart(GivenManifest given, string place, bool takeApart)
    {
        if (given.Value is not { } value)
        {
            return [given];
        }

        if (ManifestList.Fault(value) is { } unlisted)
        {
            return [new GivenManifest(null, Fault($"{place}: {new KubeObject(value)} {unlisted}.", place))];
        }

        if (takeApart && ManifestList.IsList(value))
        {
            return ManifestList.Items(value).SelectMany((item, index) => Apart(
                item is null
                    ? new GivenManifest(null, NoMap($"{place}: items[{index}]", value["items"]![index], place))
                    : new GivenManifest(item, null) { Remarks = index == 0 ? given.Remarks : [], Date = index == 0 ? given.Date : null },
                $"{place}: items[{index}]",
                takeApart));
        }

        return MetadataShape.Fault(value) is { } fault ? [new GivenManifest(null, Fault($"{place}: {new KubeObject(value)} {fault}.", place))] : [given];
    }

    private static string Place(string source, YamlDocument document, int count) => count == 1 ? $"{source}: " : $"{source}: document {document.Number}: ";

    private static IReadOnlyList<string> Remarks(string source, YamlDocument document) => [.. document.Remarks.Select(remark => $"{source}: {remark.Message}")];

    private static InputException Fault(string message, string target) =>
        new("InvalidManifest", message, target) { Remedy = "Correct the YAML or JSON at that place." };

    private static InputException NoMap(string place, JsonNode? found, string target) =>
        new("InvalidManifest", $"{place}: a Kubernetes object must be a map, not {Describe(found)}.", target)
        {
            Remedy = "Write an object with apiVersion, kind and metadata.",
        };
}
