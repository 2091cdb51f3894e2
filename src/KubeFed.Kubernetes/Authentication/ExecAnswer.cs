using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Text;
using KubeFed.Kubernetes.Yaml;

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
        var json = Read(output) ?? throw new FormatException("its output is neither a JSON object nor a YAML map");
        if (Text(json, "kind") != "ExecCredential")
        {
            throw new FormatException("its output is not an ExecCredential");
        }

        if (Text(json, "apiVersion") is var answered && answered != apiVersion)
        {
            throw new FormatException($"it answers with apiVersion '{Excerpt.Of(answered ?? string.Empty)}' where the kubeconfig says '{apiVersion}'");
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

    /// <summary>As JSON or YAML: client-go's decoder takes both.</summary>
    private static JsonObject? Read(string output)
    {
        try
        {
            return JsonText.ParseObject(output);
        }
        catch (JsonException)
        {
            // YAML is tried next; what is wrong with either may quote the credential.
        }

        try
        {
            return YamlText.Parse(output) as JsonObject;
        }
        catch (KubeException)
        {
            return null;
        }
    }

    private static DateTimeOffset? Expiry(JsonObject status)
    {
        if (Text(status, "expirationTimestamp") is not { } text)
        {
            return null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new FormatException($"its expirationTimestamp '{Excerpt.Of(text)}' is not a time");
    }

    private static string? Text(JsonObject parent, string field) =>
        parent[field] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;
}
