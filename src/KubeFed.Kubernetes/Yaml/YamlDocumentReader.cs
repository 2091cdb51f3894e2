using System.Text.Json;
using System.Text.Json.Nodes;
using SharpYaml;
using SharpYaml.Events;

namespace KubeFed.Kubernetes.Yaml;

/// <summary>Reads the first document of some lines, with anchors, aliases and merge keys.</summary>
/// <param name="chunk">The lines.</param>
/// <param name="allowance">What the aliases of the whole text may still add.</param>
internal sealed class YamlDocumentReader(YamlChunk chunk, AliasAllowance allowance)
{
    private const int MaxDepth = 512;

    private const string MergeKey = "<<";

    private readonly IParser _parser = Parser.CreateParser(new StringReader(chunk.Text), MaxDepth + 2);
    private readonly Dictionary<string, (JsonNode? Node, long Values, long Characters)> _anchors = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private readonly List<YamlTextException> _remarks = [];

    public IReadOnlyList<YamlTextException> Remarks => _remarks;

    /// <summary>The line of the whole text that the content begins in, from 1.</summary>
    public long Line { get; private set; } = chunk.Line;

    /// <summary>Null where there is no document, or one that is null.</summary>
    /// <exception cref="YamlTextException">It can't be read.</exception>
    public JsonNode? Read()
    {
        try
        {
            return Document();
        }
        catch (YamlException error)
        {
            throw Fault(Reason(error), error.Start, error);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or IndexOutOfRangeException or NullReferenceException)
        {
            // A scanner that trips over a malformed text; the last thing it understood is the nearest place there is.
            throw Fault("the text is malformed from here on", _parser.Current?.End ?? Mark.Empty, error);
        }
    }

    private JsonNode? Document()
    {
        Next();
        Next();
        if (_parser.Current is not DocumentStart)
        {
            return null;
        }

        Next();
        Line = chunk.Line + _parser.Current!.Start.Line;
        var content = Node(0);
        RemarkOnTheRest();
        return content;
    }

    /// <summary>What follows the first document without a line of its own that separates them is read by nobody; that is told.</summary>
    private void RemarkOnTheRest()
    {
        var ended = _parser.Current!.End;
        Mark rest;
        try
        {
            Next();
            if (_parser.Current is StreamEnd)
            {
                return;
            }

            rest = _parser.Current!.Start;
        }
        catch (YamlException error)
        {
            rest = error.Start.Line > ended.Line ? error.Start : ended;
        }

        _remarks.Add(Fault("what follows is not read, as kubectl does not read it either; write a line with --- before it", rest));
    }

    /// <summary>Leaves the parser behind the value it reads.</summary>
    private JsonNode? Node(int depth)
    {
        if (depth > MaxDepth)
        {
            throw Fault($"nested deeper than {MaxDepth} levels");
        }

        if (_parser.Current is AnchorAlias alias)
        {
            var node = Known(alias).Node?.DeepClone();
            Next();
            return node;
        }

        var anchor = (_parser.Current as NodeEvent)?.Anchor;
        if (anchor is not null)
        {
            _open.Add(anchor);
        }

        var value = _parser.Current switch
        {
            Scalar scalar => Value(scalar),
            SequenceStart => Sequence(depth),
            MappingStart => Mapping(depth),
            _ => throw Fault("a value was expected"),
        };
        Keep(anchor, value);
        return value;
    }

    private void Keep(string? anchor, JsonNode? value)
    {
        if (anchor is not null)
        {
            var (values, characters) = AliasAllowance.SizeOf(value);
            _open.Remove(anchor);
            _anchors[anchor] = (value?.DeepClone(), values, characters);
        }
    }

    private (JsonNode? Node, long Values, long Characters) Known(AnchorAlias alias)
    {
        if (_open.Contains(alias.Value))
        {
            throw Fault($"the value of &{alias.Value} contains itself");
        }

        if (!_anchors.TryGetValue(alias.Value, out var known))
        {
            throw Fault($"the alias *{alias.Value} has no anchor before it");
        }

        return allowance.Take((known.Values, known.Characters)) is { } reason ? throw Fault(reason) : known;
    }

    private JsonNode? Value(Scalar scalar)
    {
        var value = Meant(scalar, YamlScalar.ToJson);
        Next();
        return value;
    }

    private JsonArray Sequence(int depth)
    {
        var array = new JsonArray();
        Next();
        while (_parser.Current is not SequenceEnd)
        {
            array.Add(Node(depth + 1));
        }

        Next();
        return array;
    }

    private JsonObject Mapping(int depth)
    {
        var json = new JsonObject();
        var written = new HashSet<string>(StringComparer.Ordinal);
        Next();
        while (_parser.Current is not MappingEnd)
        {
            var place = _parser.Current!.Start;
            if (_parser.Current is Scalar { Value: MergeKey } merge && (merge is { Style: ScalarStyle.Plain, Tag: null or "" } || IsMergeTag(merge.Tag)))
            {
                Next();
                Merge(json, depth, place);
                continue;
            }

            var key = Key();
            if (!written.Add(key))
            {
                _remarks.Add(Fault($"the key '{key}' stands twice in one map, and the last one counts; take the others out", place));
            }

            json[key] = Node(depth + 1);
        }

        Next();
        return json;
    }

    private string Key()
    {
        string key;
        switch (_parser.Current)
        {
            case Scalar scalar:
                key = Meant(scalar, YamlScalar.ToKey);
                Keep(scalar.Anchor, scalar.Anchor is null ? null : Meant(scalar, YamlScalar.ToJson));
                break;
            case AnchorAlias alias when Known(alias).Node is JsonValue known:
                key = known.GetValueKind() == JsonValueKind.String ? known.GetValue<string>() : YamlScalar.ToKey(YamlScalar.Plain(known.ToJsonString()));
                break;
            default:
                throw Fault("a key must be a plain text, not a list or a map; quote it if text is meant");
        }

        Next();
        return key;
    }

    /// <summary>Merged keys win over those written before them, as kubectl reads it, and of several maps the first wins.</summary>
    private void Merge(JsonObject json, int depth, Mark place)
    {
        var list = _parser.Current is SequenceStart;
        IEnumerable<JsonNode?> maps = Node(depth + 1) switch
        {
            JsonObject map => [map],
            JsonArray written when list => written.Reverse(),
            _ => [null],
        };
        foreach (var (key, value) in maps.SelectMany(map => map as JsonObject ?? throw Fault("<< needs a map, or a list of maps", place)))
        {
            json[key] = value?.DeepClone();
        }
    }

    private static bool IsMergeTag(string? tag) => tag is "tag:yaml.org,2002:merge" or "!!merge";

    private T Meant<T>(Scalar scalar, Func<object?, T> convert)
    {
        if (scalar.Style == ScalarStyle.DoubleQuoted
            && YamlCharacters.FirstUnknownEscape(chunk.Text.AsSpan()[scalar.Start.Index..Math.Min(scalar.End.Index, chunk.Text.Length)]) is { } unknown)
        {
            throw Fault($"YAML has no escape {unknown.Escape}; write the character itself", scalar.Start);
        }

        try
        {
            return convert(YamlScalar.Meaning(scalar));
        }
        catch (FormatException error)
        {
            throw Fault(error.Message, scalar.Start, error);
        }
    }

    private void Next()
    {
        if (!_parser.MoveNext())
        {
            throw Fault("the text ends too early");
        }
    }

    private YamlTextException Fault(string reason) => Fault(reason, _parser.Current?.Start ?? Mark.Empty);

    private YamlTextException Fault(string reason, Mark place, Exception? error = null)
    {
        var (line, column) = (chunk.Line + place.Line, place.Column + 1L);
        return new YamlTextException($"Line {line}, column {column}: {reason}.", line, column, error);
    }

    /// <summary>The scanner's own words, without the places it puts before them.</summary>
    private static string Reason(YamlException error)
    {
        var end = error.Message.StartsWith("(Lin:", StringComparison.Ordinal) ? error.Message.LastIndexOf("): ", StringComparison.Ordinal) : -1;
        var reason = (end < 0 ? error.Message : error.Message[(end + 3)..]).TrimEnd('.', ' ');
        return reason.Length == 0 ? "the text is malformed" : char.ToLowerInvariant(reason[0]) + reason[1..];
    }
}
