using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Kubernetes.Config;

/// <summary>
/// One entry of a kubeconfig, with the file it stands in: relative paths are that file's, and errors name it. Values are repeated in errors only where a
/// field can't hold a secret.
/// </summary>
internal sealed class ConfigEntry(string file, string path, JsonObject json)
{
    public string File { get; } = file;

    /// <summary>As errors call it: <c>users['x'].user</c>.</summary>
    public string Path { get; } = path;

    public ConfigEntry WithPath(string path) => new(File, path, json);

    public bool Has(string field) => json[field] is not null;

    /// <summary>Null when absent or empty.</summary>
    public string? Text(string field) => json[field] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text.Length == 0 ? null : WithoutNul(field, text),
        _ => throw Error(field, "must be a string; put it in quotes"),
    };

    public bool Flag(string field) => json[field] switch
    {
        null => false,
        JsonValue value when value.TryGetValue<bool>(out var flag) => flag,
        var other => throw Error(field, $"is {other.ToJsonString()} and must be true or false"),
    };

    public ConfigEntry? Section(string field) => json[field] switch
    {
        null => null,
        JsonObject section => new ConfigEntry(File, $"{Path}.{field}", section),
        _ => throw Error(field, "must be a map"),
    };

    public IReadOnlyList<ConfigEntry> Entries(string field) => json[field] switch
    {
        null => [],
        JsonArray array =>
        [
            .. array.Select((item, i) => item is JsonObject map
                ? new ConfigEntry(File, $"{Path}.{field}[{i}]".TrimStart('.'), map)
                : throw Error($"{field}[{i}]", "must be a map")),
        ],
        _ => throw Error(field, "must be a list"),
    };

    public IReadOnlyList<string> Texts(string field) => json[field] switch
    {
        null => [],
        JsonArray array =>
        [
            .. array.Select((item, i) => item is JsonValue value && value.TryGetValue<string>(out var text)
                ? WithoutNul($"{field}[{i}]", text)
                : throw Error($"{field}[{i}]", "must be a string; put it in quotes")),
        ],
        _ => throw Error(field, "must be a list"),
    };

    public IEnumerable<string> Fields => json.Select(pair => pair.Key);

    public JsonNode? Raw(string field) => json[field];

    /// <summary>A path of the entry's file: relative ones start at the file's folder.</summary>
    public string? FilePath(string field) => Text(field) is { } path ? Resolve(path) : null;

    public string Resolve(string path) => System.IO.Path.GetFullPath(path, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(File))!);

    /// <summary>PEM text in base64, as the <c>-data</c> fields have it.</summary>
    public string? Data(string field)
    {
        if (Text(field) is not { } text)
        {
            return null;
        }

        try
        {
            return System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(text));
        }
        catch (FormatException)
        {
            throw Error(field, "is not base64");
        }
    }

    public KubeConfigException Error(string field, string what, string? remedy = null) =>
        new($"{File}: {(Path.Length == 0 ? field : $"{Path}.{field}")} {what}.") { Remedy = remedy ?? "Correct the field in this file." };

    /// <summary>No path, argument, address or header can hold a NUL: the system would cut it off there, or refuse it.</summary>
    private string WithoutNul(string field, string text) => text.Contains('\0', StringComparison.Ordinal) ? throw Error(field, "holds a NUL character") : text;

    public override string ToString() => $"{File}: {Path}";
}
