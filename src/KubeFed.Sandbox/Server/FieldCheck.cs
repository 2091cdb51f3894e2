using System.Text.Json.Nodes;
using KubeFed.Sandbox.Schema;

namespace KubeFed.Sandbox.Server;

/// <summary>What a server does about fields it does not know: refuse the write, warn and drop them, or drop them silently.</summary>
/// <remarks>KEP-2885 (fieldValidation), from Kubernetes 1.25 on; older servers drop them silently.</remarks>
internal sealed class FieldCheck
{
    private const int FirstMinor = 25;

    private readonly bool _strict;
    private readonly bool _looks;
    private readonly List<string> _unknown = [];

    private FieldCheck(bool strict, bool looks)
    {
        _strict = strict;
        _looks = looks;
    }

    /// <exception cref="ApiError">422: fieldValidation has no known value.</exception>
    public static FieldCheck For(RequestInfo info, int minor)
    {
        var wanted = info.Parameter("fieldValidation") ?? string.Empty;
        if (minor < FirstMinor)
        {
            return new FieldCheck(strict: false, looks: false);
        }

        if (wanted is "" or "Warn" or "Ignore" or "Strict")
        {
            return new FieldCheck(wanted == "Strict", wanted != "Ignore");
        }

        var fault = $"Unsupported value: {FieldError.Quote(wanted)}: supported values: \"Ignore\", \"Strict\", \"Warn\"";
        var options = info.Method switch { "POST" => "CreateOptions", "PUT" => "UpdateOptions", _ => "PatchOptions" };
        throw new ApiError(422, "Invalid", $"{options}.meta.k8s.io \"\" is invalid: fieldValidation: {fault}")
        {
            DetailsGroup = "meta.k8s.io",
            DetailsKind = options,
            Causes = [new ErrorCause("FieldValueNotSupported", fault, "fieldValidation")],
        };
    }

    /// <summary>Looks at an object as a client sent it.</summary>
    /// <exception cref="ApiError">400: it has unknown fields, and the client wants to be told so.</exception>
    public void Sent(ResourceType resource, JsonObject value)
    {
        if (Find(resource, value) is { } error)
        {
            throw Errors.BadRequest($"{resource.Kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}: {error}");
        }
    }

    /// <summary>Looks at an object as a patch made it.</summary>
    /// <exception cref="ApiError">422: it has unknown fields, and the client wants to be told so.</exception>
    public void Patched(ResourceType resource, JsonObject value, ReadOnlyMemory<byte> patch)
    {
        if (Find(resource, value) is not { } error)
        {
            return;
        }

        var fault = $"Invalid value: {FieldError.Quote(System.Text.Encoding.UTF8.GetString(patch.Span))}: {error}";
        throw new ApiError(422, "Invalid", $" \"\" is invalid: patch: {fault}") { Causes = [new ErrorCause("FieldValueInvalid", fault, "patch")] };
    }

    /// <summary>The answer, with a warning for each field that was dropped.</summary>
    public SandboxResponse Finish(SandboxResponse response) => _unknown.Count == 0
        ? response
        : response with
        {
            Headers = new Dictionary<string, string>(response.Headers) { ["Warning"] = string.Join(", ", _unknown.Select(text => $"299 - {FieldError.Quote(text)}")) },
        };

    private string? Find(ResourceType resource, JsonObject value)
    {
        if (_looks)
        {
            Walk(value, resource.Schema, string.Empty);
        }

        return _strict && _unknown.Count > 0 ? "strict decoding error: " + string.Join(", ", _unknown) : null;
    }

    private void Walk(JsonNode? value, TypeSchema type, string path)
    {
        switch (value)
        {
            case JsonObject map when type.Kind == ValueKind.Object:
                foreach (var (key, member) in map)
                {
                    var place = path.Length == 0 ? key : $"{path}.{key}";
                    if (type.Fields.TryGetValue(key, out var field))
                    {
                        Walk(member, field.Type, place);
                    }
                    else if (!type.PreserveUnknown)
                    {
                        _unknown.Add($"unknown field {FieldError.Quote(place)}");
                    }
                }

                break;
            case JsonObject map when type.Kind == ValueKind.Map:
                foreach (var (key, member) in map)
                {
                    Walk(member, type.Items, $"{path}.{key}");
                }

                break;
            case JsonArray list when type.Kind == ValueKind.List:
                foreach (var (index, item) in list.Index())
                {
                    Walk(item, type.Items, $"{path}[{index}]");
                }

                break;
        }
    }
}
