using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Text;
using KubeFed.Kubernetes.Yaml;

namespace KubeFed.PowerShell.Input;

/// <summary>Reads Kubernetes objects as users have them: YAML or JSON text, files of it, hashtables, custom objects, or this module's own objects.</summary>
internal static class ManifestInput
{
    /// <exception cref="InputException">It is none of these.</exception>
    public static IReadOnlyList<JsonObject> Read(object value, string parameter)
    {
        var inner = value is PSObject wrapper ? wrapper.BaseObject : value;
        return inner switch
        {
            string text => Parse(text, $"-{parameter}"),
            StoredObject { Json: { } json } => [(JsonObject)json.DeepClone()],
            StoredObject empty => throw new InputException("InvalidInput", $"-{parameter}: {empty} holds no object.", empty),
            FileInfo file => ReadFile(file.FullName),
            _ => [JsonInput.ToJsonObject(value, parameter)],
        };
    }

    /// <exception cref="InputException">The file holds something else.</exception>
    /// <exception cref="TextEncodingException">The file is not in UTF-8 and has no byte order mark.</exception>
    public static IReadOnlyList<JsonObject> ReadFile(string path) => Parse(StrictText.ReadFile(path), path);

    /// <summary>The documents of a file, of whatever kind, each with its line.</summary>
    /// <exception cref="InputException">The file is no YAML or JSON, or there is nothing in it.</exception>
    /// <exception cref="TextEncodingException">The file is not in UTF-8 and has no byte order mark.</exception>
    public static IReadOnlyList<(JsonNode Content, long Line)> ReadDocuments(string path)
    {
        var documents = Documents(StrictText.ReadFile(path), path);
        return documents.Count > 0 ? documents : throw new InputException("EmptyManifest", $"{path}: there is nothing in it.", path)
        {
            Remedy = "Write a manifest into it, or remove it.",
        };
    }

    /// <summary>The objects of a list, as <c>kubectl get -o yaml</c> writes several; the object itself if it is none.</summary>
    public static IEnumerable<JsonObject> TakeApart(JsonObject value) =>
        value["kind"]?.ToString().EndsWith("List", StringComparison.Ordinal) == true && value["items"] is JsonArray items
            ? items.OfType<JsonObject>().SelectMany(item => TakeApart((JsonObject)item.DeepClone()))
            : [value];

    /// <summary>What a document is that is no object: <c>an array</c>, <c>a string</c>, <c>null</c>.</summary>
    public static string Describe(JsonNode? document) => document?.GetValueKind().ToString().ToLowerInvariant() switch
    {
        null or "null" => "null",
        "array" => "an array",
        "true" or "false" => "a boolean",
        var kind => $"a {kind}",
    };

    private static List<JsonObject> Parse(string text, string source) => [.. Documents(text, source).Select(document =>
        document.Content as JsonObject ?? throw new InputException(
            "InvalidManifest", $"{source}: a Kubernetes object must be a map, not {Describe(document.Content)}.", source)
        {
            Remedy = "Write an object with apiVersion, kind and metadata.",
        })];

    private static IReadOnlyList<(JsonNode Content, long Line)> Documents(string text, string source)
    {
        try
        {
            return YamlText.ParseDocuments(text);
        }
        catch (YamlTextException error)
        {
            throw new InputException("InvalidManifest", $"{source}: {error.Message}", source) { Remedy = "Correct the YAML or JSON at that place." };
        }
    }
}
