using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Api.Validation;

/// <summary>What a KubeFedCluster must be like to be stored. Pure.</summary>
/// <remarks>A-10 to A-18 for the object, A-20 for its status.</remarks>
public static class KubeFedClusterValidation
{
    private static readonly string[] Schemes = ["http", "https"];
    private static readonly string[] TlsChecks = ["*", "SubjectName", "ValidityPeriod"];
    private static readonly string[] ConditionTypes = ["Ready", "Offline", "ConfigMalformed"];
    private static readonly string[] ConditionStatuses = ["True", "False", "Unknown"];

    public static IReadOnlyList<FieldError> Check(KubeObject cluster)
    {
        var spec = cluster.Spec;
        return
        [
            .. Endpoint(spec.Text("apiEndpoint") ?? string.Empty, "spec.apiEndpoint"),
            .. SecretName(spec.Map("secretRef").Text("name") ?? string.Empty, "spec.secretRef.name"),
            .. Checks(spec.Texts("disabledTLSValidations"), "spec.disabledTLSValidations"),
            .. Proxy(spec.Text("proxyURL") ?? string.Empty, "spec.proxyURL"),
        ];
    }

    public static IReadOnlyList<FieldError> CheckStatus(KubeObject cluster)
    {
        var conditions = cluster.Status.List("conditions") ?? [];
        return [.. conditions.SelectMany((condition, i) => Condition(condition as JsonObject, $"status.conditions[{i}]"))];
    }

    private static IEnumerable<FieldError> Endpoint(string text, string path)
    {
        if (text.Length == 0)
        {
            yield return FieldError.Required(path);
        }
        else if (!ApiEndpoint.TrySplit(text, out var scheme, out _, out var port, out _, out var error))
        {
            yield return FieldError.Invalid(path, text, error);
        }
        else
        {
            if (!Schemes.Contains(scheme, StringComparer.Ordinal))
            {
                yield return FieldError.Unsupported(path, scheme, Schemes);
            }

            if (port.Length > 0 && !(int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65535))
            {
                JsonNode shown = long.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var any) ? any : port;
                yield return FieldError.Invalid(path, shown, "must be between 1 and 65535, inclusive");
            }
        }
    }

    private static IEnumerable<FieldError> SecretName(string name, string path) =>
        name.Length == 0 ? [FieldError.Required(path)] : FieldChecks.Subdomain(name, path);

    private static IEnumerable<FieldError> Checks(IReadOnlyList<string> names, string path)
    {
        foreach (var name in names)
        {
            if (name.Length == 0)
            {
                yield return FieldError.Required(path);
            }
            else if (!TlsChecks.Contains(name, StringComparer.Ordinal))
            {
                yield return FieldError.Unsupported(path, name, TlsChecks);
            }
        }

        if (names.Count > 1 && names.Contains("*"))
        {
            var list = new JsonArray([.. names.Select(name => JsonValue.Create(name))]);
            yield return FieldError.Invalid(path, list, "when * is specified, it is expected to be the only option in list");
        }
    }

    private static IEnumerable<FieldError> Proxy(string text, string path)
    {
        if (text.Length == 0)
        {
            yield break;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon < 0 ? string.Empty : text[..colon];
        if (scheme is not ("http" or "https" or "socks5"))
        {
            yield return FieldError.Invalid(path, text, "proxy URL scheme must be one of: [http, https, socks5]");
        }
        else if (!Uri.TryCreate(text, UriKind.Absolute, out _))
        {
            yield return FieldError.Invalid(path, text, "error parsing the proxy URL");
        }
    }

    private static IEnumerable<FieldError> Condition(JsonObject? condition, string path) =>
    [
        .. FieldChecks.OneOf(condition, "type", path, ConditionTypes),
        .. FieldChecks.OneOf(condition, "status", path, ConditionStatuses),
        .. HasTime(condition.Text("lastProbeTime")) ? Array.Empty<FieldError>() : [FieldError.Required($"{path}.lastProbeTime")],
    ];

    private static bool HasTime(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time.UtcDateTime != DateTime.MinValue;
}
