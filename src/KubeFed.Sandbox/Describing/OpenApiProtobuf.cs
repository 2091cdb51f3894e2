using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Describing;

/// <summary>An OpenAPI 2.0 document in Protocol Buffers, the form that kubectl asks for when it checks manifests before it sends them.</summary>
/// <remarks>Messages and field numbers of gnostic's openapi.v2 (OpenAPIv2.proto); extensions travel as YAML texts, and JSON is YAML.</remarks>
internal static class OpenApiProtobuf
{
    private const string ExtensionPrefix = "x-";

    public static ReadOnlyMemory<byte> Document(JsonObject document)
    {
        var writer = new ProtobufWriter();
        writer.Text(1, document.Text("swagger"));
        writer.Message(2, info => info.Text(1, document.Child("info").Text("title")).Text(2, document.Child("info").Text("version")));
        writer.Message(8, paths => Named(paths, 2, document.Child("paths"), Path));
        writer.Message(9, definitions => Named(definitions, 1, document.Child("definitions"), Schema));
        return writer.Written;
    }

    private static void Path(ProtobufWriter writer, JsonNode item)
    {
        if (item.Child("patch") is { } patch)
        {
            writer.Message(8, operation => Operation(operation, patch));
        }
    }

    private static void Operation(ProtobufWriter writer, JsonObject operation)
    {
        writer.Text(5, operation.Text("operationId"));
        foreach (var parameter in operation.Items("parameters") ?? [])
        {
            // ParametersItem, Parameter, NonBodyParameter, QueryParameterSubSchema: each wraps the next.
            writer.Message(8, item => item.Message(1, any => any.Message(2, plain => plain.Message(
                3, query => query.Text(2, parameter.Text("in")).Text(4, parameter.Text("name")).Text(6, parameter.Text("type"))))));
        }

        Extensions(writer, 13, operation);
    }

    private static void Schema(ProtobufWriter writer, JsonNode node)
    {
        var schema = (JsonObject)node;
        writer.Text(1, schema.Text("$ref")).Text(2, schema.Text("format")).Text(4, schema.Text("description"));
        foreach (var required in schema.Items("required") ?? [])
        {
            writer.Text(19, required?.GetValue<string>());
        }

        if (schema.Child("additionalProperties") is { } additional)
        {
            writer.Message(21, item => item.Message(1, inner => Schema(inner, additional)));
        }

        if (schema.Text("type") is { } type)
        {
            writer.Message(22, item => item.Text(1, type));
        }

        if (schema.Child("items") is { } items)
        {
            writer.Message(23, item => item.Message(1, inner => Schema(inner, items)));
        }

        if (schema.Child("properties") is { } properties)
        {
            writer.Message(25, all => Named(all, 1, properties, Schema));
        }

        Extensions(writer, 31, schema);
    }

    private static void Extensions(ProtobufWriter writer, int field, JsonObject holder)
    {
        foreach (var (name, value) in holder.Where(member => member.Key.StartsWith(ExtensionPrefix, StringComparison.Ordinal)))
        {
            writer.Message(field, named => named.Text(1, name).Message(2, any => any.Text(2, JsonSerializer.Serialize(value, WireJson.Options))));
        }
    }

    /// <summary>A map: repeated messages of a name and a value.</summary>
    private static void Named(ProtobufWriter writer, int field, JsonObject? map, Action<ProtobufWriter, JsonNode> write)
    {
        foreach (var (name, value) in map ?? [])
        {
            writer.Message(field, named => named.Text(1, name).Message(2, inner => write(inner, value!)));
        }
    }
}
