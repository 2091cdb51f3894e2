using System.Text.Json.Nodes;

namespace KubeFed.Sandbox.Server;

/// <summary>Whether the object in a request is the one its URL speaks of.</summary>
internal static class RequestChecks
{
    /// <summary>Versions that servers no longer prefer but still know.</summary>
    private static readonly string[] OlderVersions = ["apps/v1beta1", "apps/v1beta2", "extensions/v1beta1", "batch/v1beta1", "networking.k8s.io/v1beta1"];

    /// <summary>The first minor version that looks at an applied object's group, version and kind together.</summary>
    private const int FirstWithWholeType = 27;

    /// <summary>The object is of the kind and version that the URL speaks.</summary>
    public static void Kind(ResourceType resource, JsonObject value)
    {
        var apiVersion = value.Text("apiVersion") ?? string.Empty;
        var kind = value.Text("kind") ?? string.Empty;
        if (resource.IsCustom && (apiVersion.Length == 0 || kind.Length == 0))
        {
            var missing = kind.Length == 0 ? "Kind" : "apiVersion";
            throw Errors.BadRequest(
                $"{resource.Kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}: Object '{missing}' is missing in '{value.ToJsonString(WireJson.Options)}'");
        }

        if (apiVersion.Length > 0 && apiVersion != resource.ApiVersion)
        {
            throw Errors.BadRequest(
                resource.IsCustom || OlderVersions.Contains(apiVersion)
                    ? $"the API version in the data ({apiVersion}) does not match the expected API version ({resource.ApiVersion})"
                    : $"{resource.Kind} in version \"{apiVersion}\" cannot be handled as a {resource.Kind}: no kind \"{kind}\" is registered for version \"{apiVersion}\"");
        }

        if (kind.Length > 0 && kind != resource.Kind)
        {
            throw resource.IsCustom
                ? Errors.Invalid(
                    resource with { Kind = kind },
                    value.At("metadata").Text("name") ?? string.Empty,
                    FieldError.Invalid("kind", JsonValue.Create(kind), $"must be {resource.Kind}"))
                : Errors.BadRequest(
                    $"{kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}: no kind \"{kind}\" is registered for version \"{resource.ApiVersion}\"");
        }
    }

    /// <summary>The same for an apply, which has to say more.</summary>
    public static void Applied(ResourceType resource, RequestInfo info, JsonObject config, int minor)
    {
        var version = config.Text("apiVersion") ?? string.Empty;
        if (minor >= FirstWithWholeType && (version != resource.ApiVersion || config.Text("kind") != resource.Kind))
        {
            var shown = version.Contains('/', StringComparison.Ordinal) ? version : $"/{version}";
            throw Errors.BadRequest($"invalid object type: {shown}, Kind={config.Text("kind")}");
        }

        if (version != resource.ApiVersion)
        {
            throw Errors.BadRequest($"Incorrect version specified in apply patch. Specified patch version: {version}, expected: {resource.ApiVersion}");
        }

        if (config.Text("kind") != resource.Kind)
        {
            throw Errors.BadRequest($"the kind in the data ({config.Text("kind")}) does not match the expected kind ({resource.Kind})");
        }

        if (string.IsNullOrEmpty(config.At("metadata").Text("name")))
        {
            throw Errors.BadRequest($"the name of the object ({info.Name} based on URL) was undeterminable: name must be provided");
        }

        Name(info, config);
    }

    /// <summary>The object has the name in the URL, or none.</summary>
    public static void Name(RequestInfo info, JsonObject value)
    {
        if (value.At("metadata").Text("name") is { Length: > 0 } name && name != info.Name)
        {
            throw Errors.BadRequest($"the name of the object ({name}) does not match the name on the URL ({info.Name})");
        }
    }
}
