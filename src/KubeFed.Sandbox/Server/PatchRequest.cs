using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Json;
using KubeFed.Sandbox.Patching;
using KubeFed.Sandbox.Schema;

namespace KubeFed.Sandbox.Server;

/// <summary>Reads a patch of any of the three kinds and carries it out on an object.</summary>
internal static class PatchRequest
{
    /// <summary>What the patch in a request makes of an object.</summary>
    public static Func<JsonObject, JsonObject> Read(ResourceType resource, RequestInfo info, SandboxRequest request, string type)
    {
        switch (type)
        {
            case "application/json-patch+json":
                var operations = RequestBody.Node(request, yaml: false) as JsonArray
                    ?? throw Errors.BadRequest("json: cannot unmarshal object into Go value of type jsonpatch.Patch");
                return value => ApplyJson(value, operations);
            case "application/merge-patch+json":
                var merge = RequestBody.Node(request, yaml: false) as JsonObject ?? throw NotAnObject(request);
                return value => (JsonObject)MergePatch.Apply(value, merge)!;
            case "application/strategic-merge-patch+json" when !resource.IsCustom:
                var strategic = RequestBody.Node(request, yaml: false) as JsonObject ?? throw Errors.BadRequest("error decoding patch: json: cannot unmarshal");
                return value => ApplyStrategic(value, strategic, info.Subresource == "scale" ? null : resource);
            default:
                if (type != "application/strategic-merge-patch+json")
                {
                    throw new ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type") { EmptyDetails = true };
                }

                throw new ApiError(
                    415,
                    "UnsupportedMediaType",
                    "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, "
                    + (resource.IsCustom ? string.Empty : "application/strategic-merge-patch+json, ")
                    + "application/apply-patch+yaml");
        }
    }

    /// <summary>Carries a patch out; the result still has to be the same object.</summary>
    public static JsonObject Apply(ResourceType resource, RequestInfo info, JsonObject current, Func<JsonObject, JsonObject> change)
    {
        var patched = change(current);
        if (patched["metadata"] is not JsonObject)
        {
            patched["metadata"] = new JsonObject();
        }

        var metadata = patched.Ensure("metadata");
        var old = current.Ensure("metadata");
        if (string.IsNullOrEmpty(metadata.Text("name")))
        {
            metadata["name"] = old.Text("name");
        }

        RequestChecks.Name(info, patched);

        if (patched.Text("kind") is { } kind && kind != resource.Kind)
        {
            throw Errors.BadRequest($"no kind \"{kind}\" is registered for version \"{resource.ApiVersion}\" in scheme \"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30\"");
        }

        return patched;
    }

    /// <summary>What a server says of a patch whose result makes no sense.</summary>
    public static ApiError Bad(string result, string reason)
    {
        var message = $"Invalid value: {FieldError.Quote(result)}: {reason}";
        return new ApiError(422, "Invalid", " \"\" is invalid: patch: " + message) { Causes = [new ErrorCause("FieldValueInvalid", message, "patch")] };
    }

    private static ApiError NotAnObject(SandboxRequest request) => Bad(Encoding.UTF8.GetString(request.Body.Span), RequestBody.NoKind("array"));

    private static JsonObject ApplyJson(JsonObject value, JsonArray operations)
    {
        try
        {
            return JsonPatch.ApplyToObject(value, operations);
        }
        catch (JsonPatchException)
        {
            throw new ApiError(422, "Invalid", "the server rejected our request due to an error in our request") { EmptyDetails = true };
        }
    }

    private static JsonObject ApplyStrategic(JsonObject value, JsonObject patch, ResourceType? resource)
    {
        try
        {
            return StrategicMergePatch.Apply(value, patch, resource?.Schema ?? TypeSchema.Untyped);
        }
        catch (StrategicPatchException bad)
        {
            throw new ApiError(500, string.Empty, bad.Message);
        }
    }
}
