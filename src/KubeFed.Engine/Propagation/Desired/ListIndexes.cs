using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Engine.Propagation.Desired;

/// <summary>Reads list indexes as KubeFed's patch library did, which took leading zeros and a sign where RFC 6901 knows neither.</summary>
/// <remarks>E-74, P-64.</remarks>
internal static class ListIndexes
{
    /// <summary>The path with every list index as RFC 6901 writes it: <c>/containers/+00</c> becomes <c>/containers/0</c>.</summary>
    /// <param name="path">The path as it was written.</param>
    /// <param name="document">Tells which tokens are indexes: those below a list.</param>
    /// <param name="negative">What is wrong with an index below zero, and what to write instead; null when there is none.</param>
    public static JsonPointer Plain(JsonPointer path, JsonNode document, out string? negative)
    {
        negative = null;
        JsonNode? node = document;
        var plain = JsonPointer.Root;
        foreach (var token in path.Tokens)
        {
            var written = token;
            if (node is JsonArray list && Index(token) is { } index)
            {
                if (index.Sign < 0)
                {
                    var meant = list.Count + index;
                    var counted = $"'{token}' is a negative index, and RFC 6901 knows none";
                    negative = meant.Sign < 0
                        ? $"{counted}; the list has {list.Count}, so there is no such element"
                        : $"{counted}; write {plain.Append(meant.ToString(CultureInfo.InvariantCulture))}, or end an add with '-' to append";
                    return path;
                }

                written = index.ToString(CultureInfo.InvariantCulture);
            }

            plain = plain.Append(written);
            node = node switch
            {
                JsonObject map => map[written],
                JsonArray inner when JsonPointer.Root.Append(written).TryFind(inner, out var element) => element,
                _ => null,
            };
        }

        return plain;
    }

    private static BigInteger? Index(string token) =>
        BigInteger.TryParse(token, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index) ? index : null;
}
