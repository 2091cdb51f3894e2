using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Kubernetes.Authentication;

/// <summary>The status of an ExecCredential. Never printed.</summary>
internal sealed class ExecAnswer
{
    public string? Token { get; private init; }

    public string? Certificate { get; private init; }

    public string? Key { get; private init; }

    public DateTimeOffset? Expires { get; private init; }

    /// <exception cref="FormatException">Says what is wrong with the answer, without repeating it: it may hold a secret.</exception>
    public static ExecAnswer Parse(string output, string apiVersion)
    {
        JsonObject json;
        try
        {
            json = JsonText.ParseObject(output);
        }
        catch (JsonException)
        {
            throw new FormatException("its output is not a JSON object");
        }

        if (Text(json, "kind") != "ExecCredential")
        {
            throw new FormatException("its output is not an ExecCredential");
        }

        if (Text(json, "apiVersion") is var answered && answered != apiVersion)
        {
            throw new FormatException($"it answers with apiVersion '{answered}' where the kubeconfig says '{apiVersion}'");
        }

        var status = json["status"] as JsonObject ?? throw new FormatException("its answer has no status");
        var answer = new ExecAnswer
        {
            Token = Text(status, "token"),
            Certificate = Text(status, "clientCertificateData"),
            Key = Text(status, "clientKeyData"),
            Expires = Expiry(status),
        };
        if ((answer.Certificate is null) != (answer.Key is null))
        {
            throw new FormatException("its answer has only one of clientCertificateData and clientKeyData");
        }

        return answer.Token is null && answer.Certificate is null
            ? throw new FormatException("its answer has neither a token nor a client certificate")
            : answer;
    }

    public override string ToString() => nameof(ExecAnswer);

    private static DateTimeOffset? Expiry(JsonObject status)
    {
        if (Text(status, "expirationTimestamp") is not { } text)
        {
            return null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new FormatException($"its expirationTimestamp '{text}' is not a time");
    }

    private static string? Text(JsonObject parent, string field) =>
        parent[field] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;
}
