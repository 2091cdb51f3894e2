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
            _ => [JsonInput.ToJsonObject(value, parameter)],
        };
    }

    /// <exception cref="InputException">The file holds something else.</exception>
    /// <exception cref="TextEncodingException">The file is not in UTF-8 and has no byte order mark.</exception>
    public static IReadOnlyList<JsonObject> ReadFile(string path) => Parse(StrictText.ReadFile(path), path);

    /// <summary>The objects of a list, as <c>kubectl get -o yaml</c> writes several; the object itself if it is none.</summary>
    public static IEnumerable<JsonObject> TakeApart(JsonObject value) =>
        value["kind"]?.ToString().EndsWith("List", StringComparison.Ordinal) == true && value["items"] is JsonArray items
            ? items.OfType<JsonObject>().SelectMany(item => TakeApart((JsonObject)item.DeepClone()))
            : [value];

    private static List<JsonObject> Parse(string text, string source)
    {
        IReadOnlyList<JsonNode> documents;
        try
        {
            documents = YamlText.ParseAll(text);
        }
        catch (YamlTextException error)
        {
            throw new InputException("InvalidManifest", $"{source}: {error.Message}", source) { Remedy = "Correct the YAML or JSON at that place." };
        }

        return [.. documents.Select(document => document as JsonObject ?? throw new InputException(
            "InvalidManifest", $"{source}: a Kubernetes object must be a map, not {document.GetValueKind().ToString().ToLowerInvariant()}.", source))];
    }
}
