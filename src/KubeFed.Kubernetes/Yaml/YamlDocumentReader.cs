using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KubeFed.Kubernetes.Yaml;

/// <summary>Reads one document, with anchors, aliases and merge keys.</summary>
internal sealed class YamlDocumentReader(IParser parser)
{
    private const int MaxDepth = 512;

    // Aliases to aliases grow exponentially; an object a server takes has at most some ten thousand nodes (etcd's limit is 1.5 MB).
    private const int MaxNodes = 1_000_000;

    private const string MergeKey = "<<";

    private readonly Dictionary<AnchorName, JsonNode?> _anchors = [];
    private int _nodes;

    public JsonNode? Read() => Node(0);

    private JsonNode? Node(int depth)
    {
        if (depth > MaxDepth)
        {
            throw Fault($"nested deeper than {MaxDepth} levels");
        }

        Count(1);
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            if (!_anchors.TryGetValue(alias.Value, out var known))
            {
                throw Fault($"the alias *{alias.Value} has no anchor before it", alias);
            }

            Count(Size(known));
            return known?.DeepClone();
        }

        var start = parser.Current as NodeEvent ?? throw Fault("a value was expected");
        var anchor = start.Anchor;
        var node = start switch
        {
            Scalar => YamlScalar.ToJson(parser.Consume<Scalar>()),
            SequenceStart => Sequence(depth),
            MappingStart => Mapping(depth),
            _ => throw Fault("a value was expected"),
        };
        if (!anchor.IsEmpty)
        {
            _anchors[anchor] = node?.DeepClone();
        }

        return node;
    }

    private JsonArray Sequence(int depth)
    {
        parser.Consume<SequenceStart>();
        var array = new JsonArray();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            array.Add(Node(depth + 1));
        }

        return array;
    }

    private JsonObject Mapping(int depth)
    {
        parser.Consume<MappingStart>();
        var json = new JsonObject();
        var merged = new List<JsonObject>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = parser.TryConsume<Scalar>(out var scalar) ? scalar : throw Fault("a key must be a plain text, not a list or a map");
            var value = Node(depth + 1);
            if (key is { Value: MergeKey, Style: ScalarStyle.Plain })
            {
                merged.AddRange(Merged(value, key));
            }
            else if (!json.TryAdd(key.Value, value))
            {
                throw Fault($"the key '{key.Value}' stands twice in one map", key);
            }
        }

        foreach (var (key, value) in merged.SelectMany(map => map))
        {
            json.TryAdd(key, value?.DeepClone());
        }

        return json;
    }

    private static IEnumerable<JsonObject> Merged(JsonNode? value, Scalar key) => value switch
    {
        JsonObject map => [map],
        JsonArray maps when maps.All(map => map is JsonObject) => maps.OfType<JsonObject>(),
        _ => throw Fault("<< needs a map, or a list of maps", key),
    };

    private void Count(int nodes)
    {
        _nodes += nodes;
        if (_nodes > MaxNodes)
        {
            throw Fault($"more than {MaxNodes} values once its aliases are filled in");
        }
    }

    private static int Size(JsonNode? node) => node switch
    {
        JsonObject map => 1 + map.Sum(pair => Size(pair.Value)),
        JsonArray list => 1 + list.Sum(Size),
        _ => 1,
    };

    private YamlTextException Fault(string reason) => Fault(reason, parser.Current);

    private static YamlTextException Fault(string reason, ParsingEvent? place) =>
        new($"Line {place?.Start.Line ?? 1}, column {place?.Start.Column ?? 1}: {reason}.", place?.Start.Line ?? 1, place?.Start.Column ?? 1);
}
