using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KubeFed.Cluster.Tests.Conformance;

/// <summary>
/// Answers without what may differ between two servers or two runs: uids and resourceVersions become numbers in order of appearance, so that equal stays equal
/// and different stays different; times, allocated addresses, tokens and generated names become marks.
/// </summary>
internal sealed partial class Neutral(string @namespace, string id)
{
    private readonly Dictionary<string, string> _versions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _uids = new(StringComparer.Ordinal);

    public JsonNode? Of(JsonNode? node, string key = "", JsonObject? parent = null)
    {
        switch (node)
        {
            case JsonObject map:
                if (map["uid"] is JsonValue own && own.TryGetValue<string>(out var uid) && uid.Length > 0)
                {
                    // Labels may mention the uid, and they come first.
                    Numbered(_uids, uid, "uid");
                }

                var isList = map["kind"] is JsonValue kind && kind.TryGetValue<string>(out var listKind) && listKind.EndsWith("List", StringComparison.Ordinal);
                var result = new JsonObject();
                foreach (var (name, value) in map.Where(member => !(isList && member.Key == "metadata")).OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    result[Text(name)] = Of(value, name, map);
                }

                if (isList && map["metadata"] is JsonObject list)
                {
                    // Lists carry the newest version of the whole cluster, which others write to.
                    var about = (JsonObject)list.DeepClone();
                    about.Remove("resourceVersion");
                    result["metadata"] = Of(about);
                }

                return result;
            case JsonArray array:
                var items = array.Select(item => Of(item, key, null)).ToList();
                return new JsonArray([.. key == "managedFields" ? items.OrderBy(item => item?.ToJsonString(), StringComparer.Ordinal) : items.AsEnumerable()]);
            case JsonValue value when value.TryGetValue<string>(out var text):
                return JsonValue.Create(Value(text, key, parent));
            case JsonValue value when key == "nodePort":
                return JsonValue.Create("<port>");
            default:
                return node?.DeepClone();
        }
    }

    private string Value(string text, string key, JsonObject? parent)
    {
        switch (key)
        {
            case "uid" when text.Length > 0:
                return Numbered(_uids, text, "uid");
            case "resourceVersion" when text.Length > 0:
                return Numbered(_versions, text, "rv");
            case "continue" when text.Length > 0:
                return "<continue>";
            case "storageVersionHash" or "serverAddress":
                return $"<{key}>";
            case "token" or "ca.crt":
                return "<secret>";
            case "clusterIP" or "clusterIPs" when text is not ("" or "None"):
                return "<ip>";
            case "name" when IsGenerated(text, parent, out var prefix):
                return Text(prefix) + "<generated>";
        }

        return Time().IsMatch(text) ? "<time>" : Text(text);
    }

    private static bool IsGenerated(string name, JsonObject? parent, out string prefix)
    {
        prefix = parent?["generateName"]?.ToString() ?? string.Empty;
        return prefix.Length > 0 && name.Length == prefix.Length + 5;
    }

    private string Text(string text)
    {
        text = text.Replace(@namespace, "{ns}", StringComparison.Ordinal).Replace(id, "{id}", StringComparison.Ordinal)
            .Replace(Convert.ToBase64String(Encoding.UTF8.GetBytes(@namespace)), "{ns as base64}", StringComparison.Ordinal);
        text = StorageKey().Replace(text, "Key: <key>");
        text = Decoder().Replace(text, match => match.Groups[1].Value + "<what the decoder says>");
        foreach (var (uid, mark) in _uids)
        {
            text = text.Replace(uid, mark, StringComparison.Ordinal);
        }

        return Versions().Replace(text, match => $"{match.Groups[1].Value}<version>");
    }

    private static string Numbered(Dictionary<string, string> seen, string text, string kind)
    {
        if (!seen.TryGetValue(text, out var mark))
        {
            seen[text] = mark = string.Create(CultureInfo.InvariantCulture, $"<{kind} {seen.Count + 1}>");
        }

        return mark;
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")]
    private static partial Regex Time();

    [GeneratedRegex(@"Key: [^,]+")]
    private static partial Regex StorageKey();

    /// <summary>Decoders word what they can't read differently from release to release.</summary>
    [GeneratedRegex("""(cannot be handled as an? \w+: |^(?: "" is invalid: patch: )?Invalid value: "\{\\").*""", RegexOptions.Singleline)]
    private static partial Regex Decoder();

    [GeneratedRegex(@"((?:in precondition|in object meta|resource version|current): |ResourceVersion in (?:the precondition|record) \()\d+")]
    private static partial Regex Versions();
}
