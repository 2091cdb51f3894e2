using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeFed.Kubernetes.Yaml;

/// <summary>
/// How much the aliases of one text may add to it. Aliases to aliases grow exponentially, and few bytes name a long text many times; an object that a server
/// takes has at most some ten thousand values and 1.5 MB (etcd's limit).
/// </summary>
internal sealed class AliasAllowance
{
    private const long MaxValues = 1_000_000;
    private const long MaxCharacters = 16 * 1024 * 1024;

    private long _values = MaxValues;
    private long _characters = MaxCharacters;

    /// <summary>Takes what one alias adds from the allowance; says why not where that is too much.</summary>
    public string? Take((long Values, long Characters) size)
    {
        _values -= size.Values;
        _characters -= size.Characters;
        return _values < 0 ? $"the aliases up to here stand for more than {MaxValues} values; write the text out, or split it"
            : _characters < 0 ? $"the aliases up to here stand for more than {MaxCharacters >> 20} MiB of text; write the text out, or split it"
            : null;
    }

    public static (long Values, long Characters) SizeOf(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                var (values, characters) = (1L, 0L);
                foreach (var (key, value) in map)
                {
                    var inner = SizeOf(value);
                    values += inner.Values;
                    characters += key.Length + inner.Characters;
                }

                return (values, characters);
            case JsonArray list:
                var items = list.Select(SizeOf).ToList();
                return (1 + items.Sum(item => item.Values), items.Sum(item => item.Characters));
            default:
                return (1, node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>().Length : 8);
        }
    }
}
