using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeFed.Kubernetes.Yaml;

/// <summary>Reads JSON values that follow each other, until something else comes.</summary>
/// <param name="text">The whole text.</param>
/// <param name="start">Where to begin in it.</param>
internal sealed class JsonStream(string text, int start)
{
    private const int MaxDepth = 512;

    private readonly byte[] _utf8 = Encoding.UTF8.GetBytes(text[start..]);
    private int _at;

    // Line feeds in the last value, which count for the next one.
    private int _passed;

    /// <summary>Where the last value that was read ends in the whole text.</summary>
    public int End => start + Encoding.UTF8.GetCharCount(_utf8.AsSpan(0, _at));

    /// <summary>Where the next value begins in the whole text.</summary>
    public int Next => start + Encoding.UTF8.GetCharCount(_utf8.AsSpan(0, _at + Blanks));

    /// <summary>What of the last value is not taken as it is written.</summary>
    public IReadOnlyList<YamlTextException> Remarks { get; private set; } = [];

    /// <summary>The line that the value begins in which was read last, or could not be read; from 1.</summary>
    public long Line { get; private set; } = 1L + text.AsSpan(0, start).Count('\n');

    /// <summary>True when nothing but white space is left.</summary>
    public bool AtEnd => _at + Blanks == _utf8.Length;

    private int Blanks => _utf8.AsSpan(_at).IndexOfAnyExcept(" \t\r\n"u8) is >= 0 and var blanks ? blanks : _utf8.Length - _at;

    /// <summary>The next value; null for JSON's null.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="YamlTextException">It is JSON, and holds what can't be kept; the next value can be read all the same.</exception>
    public JsonNode? Read()
    {
        Pass(Blanks);
        var reader = new Utf8JsonReader(
            _utf8.AsSpan(_at),
            isFinalBlock: true,
            new JsonReaderState(new JsonReaderOptions { MaxDepth = MaxDepth, AllowMultipleValues = true }));
        using var value = JsonDocument.ParseValue(ref reader);
        var remarks = new List<YamlTextException>();
        Remarks = remarks;
        var end = _at + (int)reader.BytesConsumed;
        _passed = _utf8.AsSpan(_at, end - _at).Count((byte)'\n');
        _at = end;
        return ToNode(value.RootElement, Line, remarks);
    }

    private void Pass(int bytes)
    {
        Line += _passed + _utf8.AsSpan(_at, bytes).Count((byte)'\n');
        _passed = 0;
        _at += bytes;
    }

    private static JsonNode? ToNode(JsonElement element, long line, List<YamlTextException> remarks)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(item => ToNode(item, line, remarks))]);
            case JsonValueKind.Object:
                return ToMap(element, line, remarks);
            case JsonValueKind.String:
                return JsonValue.Create(Whole(element.GetString, line));
            case JsonValueKind.Number when !double.IsFinite(element.GetDouble()):
                throw Fault($"the number {element.GetRawText()} is too large", line);
            default:
                return JsonValue.Create(element.Clone());
        }
    }

    private static JsonObject ToMap(JsonElement element, long line, List<YamlTextException> remarks)
    {
        var map = new JsonObject();
        foreach (var property in element.EnumerateObject())
        {
            var key = Whole(() => property.Name, line);
            if (map.ContainsKey(key))
            {
                remarks.Add(Fault($"the key '{key}' stands twice in one object, and the last one counts; take the others out", line));
            }

            map[key] = ToNode(property.Value, line, remarks);
        }

        return map;
    }

    private static string Whole(Func<string?> read, long line)
    {
        try
        {
            return read()!;
        }
        catch (InvalidOperationException)
        {
            throw Fault("an escape stands for half a character", line);
        }
    }

    private static YamlTextException Fault(string reason, long line) =>
        new($"Line {line}, column 1: in the JSON value that begins here, {reason}.", line, 1);
}
