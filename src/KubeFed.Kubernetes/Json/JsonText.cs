using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace KubeFed.Kubernetes.Json;

/// <summary>
/// The one way this library reads JSON that others wrote: strict about duplicate keys, which would otherwise surface as an untyped error when a
/// property is first touched, and deep enough for the schemas that custom resource definitions carry.
/// </summary>
public static class JsonText
{
    /// <summary>CRD schemas nest far beyond the 64 levels that are the library's default.</summary>
    private const int MaxDepth = 512;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    private static readonly JsonSerializerOptions Compact = new() { Encoder = LiteralEncoder.Instance, MaxDepth = MaxDepth };

    private static readonly JsonSerializerOptions Indented = new() { Encoder = LiteralEncoder.Instance, MaxDepth = MaxDepth, WriteIndented = true };

    private static ReadOnlySpan<byte> SurrogateEscape => "\\ud"u8;

    private static ReadOnlySpan<byte> UpperSurrogateEscape => "\\uD"u8;

    /// <exception cref="JsonException">Not JSON, nested too deeply, a key stands twice in one object, or an escape stands for half a character.</exception>
    public static JsonNode? Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    /// <summary>UTF-8; a byte-order mark is not accepted, as RFC 8259 says of senders.</summary>
    /// <exception cref="JsonException">As for text, or not UTF-8.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8)
    {
        Check(utf8);
        return JsonNode.Parse(utf8, nodeOptions: null, Options);
    }

    /// <inheritdoc cref="Parse(string)"/>
    public static JsonObject ParseObject(string text) =>
        Parse(text) as JsonObject ?? throw new JsonException("A JSON object was expected.");

    /// <inheritdoc cref="Parse(ReadOnlySpan{byte})"/>
    public static JsonObject ParseObject(ReadOnlySpan<byte> utf8) =>
        Parse(utf8) as JsonObject ?? throw new JsonException("A JSON object was expected.");

    /// <summary>A value of its own, for looking at before it becomes a <see cref="JsonNode"/>.</summary>
    /// <exception cref="JsonException">As for the other ways to read.</exception>
    public static JsonElement ParseElement(ReadOnlySpan<byte> utf8)
    {
        Check(utf8);
        return JsonElement.Parse(utf8, Options);
    }

    /// <summary>A document over bytes that must outlive it, for reading on the spot without making objects; the caller disposes of it.</summary>
    /// <exception cref="JsonException">As for the other ways to read.</exception>
    public static JsonDocument ParseDocument(ReadOnlyMemory<byte> utf8)
    {
        Check(utf8.Span);
        return JsonDocument.Parse(utf8, Options);
    }

    /// <summary>Writes a value as <see cref="Write(JsonNode)"/> does.</summary>
    public static void Write(JsonElement value, System.Buffers.IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = Compact.Encoder, MaxDepth = MaxDepth });
        value.WriteTo(writer);
    }

    /// <summary>On one line, escaping only what JSON demands.</summary>
    public static string Write(JsonNode? node) => node?.ToJsonString(Compact) ?? "null";

    /// <summary>Over several lines, for people to read and for kubectl to apply.</summary>
    public static string WriteIndented(JsonNode? node) => node?.ToJsonString(Indented) ?? "null";

    /// <summary>What stands between the quotes of a JSON string; halves of surrogate pairs stay what they are.</summary>
    internal static string Escape(string text)
    {
        var first = text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 && text.AsSpan().IndexOfAny('"', '\\') < 0;
        if (first)
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        Span<char> buffer = stackalloc char[LiteralEncoder.Instance.MaxOutputCharactersPerInputCharacter];
        foreach (var c in text)
        {
            if (LiteralEncoder.Instance.WillEncode(c))
            {
                escaped.Append(buffer[..LiteralEncoder.Encode(c, buffer)]);
            }
            else
            {
                escaped.Append(c);
            }
        }

        return escaped.ToString();
    }

    /// <summary>UTF-8, on one line.</summary>
    public static byte[] WriteUtf8(JsonNode? node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = Compact.Encoder, MaxDepth = MaxDepth }))
        {
            if (node is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                node.WriteTo(writer, Compact);
            }
        }

        return buffer.ToArray();
    }

    /// <summary>
    /// Bytes that are no UTF-8, and half a surrogate pair, escaped, are found by the library only when the text is first read as a string; here they are found
    /// at once.
    /// </summary>
    private static void Check(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            throw new JsonException("The bytes are not UTF-8.");
        }

        if (utf8.IndexOf(SurrogateEscape) >= 0 || utf8.IndexOf(UpperSurrogateEscape) >= 0)
        {
            CheckStrings(utf8);
        }
    }

    private static void CheckStrings(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            {
                try
                {
                    _ = reader.GetString();
                }
                catch (InvalidOperationException error)
                {
                    throw new JsonException("An escape stands for half a character.", error);
                }
            }
        }
    }
}
