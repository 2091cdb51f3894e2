using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Builtins;

/// <summary>What a server checks in ConfigMaps and Secrets.</summary>
internal static class DataValidation
{
    private static readonly string[] TlsKeys = ["tls.crt", "tls.key"];
    private static readonly string[] DataFields = ["data", "binaryData"];

    public static void Keys(JsonObject value, string field, List<FieldError> errors)
    {
        foreach (var (key, _) in value.Child(field) ?? [])
        {
            if (key.Length > 253 || key.Length == 0 || !key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            {
                errors.Add(FieldError.Invalid(
                    $"{field}[{key}]",
                    JsonValue.Create(key),
                    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"));
            }
        }
    }

    public static void Secret(JsonObject value, List<FieldError> errors)
    {
        var data = value.Child("data");
        switch (value.Text("type"))
        {
            case "kubernetes.io/service-account-token":
                if (string.IsNullOrEmpty((value.At("metadata.annotations") as JsonObject).Text("kubernetes.io/service-account.name")))
                {
                    errors.Add(FieldError.Required("metadata.annotations[kubernetes.io/service-account.name]"));
                }

                break;
            case "kubernetes.io/dockerconfigjson" when data?.ContainsKey(".dockerconfigjson") != true:
                errors.Add(FieldError.Required("data[.dockerconfigjson]"));
                break;
            case "kubernetes.io/tls":
                foreach (var key in TlsKeys.Where(key => data?.ContainsKey(key) != true))
                {
                    errors.Add(FieldError.Required($"data[{key}]"));
                }

                break;
        }
    }

    public static void Unchanged(JsonObject before, JsonObject value, List<FieldError> errors)
    {
        if (!before.Flag("immutable"))
        {
            return;
        }

        if (!value.Flag("immutable"))
        {
            errors.Add(FieldError.Forbidden("immutable", "field is immutable when `immutable` is set"));
        }

        foreach (var field in DataFields.Where(field => !WireJson.Same(before[field], value[field])))
        {
            errors.Add(FieldError.Forbidden(field, "field is immutable when `immutable` is set"));
        }
    }
}
