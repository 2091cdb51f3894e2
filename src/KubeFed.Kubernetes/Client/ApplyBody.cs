using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Kubernetes.Client;

/// <summary>
/// Writes the body of a server-side apply: JSON that a reader of YAML 1.1 takes for the same value, because that is how API servers read it.
/// </summary>
/// <remarks>
/// YAML 1.1: characters above U+FFFF stand literally (section 5.6 knows no pairs of escapes for them), and a key whose text is longer than 1,024 characters is
/// one only behind a question mark (section 7.3.2, simple keys).
/// </remarks>
internal static class ApplyBody
{
    /// <summary>The longest key, quotes and escapes included, that is recognised without a question mark.</summary>
    private const int LongestSimpleKey = 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>UTF-8, on one line, of a value that <see cref="SentBody"/> has checked.</summary>
    public static byte[] Write(JsonNode value)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        Node(output, value);
        return output.WrittenSpan.ToArray();
    }

    private static void Node(ArrayBufferWriter<byte> output, JsonNode? node)
    {
        switch (node)
        {
            case null:
                output.Write("null"u8);
                break;
            case JsonObject map:
                Map(output, map);
                break;
            case JsonArray list:
                List(output, list);
                break;
            case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String:
                Text(output, scalar.GetValue<string>());
                break;
            default:
                output.Write(Strict.GetBytes(node.ToJsonString()));
                break;
        }
    }

    private static void Map(ArrayBufferWriter<byte> output, JsonObject map)
    {
        var separator = "{"u8;
        foreach (var (key, value) in map)
        {
            output.Write(separator);
            separator = ","u8;
            var quoted = Quoted(key);
            if (quoted.Length > LongestSimpleKey)
            {
                output.Write("? "u8);
                output.Write(quoted);
                output.Write(" : "u8);
            }
            else
            {
                output.Write(quoted);
                output.Write(":"u8);
            }

            Node(output, value);
        }

        output.Write(map.Count == 0 ? "{}"u8 : "}"u8);
    }

    private static void List(ArrayBufferWriter<byte> output, JsonArray list)
    {
        output.Write("["u8);
        for (var i = 0; i < list.Count; i++)
        {
            if (i > 0)
            {
                output.Write(","u8);
            }

            Node(output, list[i]);
        }

        output.Write("]"u8);
    }

    private static ReadOnlySpan<byte> Quoted(string text)
    {
        var output = new ArrayBufferWriter<byte>(text.Length + 16);
        Text(output, text);
        return output.WrittenSpan;
    }

    private static void Text(ArrayBufferWriter<byte> output, string text)
    {
        output.Write("\""u8);
        Strict.GetBytes(JsonText.Escape(text), output);
        output.Write("\""u8);
    }
}
