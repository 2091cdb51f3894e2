using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Kubernetes.Objects;

/// <summary>The <c>metav1.Status</c> an API server answers with when it refuses a request.</summary>
public sealed record KubeStatus(int Code, string Reason, string Message)
{
    /// <summary>One entry per offending field: <c>spec.replicas</c>, <c>FieldValueInvalid</c>, the server's text.</summary>
    public IReadOnlyList<KubeStatusCause> Causes { get; init; } = [];

    /// <summary>The resource kind and name the server blames; empty when it names none.</summary>
    public string Kind { get; init; } = string.Empty;

    public string Name { get; init; } = string.Empty;

    /// <summary>How long the server asks to wait before the next try, if it does.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// Reads a Status body; anything else becomes a Status that carries the code and, shortened, the body's text. All texts are made printable.
    /// </summary>
    public static KubeStatus Parse(int httpCode, string? body, TimeSpan? retryAfter = null)
    {
        JsonObject? json = null;
        try
        {
            json = body is null ? null : JsonText.Parse(body) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            // Proxies and load balancers answer in HTML or plain text; the text itself is then the message.
        }

        if (json is null || Text(json, "kind") != "Status")
        {
            return new KubeStatus(httpCode, DefaultReason(httpCode), Shorten(body)) { RetryAfter = retryAfter };
        }

        var details = json["details"] as JsonObject;
        var seconds = details?["retryAfterSeconds"] is JsonValue value && value.TryGetValue<double>(out var number) ? number : 0;
        return new KubeStatus(
            json["code"] is JsonValue code && code.TryGetValue<int>(out var parsed) && parsed != 0 ? parsed : httpCode,
            Text(json, "reason") is { Length: > 0 } reason ? reason : DefaultReason(httpCode),
            Text(json, "message") ?? string.Empty)
        {
            Kind = Text(details, "kind") ?? string.Empty,
            Name = Text(details, "name") ?? string.Empty,
            RetryAfter = retryAfter ?? (seconds is > 0 and < 86400 ? TimeSpan.FromSeconds(seconds) : null),
            Causes = details?["causes"] is JsonArray causes
                ? [.. causes.OfType<JsonObject>().Select(c => new KubeStatusCause(Text(c, "field") ?? "", Text(c, "reason") ?? "", Text(c, "message") ?? ""))]
                : [],
        };
    }

    private static string? Text(JsonObject? parent, string key) =>
        parent?[key] is JsonValue value && value.TryGetValue<string>(out var text) ? Printable.Of(text) : null;

    private static string Shorten(string? body)
    {
        var text = body?.Trim() ?? string.Empty;
        return Printable.Of(text.Length <= 512 ? text : string.Concat(text.AsSpan(0, 512), " ..."));
    }

    private static string DefaultReason(int code) => code switch
    {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        406 => "NotAcceptable",
        409 => "Conflict",
        410 => "Gone",
        413 => "RequestEntityTooLarge",
        415 => "UnsupportedMediaType",
        422 => "Invalid",
        429 => "TooManyRequests",
        500 => "InternalError",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        _ => "Unknown",
    };
}

/// <summary>One field the server objects to.</summary>
public sealed record KubeStatusCause(string Field, string Reason, string Message);
