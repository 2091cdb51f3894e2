using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Kubernetes.Discovery;

/// <summary>Reads the four shapes of discovery documents: APIVersions, APIGroupList, APIResourceList and APIGroupDiscoveryList.</summary>
internal static class DiscoveryDocuments
{
    private static readonly string[] Lists = ["versions", "groups", "resources", "items"];

    public static string Kind(JsonObject document) => Text(document, "kind");

    /// <summary>Why this is none of the four, as against one that lists nothing; null when it is one. Go writes an empty list as null.</summary>
    public static string? Fault(JsonObject document)
    {
        if (Lists.FirstOrDefault(document.ContainsKey) is not { } list)
        {
            return "it has none of the lists of a discovery document";
        }

        return document[list] is null or JsonArray ? null : $"{list} is {(document[list] is JsonObject ? "a map" : "a single value")} where a list belongs";
    }

    /// <summary>The versions of APIVersions (<c>/api</c>) or APIGroupList (<c>/apis</c>), in the server's order of preference.</summary>
    public static IReadOnlyList<ServedVersion> GroupVersions(JsonObject document)
    {
        if (document["versions"] is JsonArray versions)
        {
            return [.. Strings(versions).Select((version, i) => new ServedVersion(string.Empty, version, i == 0))];
        }

        var found = new List<ServedVersion>();
        foreach (var group in Objects(document["groups"]))
        {
            var preferred = Text(group["preferredVersion"] as JsonObject, "version");
            found.AddRange(Objects(group["versions"])
                .Select(version => Text(version, "version"))
                .Where(version => version.Length > 0)
                .Select((version, i) => new ServedVersion(Text(group, "name"), version, preferred.Length == 0 ? i == 0 : version == preferred)));
        }

        return found;
    }

    /// <summary>
    /// An APIResourceList: subresources stand beside their resource as <c>plural/sub</c>. What has no path of its own, such as a metric, is left out.
    /// </summary>
    public static IReadOnlyList<ApiResource> ReadResourceList(JsonObject document, string group, string version)
    {
        var entries = Objects(document["resources"]).ToList();
        var subresources = entries
            .Select(entry => Text(entry, "name").Split('/', 2))
            .Where(parts => parts.Length == 2)
            .ToLookup(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
        return
        [
            .. entries
                .Where(entry => Text(entry, "name") is var name && RequestPath.CanName(group, version, name) && Text(entry, "kind").Length > 0)
                .Select(entry => new ApiResource(group, version, Text(entry, "kind"), Text(entry, "name"), Flag(entry, "namespaced"))
                {
                    Singular = Text(entry, "singularName"),
                    ShortNames = Strings(entry["shortNames"]),
                    Verbs = Strings(entry["verbs"]),
                    Subresources = [.. subresources[Text(entry, "name")]],
                }),
        ];
    }

    /// <summary>
    /// An APIGroupDiscoveryList: everything at once, versions in the server's order of preference; a stale version is one the server could not refresh.
    /// </summary>
    public static void ReadAggregated(JsonObject document, ServedApisBuilder served)
    {
        foreach (var group in Objects(document["items"]))
        {
            var name = Text(group["metadata"] as JsonObject, "name");
            var preferred = true;
            foreach (var version in Objects(group["versions"]))
            {
                var served1 = new ServedVersion(name, Text(version, "version"), preferred);
                if (!RequestPath.CanName(served1.Group, served1.Version))
                {
                    served.Fail($"{Excerpt.Of(served1.ToString())}: it is not the name of a group and version");
                    continue;
                }

                if (Text(version, "freshness") == "Stale")
                {
                    served.Fail($"{served1}: the server calls its own reading of it stale");
                }

                served.Add([.. Objects(version["resources"]).Select(resource => Aggregated(resource, served1)).OfType<ApiResource>()], preferred);
                preferred = false;
            }
        }
    }

    private static ApiResource? Aggregated(JsonObject entry, ServedVersion version)
    {
        var kind = entry["responseKind"] as JsonObject;
        var plural = Text(entry, "resource");
        return !RequestPath.CanName(version.Group, version.Version, plural) || Text(kind, "kind").Length == 0
            ? null
            : new ApiResource(version.Group, version.Version, Text(kind, "kind"), plural, Text(entry, "scope") == "Namespaced")
            {
                Singular = Text(entry, "singularResource"),
                ShortNames = Strings(entry["shortNames"]),
                Verbs = Strings(entry["verbs"]),
                Subresources = [.. Objects(entry["subresources"]).Select(sub => Text(sub, "subresource"))],
            };
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => (node as JsonArray)?.OfType<JsonObject>() ?? [];

    private static IReadOnlyList<string> Strings(JsonNode? node) =>
        node is JsonArray array
            ? [.. array.OfType<JsonValue>().Where(value => value.TryGetValue<string>(out _)).Select(value => value.GetValue<string>())]
            : [];

    private static string Text(JsonObject? parent, string field) =>
        parent?[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : string.Empty;

    private static bool Flag(JsonObject parent, string field) => parent[field] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;
}
