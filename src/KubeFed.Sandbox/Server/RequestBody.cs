using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeFed.Sandbox.Server;

/// <summary>Reads request bodies: JSON, or YAML where a client says so.</summary>
internal static class RequestBody
{
    private const string ApplyPatch = "application/apply-patch+yaml";

    /// <exception cref="ApiError">400 or 415.</exception>
    public static JsonObject Object(SandboxRequest request, string kind = "")
    {
        var type = MediaType(request);
        if (type is not ("" or "application/json" or "application/yaml" or ApplyPatch))
        {
            throw new ApiError(
                415,
                "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf");
        }

        return Node(request, yaml: type is "application/yaml" or ApplyPatch) as JsonObject
            ?? throw Errors.BadRequest($"the object provided is unrecognized (must be of type {kind}): {NoKind("array")} ({System.Convert.ToHexStringLower(request.Body.Span[..Math.Min(request.Body.Length, 1024)])})");
    }

    /// <summary>What a server says of a body that is no object.</summary>
    public static string NoKind(string found) =>
        $"couldn't get version/kind; json parse error: json: cannot unmarshal {found} into Go value of type struct "
        + "{ APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }";

    public static JsonNode? Node(SandboxRequest request, bool yaml)
    {
        if (request.Body.IsEmpty)
        {
            return null;
        }

        try
        {
            return yaml ? YamlBody.Read(request.Body.Span) : WireJson.Parse(request.Body.Span);
        }
        catch (JsonException bad)
        {
            throw Errors.BadRequest("couldn't get version/kind; json parse error: " + bad.Message);
        }
        catch (YamlBodyException bad)
        {
            var where = MediaType(request) == ApplyPatch ? "error decoding YAML: " : string.Empty;
            throw Errors.BadRequest($"{where}error converting YAML to JSON: yaml: {bad.Message}");
        }
    }

    public static string MediaType(SandboxRequest request) => (request.Header("content-type") ?? string.Empty).Split(';')[0].Trim().ToLowerInvariant();
}
