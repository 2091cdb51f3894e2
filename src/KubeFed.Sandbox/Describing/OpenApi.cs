using System.Security.Cryptography;
using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Describing;

/// <summary>The OpenAPI documents of a server: <c>/openapi/v2</c> for all kinds at once, <c>/openapi/v3/...</c> for each group and version.</summary>
internal static class OpenApi
{
    /// <summary>How clients ask for version 2 in Protocol Buffers; kubectl does.</summary>
    private const string ProtobufName = "proto-openapi.spec.v2";

    /// <summary>From this minor version of Kubernetes on there is <c>/openapi/v3</c>.</summary>
    private const int FirstWithV3 = 24;

    /// <summary>Answers below <c>/openapi</c>; null for what is not there.</summary>
    public static SandboxResponse? Answer(ClusterState cluster, IReadOnlyList<string> segments, string? accept) => segments switch
    {
        ["v2"] when accept?.Contains(ProtobufName, StringComparison.Ordinal) == true =>
            new SandboxResponse(200, "application/com.github.proto-openapi.spec.v2.v1.0+protobuf") { Body = OpenApiProtobuf.Document(V2(cluster)) },
        ["v2"] => WriteHandler.Json(200, V2(cluster)),
        _ when cluster.Version.Minor < FirstWithV3 => null,
        ["v3"] => WriteHandler.Json(200, Index(cluster)),
        ["v3", "api", var version] => V3(cluster, string.Empty, version) is { } core ? WriteHandler.Json(200, core) : null,
        ["v3", "apis", var group, var version] => V3(cluster, group, version) is { } document ? WriteHandler.Json(200, document) : null,
        _ => null,
    };

    /// <summary>The <c>paths</c> a server lists at its root.</summary>
    public static IEnumerable<string> Paths(ClusterState cluster) => cluster.Version.Minor < FirstWithV3 ? ["/openapi/v2"] : ["/openapi/v2", "/openapi/v3"];

    private static JsonObject V2(ClusterState cluster)
    {
        var schemas = new OpenApiSchemas(cluster.Types, "#/definitions/", asDeclared: false);
        foreach (var kind in cluster.Catalog.All)
        {
            schemas.Add(kind);
        }

        return new JsonObject
        {
            ["swagger"] = "2.0",
            ["info"] = Info(cluster),
            ["paths"] = OpenApiPaths.Of(cluster.Catalog.All, cluster.Version.Minor, v3: false),
            ["definitions"] = schemas.All,
        };
    }

    private static JsonObject? V3(ClusterState cluster, string group, string version)
    {
        var kinds = cluster.Catalog.All.Where(kind => kind.Group == group && kind.Version == version).ToList();
        if (kinds.Count == 0)
        {
            return null;
        }

        var schemas = new OpenApiSchemas(cluster.Types, "#/components/schemas/", asDeclared: true);
        kinds.ForEach(schemas.Add);
        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = Info(cluster),
            ["paths"] = OpenApiPaths.Of(kinds, cluster.Version.Minor, v3: true),
            ["components"] = new JsonObject { ["schemas"] = schemas.All },
        };
    }

    /// <summary>Where each document is, with a hash of it, by which clients know that their copy is good.</summary>
    private static JsonObject Index(ClusterState cluster)
    {
        var paths = new JsonObject();
        foreach (var (group, version) in cluster.Catalog.All.Select(kind => (kind.Group, kind.Version)).Distinct())
        {
            var path = group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";
            var hash = Convert.ToHexString(SHA256.HashData(WireJson.Utf8(V3(cluster, group, version)!)));
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={hash}" };
        }

        return new JsonObject { ["paths"] = paths };
    }

    private static JsonObject Info(ClusterState cluster) => new() { ["title"] = "Kubernetes", ["version"] = cluster.Version.GitVersion };
}
