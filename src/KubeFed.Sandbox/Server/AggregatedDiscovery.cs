using System.Text.Json.Nodes;

namespace KubeFed.Sandbox.Server;

/// <summary>Discovery in one answer for <c>/api</c> and one for <c>/apis</c>: every group with its versions and all their resources.</summary>
/// <remarks>KEP-3352: apidiscovery.k8s.io v2beta1 from Kubernetes 1.27 on, v2 from 1.30.</remarks>
internal static class AggregatedDiscovery
{
    private const string Group = "apidiscovery.k8s.io";

    /// <summary>The version of apidiscovery.k8s.io a client asks for first and this server has; null when it wants the older lists.</summary>
    public static string? Wanted(string? accept, int minor)
    {
        foreach (var clause in (accept ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = clause.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0] != "application/json")
            {
                continue;
            }

            if (!parts.Contains("as=APIGroupDiscoveryList"))
            {
                return null;
            }

            if (parts.Contains("g=" + Group) && parts.FirstOrDefault(part => part.StartsWith("v=", StringComparison.Ordinal)) is { } version)
            {
                switch (version)
                {
                    case "v=v2" when minor >= 30:
                        return "v2";
                    case "v=v2beta1" when minor is >= 27 and < 33:
                        return "v2beta1";
                }
            }
        }

        return null;
    }

    public static SandboxResponse Answer(ResourceCatalog catalog, string version, bool core)
    {
        var groups = core ? [string.Empty] : catalog.All.Where(type => !type.IsCore).Select(type => type.Group).Distinct();
        var list = new JsonObject
        {
            ["kind"] = "APIGroupDiscoveryList",
            ["apiVersion"] = $"{Group}/{version}",
            ["metadata"] = new JsonObject(),
            ["items"] = new JsonArray([.. groups.Select(group => Describe(catalog, group))]),
        };
        return new SandboxResponse(200, $"application/json;g={Group};v={version};as=APIGroupDiscoveryList") { Body = WireJson.Utf8(list) };
    }

    private static JsonObject Describe(ResourceCatalog catalog, string group)
    {
        var described = new JsonObject { ["metadata"] = new JsonObject { ["creationTimestamp"] = null } };
        if (group.Length > 0)
        {
            described.Ensure("metadata")["name"] = group;
        }

        described["versions"] = new JsonArray([.. Discovery.Versions(catalog, group).Select(version => new JsonObject
        {
            ["version"] = version,
            ["resources"] = Resources(Discovery.Resources(catalog, group, version)?.Items("resources") ?? [], group, version),
            ["freshness"] = "Current",
        })]);
        return described;
    }

    private static JsonArray Resources(JsonArray entries, string group, string version)
    {
        var resources = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var entry in entries.OfType<JsonObject>())
        {
            var name = entry.Text("name") ?? string.Empty;
            var slash = name.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0)
            {
                resources[name] = Resource(entry, name, group, version);
            }
            else if (resources.TryGetValue(name[..slash], out var owner))
            {
                var list = owner.Items("subresources") ?? [];
                owner["subresources"] = list;
                list.Add(new JsonObject
                {
                    ["subresource"] = name[(slash + 1)..],
                    ["responseKind"] = Kind(entry, group, version),
                    ["verbs"] = entry["verbs"]?.DeepClone(),
                });
            }
        }

        return [.. resources.Values];
    }

    private static JsonObject Resource(JsonObject entry, string name, string group, string version)
    {
        var resource = new JsonObject
        {
            ["resource"] = name,
            ["responseKind"] = Kind(entry, group, version),
            ["scope"] = entry.Flag("namespaced") ? "Namespaced" : "Cluster",
            ["singularResource"] = entry.Text("singularName") is { Length: > 0 } singular ? singular : (entry.Text("kind") ?? string.Empty).ToLowerInvariant(),
            ["verbs"] = entry["verbs"]?.DeepClone(),
        };
        foreach (var optional in new[] { "shortNames", "categories" })
        {
            if (entry[optional] is { } value)
            {
                resource[optional] = value.DeepClone();
            }
        }

        return resource;
    }

    private static JsonObject Kind(JsonObject entry, string group, string version) => new()
    {
        ["group"] = entry.Text("group") ?? group,
        ["version"] = entry.Text("version") ?? version,
        ["kind"] = entry.Text("kind"),
    };
}
