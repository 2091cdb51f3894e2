using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Schema;

namespace KubeFed.Engine.Federate.Checking;

/// <summary>Makes a shape of the OpenAPI schema that a server publishes of a custom kind. What the schema only refers to stays untyped.</summary>
/// <remarks>Structural schemas of apiextensions.k8s.io/v1; KEP-555 for <c>x-kubernetes-list-type</c> and <c>x-kubernetes-list-map-keys</c>.</remarks>
internal static class ServedShape
{
    public static TypeSchema Of(JsonObject schema)
    {
        if (IsTrue(schema, "x-kubernetes-int-or-string") || schema.Text("format") == "int-or-string")
        {
            return new TypeSchema(ValueKind.IntOrString);
        }

        return schema.Text("type") switch
        {
            "string" => new TypeSchema(ValueKind.String),
            "integer" or "number" => new TypeSchema(ValueKind.Number),
            "boolean" => new TypeSchema(ValueKind.Boolean),
            "array" => List(schema),
            "object" => Object(schema),
            _ => TypeSchema.Untyped,
        };
    }

    private static TypeSchema List(JsonObject schema)
    {
        var keys = (schema["x-kubernetes-list-map-keys"] as JsonArray ?? []).OfType<JsonValue>()
            .Select(key => key.TryGetValue<string>(out var name) ? name : null).OfType<string>().ToList();
        return new TypeSchema(ValueKind.List)
        {
            Items = schema.Map("items") is { } items ? Of(items) : TypeSchema.Untyped,
            Topology = schema.Text("x-kubernetes-list-type") switch
            {
                "set" => ListTopology.Set,
                "map" when keys.Count > 0 => ListTopology.Map,
                _ => ListTopology.Atomic,
            },
            Keys = keys,
        };
    }

    private static TypeSchema Object(JsonObject schema)
    {
        if (schema.Map("properties") is not { } properties)
        {
            return schema.Map("additionalProperties") is { } values ? new TypeSchema(ValueKind.Map) { Items = Of(values) } : new TypeSchema(ValueKind.Map);
        }

        var shape = new TypeSchema(ValueKind.Object) { PreserveUnknown = true };
        foreach (var (name, node) in properties)
        {
            if (node is JsonObject member)
            {
                shape.Fields[name] = new FieldSchema(name, Of(member), Optional: true, AlwaysWritten: false, member["default"]?.DeepClone());
            }
        }

        return shape;
    }

    private static bool IsTrue(JsonObject schema, string field) => schema[field] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;
}
