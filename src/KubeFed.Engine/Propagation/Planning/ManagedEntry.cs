using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Planning;

/// <summary>One entry of <c>metadata.managedFields</c>: who owns what in an object, by which kind of write, since when.</summary>
/// <remarks>KEP-555.</remarks>
internal readonly struct ManagedEntry(JsonObject entry)
{
    public string Manager => Text("manager");

    /// <summary>RFC 3339 in UTC, so that later times are greater texts; empty when the server gives none.</summary>
    public string Time => Text("time");

    public string Subresource => Text("subresource");

    public bool IsApply => Text("operation") == "Apply";

    public bool IsUpdate => Text("operation") == "Update";

    /// <summary>What this project's applies own.</summary>
    public bool IsOurs => IsApply && Manager == KubeFedNames.FieldManager && Subresource.Length == 0;

    /// <summary>The <c>fieldsV1</c> tree.</summary>
    public JsonObject? Fields => entry["fieldsV1"] as JsonObject;

    /// <summary>Whether a label or annotation is among the fields.</summary>
    /// <param name="section"><c>labels</c> or <c>annotations</c>.</param>
    /// <param name="key">Its key.</param>
    public bool Owns(string section, string key) => Fields.Map("f:metadata").Map("f:" + section) is { } keys && keys.ContainsKey("f:" + key);

    public static IEnumerable<ManagedEntry> Of(KubeObject value)
    {
        if (value.Json.Map("metadata").List("managedFields") is { } entries)
        {
            foreach (var item in entries)
            {
                if (item is JsonObject entry)
                {
                    yield return new(entry);
                }
            }
        }
    }

    private string Text(string key) => entry[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : string.Empty;
}
