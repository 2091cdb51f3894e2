using System.Text.Json.Nodes;

namespace KubeFed.Sandbox.Server;

/// <summary>Answers <c>/api</c>, <c>/apis</c> and the resource lists below them.</summary>
internal static class Discovery
{
    private static readonly string[] AllVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    private static readonly string[] CustomVerbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
    private static readonly string[] CorePaths = ["/api", "/api/v1", "/apis", "/apis/"];
    private static readonly string[] PlainPaths = ["/healthz", "/livez", "/readyz", "/version"];
    private static readonly string[] SubVerbs = ["get", "patch", "update"];

    public static JsonObject CoreVersions(Uri server) => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = server.Authority }),
    };

    public static JsonObject Groups(ResourceCatalog catalog) => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. GroupNames(catalog).Select(group => Describe(catalog, group))]),
    };

    public static JsonObject? Group(ResourceCatalog catalog, string group)
    {
        if (group.Length == 0 || !catalog.ServesGroup(group))
        {
            return null;
        }

        var described = Describe(catalog, group);
        described["kind"] = "APIGroup";
        described["apiVersion"] = "v1";
        return described;
    }

    public static JsonObject? Resources(ResourceCatalog catalog, string group, string version)
    {
        var types = catalog.All.Where(type => type.Group == group && type.Version == version).ToList();
        if (types.Count == 0)
        {
            return null;
        }

        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = types[0].ApiVersion,
            ["resources"] = new JsonArray([.. types.SelectMany(Entries)]),
        };
    }

    /// <summary>The paths a server lists at its root.</summary>
    public static JsonObject Paths(ResourceCatalog catalog, IEnumerable<string> further) => new()
    {
        ["paths"] = new JsonArray([.. CorePaths
            .Concat(catalog.All.Where(type => !type.IsCore).SelectMany(type => new[] { $"/apis/{type.Group}", $"/apis/{type.ApiVersion}" }))
            .Concat(PlainPaths)
            .Concat(further)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select(path => JsonValue.Create(path))]),
    };

    private static IEnumerable<string> GroupNames(ResourceCatalog catalog) => catalog.All.Where(type => !type.IsCore).Select(type => type.Group).Distinct();

    /// <summary>The versions of a group, preferred first.</summary>
    public static IReadOnlyList<string> Versions(ResourceCatalog catalog, string group) =>
        [.. catalog.All.Where(type => type.Group == group).Select(type => type.Version).Distinct().Order(new VersionPriority())];

    private static JsonObject Describe(ResourceCatalog catalog, string group)
    {
        var versions = Versions(catalog, group);
        JsonObject Version(string version) => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };
        return new JsonObject
        {
            ["name"] = group,
            ["versions"] = new JsonArray([.. versions.Select(Version)]),
            ["preferredVersion"] = Version(versions[0]),
        };
    }

    private static IEnumerable<JsonObject> Entries(ResourceType type)
    {
        var entry = Entry(type, type.Plural, type.Kind, type.Virtual ? ["create"] : type.IsCustom ? CustomVerbs : VerbsOf(type));
        if (type.IsCustom)
        {
            entry["singularName"] = type.Singular;
        }

        if (type.ShortNames.Count > 0)
        {
            entry["shortNames"] = new JsonArray([.. type.ShortNames.Select(name => JsonValue.Create(name))]);
        }

        if (type.Categories.Count > 0)
        {
            entry["categories"] = new JsonArray([.. type.Categories.Select(name => JsonValue.Create(name))]);
        }

        if (!type.Virtual)
        {
            entry["storageVersionHash"] = Hash(type);
        }

        yield return entry;
        if (type.HasStatus)
        {
            yield return Entry(type, type.Plural + "/status", type.Kind, SubVerbs);
        }

        if (type.Scale is not null)
        {
            var scale = Entry(type, type.Plural + "/scale", "Scale", SubVerbs);
            scale["group"] = "autoscaling";
            scale["version"] = "v1";
            yield return scale;
        }

        if (type is { IsCore: true, Kind: "Namespace" })
        {
            yield return Entry(type, "namespaces/finalize", "Namespace", ["update"]);
        }

        if (type is { IsCore: true, Kind: "ServiceAccount" })
        {
            var token = Entry(type, "serviceaccounts/token", "TokenRequest", ["create"]);
            token["group"] = "authentication.k8s.io";
            token["version"] = "v1";
            yield return token;
        }
    }

    private static string[] VerbsOf(ResourceType type) =>
        type is { IsCore: true, Kind: "Namespace" } ? ["create", "delete", "get", "list", "patch", "update", "watch"]
        : type is { IsCore: true, Kind: "Service" } ? ["create", "delete", "get", "list", "patch", "update", "watch"]
        : AllVerbs;

    private static JsonObject Entry(ResourceType type, string name, string kind, IReadOnlyList<string> verbs) => new()
    {
        ["name"] = name,
        ["singularName"] = string.Empty,
        ["namespaced"] = type.Namespaced,
        ["kind"] = kind,
        ["verbs"] = new JsonArray([.. verbs.Select(verb => JsonValue.Create(verb))]),
    };

    private static string Hash(ResourceType type) =>
        Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{type.Group}/{type.StorageVersion}/{type.Kind}")).AsSpan(0, 8));

    /// <summary>v2 before v1 before v1beta2 before v1beta1 before v1alpha1 before anything else.</summary>
    private sealed class VersionPriority : IComparer<string>
    {
        public int Compare(string? left, string? right)
        {
            var (leftRank, leftMajor, leftMinor) = Rank(left!);
            var (rightRank, rightMajor, rightMinor) = Rank(right!);
            var order = rightRank.CompareTo(leftRank);
            order = order != 0 ? order : rightMajor.CompareTo(leftMajor);
            order = order != 0 ? order : rightMinor.CompareTo(leftMinor);
            return order != 0 ? order : string.CompareOrdinal(left, right);
        }

        private static (int Rank, int Major, int Minor) Rank(string version)
        {
            var digits = version.StartsWith('v') ? new string([.. version.Skip(1).TakeWhile(char.IsAsciiDigit)]) : string.Empty;
            if (!int.TryParse(digits, out var major))
            {
                return (0, 0, 0);
            }

            var rest = version[(1 + digits.Length)..];
            if (rest.Length == 0)
            {
                return (3, major, 0);
            }

            var (rank, prefix) = rest.StartsWith("beta", StringComparison.Ordinal) ? (2, 4) : rest.StartsWith("alpha", StringComparison.Ordinal) ? (1, 5) : (0, 0);
            return rank > 0 && int.TryParse(rest[prefix..], out var minor) ? (rank, major, minor) : (0, 0, 0);
        }
    }
}
