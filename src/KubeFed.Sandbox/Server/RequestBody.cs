using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeFed.Sandbox.Server;

/// <summary>Reads request bodies: JSON, or YAML where a client says so.</summary>
internal static class RequestBody
{
    /// <exception cref="ApiError">400 or 415.</exception>
    public static JsonObject Object(SandboxRequest request, string kind = "")
    {
        var type = MediaType(request);
        if (type is not ("" or "application/json" or "application/yaml" or "application/apply-patch+yaml"))
        {
            throw new ApiError(
                415,
                "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf");
        }

        return Node(request, yaml: type is "application/yaml" or "application/apply-patch+yaml") as JsonObject
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
            if (!yaml || request.Body.Span.TrimStart(" \n\r\t"u8) is [(byte)'{' or (byte)'[', ..])
            {
                return WireJson.Parse(request.Body.Span);
            }

            return FromYaml(Encoding.UTF8.GetString(request.Body.Span));
        }
        catch (JsonException bad)
        {
            throw Errors.BadRequest("couldn't get version/kind; json parse error: " + bad.Message);
        }
        catch (YamlException bad)
        {
            throw Errors.BadRequest("error converting YAML to JSON: yaml: " + bad.Message);
        }
    }

    public static string MediaType(SandboxRequest request) => (request.Header("content-type") ?? string.Empty).Split(';')[0].Trim().ToLowerInvariant();

    private static JsonNode? FromYaml(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Count == 0 ? null : Convert(stream.Documents[0].RootNode);
    }

    private static JsonNode? Convert(YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode map:
                var json = new JsonObject();
                foreach (var (key, value) in map.Children)
                {
                    json[Convert(key) is { } name ? name.GetValueKind() == JsonValueKind.String ? name.GetValue<string>() : name.ToJsonString() : "null"] = Convert(value);
                }

                return json;
            case YamlSequenceNode list:
                return new JsonArray([.. list.Children.Select(Convert)]);
            case YamlScalarNode scalar:
                return Scalar(scalar);
            default:
                return null;
        }
    }

    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? string.Empty;
        if (scalar.Style is not ScalarStyle.Plain)
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" or "y" or "Y" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => JsonValue.Create(true),
            "false" or "False" or "FALSE" or "n" or "N" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
            _ when text.Any(char.IsAsciiDigit) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) => JsonValue.Create(real),
            _ => JsonValue.Create(text),
        };
    }
}
