using System.Text.Json.Nodes;
using KubeFed.Sandbox.Schema;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.CustomResources;

/// <summary>Turns the OpenAPI v3 schema of a CRD version into the shape the rest of the server works with.</summary>
/// <remarks>Structural schemas of apiextensions.k8s.io/v1.</remarks>
internal static class CustomSchema
{
    /// <summary>The shape of a whole custom object.</summary>
    public static TypeSchema Compile(JsonObject? schema, BuiltInTypes types)
    {
        if (schema is null)
        {
            var open = new TypeSchema(ValueKind.Object) { PreserveUnknown = true };
            types.AddEnvelope(open);
            return open;
        }

        var root = Type(schema, types, asObject: true);
        types.AddEnvelope(root);
        return root;
    }

    /// <summary>
    /// The shape by which fields are owned. Up to Kubernetes 1.21 a schema that is open at its root, or has a field that is integer or string, told servers nothing about ownership: the value's own
    /// shape did.
    /// </summary>
    public static TypeSchema Ownership(JsonObject? schema, BuiltInTypes types) =>
        types.Minor <= 21 && (schema is null || schema.Flag("x-kubernetes-preserve-unknown-fields") || HasIntOrString(schema))
            ? TypeSchema.Untyped
            : Compile(schema, types);

    private static bool HasIntOrString(JsonNode? node) =>
        node switch
        {
            JsonObject map => map.Flag("x-kubernetes-int-or-string") || map.Any(member => HasIntOrString(member.Value)),
            JsonArray list => list.Any(HasIntOrString),
            _ => false,
        };

    /// <param name="schema">The schema of one place.</param>
    /// <param name="types">The server's own types.</param>
    /// <param name="within">Somewhere above, unknown fields are kept beside declared ones.</param>
    /// <param name="asObject">It is an object, whatever it says.</param>
    private static TypeSchema Type(JsonObject schema, BuiltInTypes types, bool within = false, bool asObject = false)
    {
        var nullable = schema.Flag("nullable");
        var preserve = schema.Flag("x-kubernetes-preserve-unknown-fields");
        if (schema.Flag("x-kubernetes-int-or-string"))
        {
            return new TypeSchema(ValueKind.IntOrString) { Rules = schema, Nullable = nullable };
        }

        switch (schema.Text("type"))
        {
            case "string":
                return new TypeSchema(ValueKind.String) { Rules = schema, Nullable = nullable };
            case "integer":
                return new TypeSchema(ValueKind.Integer) { Rules = schema, Nullable = nullable };
            case "number":
                return new TypeSchema(ValueKind.Number) { Rules = schema, Nullable = nullable };
            case "boolean":
                return new TypeSchema(ValueKind.Boolean) { Rules = schema, Nullable = nullable };
            case "array":
                return List(schema, types, nullable, within);
            case "object":
                return Object(schema, types, nullable, preserve, within);
            default:
                return asObject ? Object(schema, types, nullable, preserve, within) : new TypeSchema(ValueKind.Any) { Rules = schema, Nullable = nullable, PreserveUnknown = preserve };
        }
    }

    /// <summary>
    /// Since Kubernetes 1.22 undeclared members are owned leaf by leaf. Before, each was one value in an object that declares none, unless one above it keeps
    /// unknown fields beside those it declares.
    /// </summary>
    private static TypeSchema Unknown(BuiltInTypes types, bool deduced) => types.Minor > 21 || deduced ? TypeSchema.Untyped : TypeSchema.Opaque;

    private static TypeSchema List(JsonObject schema, BuiltInTypes types, bool nullable, bool within)
    {
        var topology = schema.Text("x-kubernetes-list-type") switch { "set" => ListTopology.Set, "map" => ListTopology.Map, _ => ListTopology.Atomic };
        return new TypeSchema(ValueKind.List)
        {
            Rules = schema,
            Nullable = nullable,
            Topology = topology,
            Keys = topology == ListTopology.Map
                ? [.. (schema.Items("x-kubernetes-list-map-keys") ?? []).Select(key => key?.GetValue<string>() ?? string.Empty)]
                : [],
            Items = schema.Child("items") is { } items ? Type(items, types, within) : TypeSchema.Untyped,
        };
    }

    private static TypeSchema Object(JsonObject schema, BuiltInTypes types, bool nullable, bool preserve, bool within)
    {
        var atomic = schema.Text("x-kubernetes-map-type") == "atomic";
        if (schema.Child("properties") is null && schema["additionalProperties"] is { } additional)
        {
            return new TypeSchema(ValueKind.Map)
            {
                Rules = schema,
                Nullable = nullable,
                Atomic = atomic,
                PreserveUnknown = true,
                Items = additional is JsonObject items ? Type(items, types, within) : TypeSchema.Untyped,
            };
        }

        var properties = schema.Child("properties");
        var deduced = within || (preserve && properties is not null);
        var embedded = schema.Flag("x-kubernetes-embedded-resource");
        var result = new TypeSchema(ValueKind.Object)
        {
            Rules = schema,
            Nullable = nullable,
            Atomic = atomic,
            PreserveUnknown = preserve,
            Embedded = embedded,
            UnknownMembers = Unknown(types, deduced),
        };
        foreach (var (name, property) in properties ?? [])
        {
            if (property is JsonObject declared)
            {
                result.Fields[name] = new FieldSchema(name, Type(declared, types, deduced), true, false, declared["default"]?.DeepClone());
            }
        }

        if (embedded)
        {
            types.AddEnvelope(result);
        }

        return result;
    }
}
