using System.Globalization;
using System.Text.Json.Nodes;

namespace KubeFed.Engine.Scheduling.State;

/// <summary>Reads resource quantities: <c>100m</c>, <c>1.5</c>, <c>128Mi</c>, <c>2e3</c>.</summary>
/// <remarks>The grammar of Kubernetes' resource.Quantity, read-only.</remarks>
internal static class Quantity
{
    private static readonly (string Suffix, decimal Factor)[] _suffixes =
    [
        ("Ki", 1024m), ("Mi", 1024m * 1024), ("Gi", 1024m * 1024 * 1024), ("Ti", 1024m * 1024 * 1024 * 1024), ("Pi", 1024m * 1024 * 1024 * 1024 * 1024),
        ("Ei", 1024m * 1024 * 1024 * 1024 * 1024 * 1024), ("n", 1e-9m), ("u", 1e-6m), ("m", 1e-3m), ("k", 1e3m), ("M", 1e6m), ("G", 1e9m), ("T", 1e12m),
        ("P", 1e15m), ("E", 1e18m),
    ];

    /// <summary>Null when the node is no quantity.</summary>
    public static decimal? Read(JsonNode? node)
    {
        if (node is not JsonValue value)
        {
            return null;
        }

        var text = value.TryGetValue<string>(out var given) ? given.Trim() : value.ToJsonString();
        foreach (var (suffix, factor) in _suffixes)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal))
            {
                return Number(text[..^suffix.Length]) * factor;
            }
        }

        return Number(text);
    }

    private static decimal? Number(string text) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
