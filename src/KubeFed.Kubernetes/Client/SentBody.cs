using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Kubernetes.Client;

/// <summary>Writes what a request carries, or says why it can't arrive as it is.</summary>
internal static class SentBody
{
    /// <summary>As deep as this library reads.</summary>
    private const int MaxDepth = 512;

    /// <summary>UTF-8 JSON, on one line.</summary>
    /// <exception cref="InvalidRequestException">A text holds half of a surrogate pair, or the value is nested more than 512 levels deep.</exception>
    public static byte[] Json(JsonNode value)
    {
        Check(value);
        return JsonText.WriteUtf8(value);
    }

    /// <summary>JSON that a reader of YAML takes for the same.</summary>
    /// <inheritdoc cref="Json"/>
    public static byte[] Apply(JsonNode value)
    {
        Check(value);
        return ApplyBody.Write(value);
    }

    private static void Check(JsonNode value)
    {
        if (IsDeeper(value, MaxDepth))
        {
            throw new InvalidRequestException(
                "object", string.Empty, string.Create(CultureInfo.InvariantCulture, $"is nested more than {MaxDepth} levels deep"));
        }

        if (HalfCharacter.Find(value) is { } half)
        {
            throw new InvalidRequestException("field", half.Path, half.Message) { Remedy = HalfCharacter.Remedy };
        }
    }

    private static bool IsDeeper(JsonNode? node, int left) => node switch
    {
        JsonObject map => left == 0 || map.Any(member => IsDeeper(member.Value, left - 1)),
        JsonArray list => left == 0 || list.Any(item => IsDeeper(item, left - 1)),
        _ => false,
    };
}
