using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Kubernetes.Objects;

/// <summary>
/// Keeps what a Secret holds out of a server's words about it, which end up in terminals, logs and status: they name the path, never the value. API servers
/// quote values in what they say of fields, types and defaults, whole, in part, or in another notation.
/// </summary>
internal static partial class SecretContent
{
    private const string Mask = "***";

    /// <summary>Shorter values are no secret, and their letters would be found in any sentence.</summary>
    private const int ShortestMasked = 4;

    /// <summary>What servers say of these quotes nothing: the field is missing, must not be, or is too long.</summary>
    private static readonly string[] WordsWithoutValue = ["FieldValueRequired", "FieldValueForbidden", "FieldValueTooLong"];

    /// <summary>Whether objects of the resource hold Secrets: their own, or as the template of a federated one.</summary>
    public static bool IsIn(ApiResource resource) => resource is { Group: "", Kind: "Secret" } or { Kind: "FederatedSecret" };

    /// <summary>A refusal of a request, without what the request carries.</summary>
    /// <param name="status">The server's words.</param>
    /// <param name="body">The request's body, JSON.</param>
    public static KubeStatus Without(KubeStatus status, byte[]? body)
    {
        var values = Values(body);
        if (status.Code is not (400 or 422 or >= 500))
        {
            return status with
            {
                Message = Masked(status.Message, values),
                Causes = [.. status.Causes.Select(cause => cause with { Message = Masked(cause.Message, values) })],
            };
        }

        var causes = status.Causes.Select(cause => cause with { Message = Masked(MayQuote(cause) ? string.Empty : cause.Message, values) }).ToList();
        return status with
        {
            Message = status.Message.Length == 0 && causes.Count == 0 ? string.Empty : $"{Subject(status)} is refused{Why(causes, Named(status.Message))}",
            Causes = causes,
        };
    }

    private static string Why(List<KubeStatusCause> causes, List<string> places) =>
        causes.Count > 0 ? $": {string.Join("; ", causes.Select(Words))}"
        : places.Count > 0 ? $": {string.Join(", ", places)} can't be as it is"
        : "; the server's words are left out, for they may repeat what it holds";

    private static List<string> Named(string message) => [.. Places().Matches(message).Select(place => place.Value).Distinct(StringComparer.Ordinal)];

    private static string Subject(KubeStatus status) => status.Name.Length == 0 ? "the Secret" : $"the Secret {status.Name}";

    private static bool MayQuote(KubeStatusCause cause) => !WordsWithoutValue.Contains(cause.Reason, StringComparer.Ordinal)
        && (cause.Field.Length == 0
            || cause.Field.StartsWith("data", StringComparison.Ordinal)
            || cause.Field.StartsWith("stringData", StringComparison.Ordinal)
            || cause.Field.StartsWith("spec", StringComparison.Ordinal)
            || cause.Field.Contains("annotations", StringComparison.Ordinal));

    private static string Words(KubeStatusCause cause)
    {
        var words = cause.Message.Length > 0 ? cause.Message : cause.Reason.Length > 0 ? cause.Reason : "not as it must be";
        return $"{(cause.Field.Length == 0 ? "a field" : cause.Field)}: {words}";
    }

    private static string Masked(string text, IEnumerable<string> values) =>
        values.Aggregate(text, (current, value) => current.Replace(value, Mask, StringComparison.Ordinal));

    /// <summary>The texts that a body carries as values, and what they stand for in base64; the longest first, for one may be part of another.</summary>
    private static List<string> Values(byte[]? body)
    {
        JsonNode? json = null;
        try
        {
            json = body is null ? null : JsonText.Parse(body);
        }
        catch (JsonException)
        {
            // What is no JSON is nothing that this library sends; no value is known of it.
        }

        var found = new HashSet<string>(StringComparer.Ordinal);
        Collect(json, within: json is JsonArray, found);
        return [.. found.Where(value => value.Length >= ShortestMasked).OrderByDescending(value => value.Length)];
    }

    private static void Collect(JsonNode? node, bool within, HashSet<string> found)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (key, value) in map)
                {
                    Collect(value, (within && key is not ("op" or "path" or "from")) || key is "data" or "stringData" or "value" or "valueTemplate", found);
                }

                break;
            case JsonArray list:
                foreach (var item in list)
                {
                    Collect(item, within, found);
                }

                break;
            case JsonValue value when within && value.TryGetValue<string>(out var text):
                found.Add(text);
                var bytes = new byte[text.Length];
                if (Convert.TryFromBase64String(text, bytes, out var length))
                {
                    found.Add(Encoding.UTF8.GetString(bytes, 0, length).Trim());
                }

                break;
            case JsonValue value when within:
                found.Add(value.ToJsonString());
                break;
        }
    }

    /// <summary>The places that servers name in front of what is wrong there: <c>.data.pin</c>, <c>data[pin]</c>, <c>Secret.data</c>.</summary>
    [GeneratedRegex(
        @"(?<![A-Za-z0-9])(?:Secret)?\.?(?:data|stringData|immutable|metadata(?:\.[A-Za-z]+)?)(?:\.[A-Za-z0-9._-]+|\[[A-Za-z0-9._-]+\])?(?=: | of type )",
        RegexOptions.CultureInvariant)]
    private static partial Regex Places();
}
