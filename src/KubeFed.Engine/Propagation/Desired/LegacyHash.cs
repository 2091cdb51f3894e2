using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace KubeFed.Engine.Propagation.Desired;

/// <summary>
/// The two hashes a KubeFed controller stores in PropagatedVersion objects, byte for byte, so that taking a host over re-sends nothing.
/// </summary>
/// <remarks>E-80, E-81; MD5 identifies here and protects nothing.</remarks>
public static class LegacyHash
{
    /// <summary>Of <c>spec.template</c>; the empty string when there is none.</summary>
    public static string OfTemplate(JsonNode? template) => template is null ? string.Empty : Hash(output => CanonicalJson.Write(output, template));

    /// <summary>Of <c>spec.overrides</c>, where absent and empty differ; the empty string when there is no spec.</summary>
    public static string OfOverrides(JsonObject? spec) => spec is null ? string.Empty : Hash(output =>
    {
        output.Write("{\"overrides\":"u8);
        if (spec["overrides"] is JsonArray items)
        {
            WriteList(output, items, WriteItem);
        }
        else
        {
            output.Write("null"u8);
        }

        output.Write("}"u8);
    });

    private static void WriteItem(ArrayBufferWriter<byte> output, JsonNode? node)
    {
        output.Write("{\"clusterName\":"u8);
        CanonicalJson.WriteString(output, Text(node, "clusterName"));
        if ((node as JsonObject)?["clusterOverrides"] is JsonArray { Count: > 0 } operations)
        {
            output.Write(",\"clusterOverrides\":"u8);
            WriteList(output, operations, WriteOperation);
        }

        output.Write("}"u8);
    }

    private static void WriteOperation(ArrayBufferWriter<byte> output, JsonNode? node)
    {
        output.Write("{"u8);
        if (Text(node, "op") is { Length: > 0 } op)
        {
            output.Write("\"op\":"u8);
            CanonicalJson.WriteString(output, op);
            output.Write(","u8);
        }

        output.Write("\"path\":"u8);
        CanonicalJson.WriteString(output, Text(node, "path"));
        if ((node as JsonObject)?["value"] is { } value)
        {
            output.Write(",\"value\":"u8);
            CanonicalJson.Write(output, value);
        }

        output.Write("}"u8);
    }

    private static void WriteList(ArrayBufferWriter<byte> output, JsonArray items, Action<ArrayBufferWriter<byte>, JsonNode?> write)
    {
        output.Write("["u8);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
            {
                output.Write(","u8);
            }

            write(output, items[i]);
        }

        output.Write("]"u8);
    }

    private static string Text(JsonNode? node, string member) =>
        node is JsonObject map && map[member] is JsonValue value && value.TryGetValue<string>(out var text) ? text : string.Empty;

    private static string Hash(Action<ArrayBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>(512);
        write(output);
        output.Write("\n"u8);
#pragma warning disable CA5351 // Compatibility with stored hashes; nothing is protected by it.
        return Convert.ToHexStringLower(MD5.HashData(output.WrittenSpan));
#pragma warning restore CA5351
    }
}
