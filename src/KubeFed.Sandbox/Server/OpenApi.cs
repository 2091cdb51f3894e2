using System.Text.Json.Nodes;
using KubeFed.Sandbox.Schema;

namespace KubeFed.Sandbox.Server;

/// <summary>
/// <c>/openapi/v2</c>: the definitions of all served kinds with their group, version and kind, deep enough to look a field such as spec.replicas up. Paths are
/// left out, because nothing in this project reads them.
/// </summary>
internal static class OpenApi
{
    public static JsonObject Document(ResourceCatalog catalog, string version)
    {
        var definitions = new JsonObject();
        foreach (var type in catalog.All)
        {
            var definition = Schema(type.Schema, depth: 4);
            definition["x-kubernetes-group-version-kind"] = new JsonArray(new JsonObject { ["group"] = type.Group, ["kind"] = type.Kind, ["version"] = type.Version });
            definitions[DefinitionName(type)] = definition;
        }

        return new JsonObject
        {
            ["swagger"] = "2.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = version },
            ["paths"] = new JsonObject(),
            ["definitions"] = definitions,
        };
    }

    private static string DefinitionName(ResourceType type)
    {
        if (type.IsCustom || type.Group.Contains('.', StringComparison.Ordinal))
        {
            return $"{string.Join('.', type.Group.Split('.').Reverse())}.{type.Version}.{type.Kind}";
        }

        return $"io.k8s.api.{(type.IsCore ? "core" : type.Group)}.{type.Version}.{type.Kind}";
    }

    private static JsonObject Schema(TypeSchema type, int depth)
    {
        switch (type.Kind)
        {
            case ValueKind.Object:
                var json = new JsonObject { ["type"] = "object" };
                if (depth > 0 && type.Fields.Count > 0)
                {
                    json["properties"] = new JsonObject(type.Fields.Values.Select(field => KeyValuePair.Create<string, JsonNode?>(field.Name, Schema(field.Type, depth - 1))));
                }

                return json;
            case ValueKind.Map:
                return new JsonObject { ["type"] = "object", ["additionalProperties"] = Schema(type.Items, depth - 1) };
            case ValueKind.List:
                return new JsonObject { ["type"] = "array", ["items"] = Schema(type.Items, depth - 1) };
            case ValueKind.Integer:
                return new JsonObject { ["type"] = "integer", ["format"] = type.Rules.Text("format") ?? "int32" };
            case ValueKind.Number:
                return new JsonObject { ["type"] = "number" };
            case ValueKind.Boolean:
                return new JsonObject { ["type"] = "boolean" };
            case ValueKind.Any:
                return new JsonObject { ["type"] = "object" };
            default:
                return new JsonObject { ["type"] = "string" };
        }
    }
}
