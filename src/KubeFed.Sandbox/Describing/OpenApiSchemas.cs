using System.Text.Json.Nodes;
using KubeFed.Sandbox.Schema;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Describing;

/// <summary>
/// The schemas of one OpenAPI document, each type of its own under its name, with what Kubernetes adds: the kind a schema describes, how lists are keyed
/// and merged, and for custom kinds all that their CRD declares.
/// </summary>
/// <remarks>OpenAPI 2.0 and 3.0; x-kubernetes-* as kube-openapi has them.</remarks>
internal sealed class OpenApiSchemas(BuiltInTypes types, string place, bool asDeclared)
{
    private readonly Dictionary<string, string> _named = new(StringComparer.Ordinal);

    /// <summary>By name, in the order they were met.</summary>
    public JsonObject All { get; } = [];

    /// <summary>Adds a kind and every type it uses.</summary>
    public void Add(ResourceType kind)
    {
        var name = OpenApiNames.OfKind(kind);
        if (All.ContainsKey(name))
        {
            return;
        }

        // Reserved before its parts are met, so that a kind stands before them.
        All[name] = null;
        var schema = kind.IsCustom && asDeclared && kind.Schema.Rules is { } rules ? Declared(rules, kind) : Body(kind.Schema, kind);
        schema["x-kubernetes-group-version-kind"] = new JsonArray(new JsonObject { ["group"] = kind.Group, ["kind"] = kind.Kind, ["version"] = kind.Version });
        All[name] = schema;
    }

    private JsonObject Declared(JsonObject rules, ResourceType kind)
    {
        var schema = (JsonObject)rules.DeepClone();
        var properties = schema.Ensure("properties");
        foreach (var envelope in new[] { "apiVersion", "kind", "metadata" })
        {
            properties[envelope] = Of(kind.Schema.Fields[envelope].Type, kind);
        }

        return schema;
    }

    private JsonObject Of(TypeSchema type, ResourceType user)
    {
        var schema = Shape(type, user);
        if (type.Rules.Text("description") is { } description && !schema.ContainsKey("$ref"))
        {
            schema["description"] = description;
        }

        return schema;
    }

    private JsonObject Shape(TypeSchema type, ResourceType user)
    {
        switch (type.Kind)
        {
            case ValueKind.Object:
                return types.NameOf(type) is { } name ? new JsonObject { ["$ref"] = place + Named(name, type, user) } : Body(type, user);
            case ValueKind.Map:
                var map = new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(type.Items, user) };
                if (type.Atomic)
                {
                    map["x-kubernetes-map-type"] = "atomic";
                }

                return map;
            case ValueKind.List:
                return List(type, user);
            case ValueKind.Integer:
                return new JsonObject { ["type"] = "integer", ["format"] = type.Rules.Text("format") ?? "int32" };
            case ValueKind.Number:
                return new JsonObject { ["type"] = "number" };
            case ValueKind.Boolean:
                return new JsonObject { ["type"] = "boolean" };
            case ValueKind.Any:
                return [];
            case ValueKind.IntOrString:
                return new JsonObject { ["type"] = "string", ["format"] = "int-or-string" };
            case ValueKind.Bytes:
                return new JsonObject { ["type"] = "string", ["format"] = "byte" };
            case ValueKind.Time:
                return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
            default:
                return new JsonObject { ["type"] = "string" };
        }
    }

    private JsonObject List(TypeSchema type, ResourceType user)
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = Of(type.Items, user) };
        if (type.Topology == ListTopology.Atomic)
        {
            return list;
        }

        list["x-kubernetes-list-type"] = type.Topology == ListTopology.Set ? "set" : "map";
        if (type.Topology == ListTopology.Map)
        {
            list["x-kubernetes-list-map-keys"] = new JsonArray([.. type.Keys.Select(key => JsonValue.Create(key))]);
        }

        // Custom kinds know no strategic merge; a client that believed otherwise would send patches the server refuses.
        if (!user.IsCustom)
        {
            list["x-kubernetes-patch-strategy"] = "merge";
            if (type.Topology == ListTopology.Map)
            {
                list["x-kubernetes-patch-merge-key"] = type.Keys[0];
            }
        }

        return list;
    }

    private JsonObject Body(TypeSchema type, ResourceType user)
    {
        var body = new JsonObject { ["type"] = "object" };
        if (type.Rules.Text("description") is { } description)
        {
            body["description"] = description;
        }

        // kubectl took what is declared in such an object for all there may be, so servers leave it out of version 2; version 3 is as it was declared.
        if (type.Fields.Count > 0 && !(user.IsCustom && type.PreserveUnknown))
        {
            var properties = body.Ensure("properties");
            foreach (var field in type.Fields.Values)
            {
                properties[field.Name] = Of(field.Type, user);
            }
        }

        if (type.Rules.Items("required") is { Count: > 0 } required)
        {
            body["required"] = required.DeepClone();
        }

        return body;
    }

    private string Named(string name, TypeSchema type, ResourceType user)
    {
        if (!_named.TryGetValue(name, out var full))
        {
            full = OpenApiNames.OfPart(name, user);
            _named[name] = full;
            All[full] = null;
            All[full] = Body(type, user);
        }

        return full;
    }
}
