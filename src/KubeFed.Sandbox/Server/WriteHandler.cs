using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Json;
using KubeFed.Sandbox.Apply;
using KubeFed.Sandbox.Patching;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Server;

/// <summary>Answers creates, replaces, patches, applies and deletes of objects and their subresources.</summary>
internal sealed class WriteHandler(ClusterState cluster, ObjectWriter writer, ObjectDeleter deleter)
{
    /// <summary>Versions that servers no longer prefer but still know.</summary>
    private static readonly string[] OlderVersions = ["apps/v1beta1", "apps/v1beta2", "extensions/v1beta1", "batch/v1beta1", "networking.k8s.io/v1beta1"];

    public SandboxResponse Create(ResourceType resource, RequestInfo info, SandboxRequest request, string manager)
    {
        var value = RequestBody.Object(request, resource.Kind);
        CheckKind(resource, value);
        var check = FieldCheck.For(info, cluster.Version.Minor);
        check.Sent(resource, value);
        return check.Finish(Answer(resource, writer.Create(resource, info.Namespace, value, Context(info, manager))));
    }

    public SandboxResponse Replace(ResourceType resource, RequestInfo info, SandboxRequest request, string manager)
    {
        var value = RequestBody.Object(request);
        if (info.Subresource == "scale")
        {
            CheckName(info, value);
            _ = cluster.Store.Find(resource.StorageKey, Home(resource, info), info.Name) ?? throw Errors.NotFound(resource, info.Name);
            return Scale(resource, info, _ => value, manager);
        }

        CheckKind(resource, value);
        if (string.IsNullOrEmpty(value.At("metadata").Text("name")))
        {
            throw Errors.BadRequest($"the name of the object ({info.Name} based on URL) was undeterminable: name must be provided");
        }

        CheckName(info, value);
        var check = FieldCheck.For(info, cluster.Version.Minor);
        check.Sent(resource, value);
        var live = cluster.Store.Find(resource.StorageKey, Home(resource, info), info.Name);
        if (live is null)
        {
            if (resource.CreateOnUpdate && info.Subresource.Length == 0)
            {
                return check.Finish(Answer(resource, writer.Create(resource, info.Namespace, value, Context(info, manager))));
            }

            throw Errors.NotFound(resource, info.Name);
        }

        if (resource.Namespaced && value.At("metadata").Text("namespace") is { Length: > 0 } given && given != info.Namespace)
        {
            throw Errors.BadRequest($"the namespace of the object ({given}) does not match the namespace on the request ({info.Namespace})");
        }

        return check.Finish(Answer(resource, writer.Update(resource, live, _ => value, Context(info, manager))));
    }

    public SandboxResponse Patch(ResourceType resource, RequestInfo info, SandboxRequest request, string manager)
    {
        var type = RequestBody.MediaType(request);
        if (type == "application/apply-patch+yaml")
        {
            return Apply(resource, info, request, manager);
        }

        if (info.Parameter("force") is not null)
        {
            throw new ApiError(422, "Invalid", "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch")
            {
                DetailsGroup = "meta.k8s.io",
                DetailsKind = "PatchOptions",
                Causes = [new ErrorCause("FieldValueForbidden", "Forbidden: may not be specified for non-apply patch", "force")],
            };
        }

        var change = PatchOf(resource, info, request, type);
        if (info.Subresource == "scale")
        {
            return Scale(resource, info, change, manager);
        }

        var live = cluster.Store.Find(resource.StorageKey, Home(resource, info), info.Name) ?? throw Errors.NotFound(resource, info.Name);
        var check = FieldCheck.For(info, cluster.Version.Minor);
        JsonObject? patched = null;
        try
        {
            var result = writer.Update(
                resource,
                live,
                current =>
                {
                    patched = Patched(resource, info, current, change);
                    check.Patched(resource, patched, request.Body);
                    return patched;
                },
                Context(info, manager));
            return check.Finish(Answer(resource, result));
        }
        catch (UndecodableException bad) when (type != "application/strategic-merge-patch+json")
        {
            throw BadPatch(patched?.ToJsonString(WireJson.Options) ?? string.Empty, bad.Reason);
        }
    }

    public SandboxResponse Delete(ResourceType resource, RequestInfo info, SandboxRequest request)
    {
        var live = cluster.Store.Find(resource.StorageKey, Home(resource, info), info.Name) ?? throw Errors.NotFound(resource, info.Name);
        var options = DeleteRequest.From(RequestBody.Node(request, yaml: RequestBody.MediaType(request) == "application/yaml") as JsonObject, info);
        var result = deleter.Delete(resource, live, options);
        if (!result.Gone || ReturnsDeleted(resource))
        {
            var accepted = !result.Gone && options.OrphanDependents == false;
            return new SandboxResponse(accepted ? 202 : 200, "application/json") { Body = ObjectView.Json(result.Object, resource, cluster.Types) };
        }

        var details = new JsonObject { ["name"] = live.Name };
        if (resource.Group.Length > 0)
        {
            details["group"] = resource.Group;
        }

        details["kind"] = resource.Plural;
        details["uid"] = live.Uid;
        return Json(200, new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["details"] = details });
    }

    public SandboxResponse DeleteCollection(ResourceType resource, RequestInfo info, SandboxRequest request, ListHandler lists)
    {
        var options = DeleteRequest.From(RequestBody.Node(request, yaml: false) as JsonObject, info);
        var selection = Selection.Parse(resource, info);
        var answer = lists.List(resource, info, Negotiation.Default);
        foreach (var item in cluster.Store.Read(resource.StorageKey).Range(info.Namespace, null).Where(selection.Matches).ToList())
        {
            deleter.Delete(resource, item, options);
        }

        return answer;
    }

    public SandboxResponse GetScale(ResourceType resource, RequestInfo info)
    {
        var live = Scaled(resource, info);
        return Json(200, Subresources.Scale(resource, ObjectView.Parse(live, resource, cluster.Types)));
    }

    public static SandboxResponse Json(int code, JsonNode body) => new(code, "application/json") { Body = WireJson.Utf8(body) };

    public static string Home(ResourceType resource, RequestInfo info) => resource.Namespaced ? info.Namespace : string.Empty;

    private SandboxResponse Apply(ResourceType resource, RequestInfo info, SandboxRequest request, string manager)
    {
        var config = RequestBody.Object(request);
        if (string.IsNullOrEmpty(info.Parameter("fieldManager")))
        {
            throw new ApiError(422, "Invalid", "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch")
            {
                DetailsGroup = "meta.k8s.io",
                DetailsKind = "PatchOptions",
                Causes = [new ErrorCause("FieldValueRequired", "Required value: is required for apply patch", "fieldManager")],
            };
        }

        CheckApplied(resource, info, config);
        if (config.At("metadata.managedFields") is JsonArray { Count: > 0 })
        {
            throw Errors.BadRequest("metadata.managedFields must be nil");
        }

        var context = Context(info, manager);
        var live = cluster.Store.Find(resource.StorageKey, Home(resource, info), info.Name);
        try
        {
            TypedValues.Check(config, resource, cluster.Version.Minor);
            if (live is null)
            {
                if (info.Subresource.Length > 0)
                {
                    throw Errors.NotFound(resource, info.Name);
                }

                if (config.At("metadata").Text("uid") is { Length: > 0 } uid)
                {
                    throw Errors.Conflict(resource, info.Name, $"uid mismatch: the provided object specified uid {uid}, and no existing object was found");
                }

                return Answer(resource, writer.CreateApplied(resource, info.Namespace, config, context));
            }

            var force = info.Parameter("force") is "true" or "1";
            var subresource = cluster.Version.Minor >= 22 ? info.Subresource : string.Empty;
            var actor = new Writer(manager, resource.ApiVersion, subresource, cluster.Now) { OwnsEmpty = cluster.Version.Minor > 20 };
            return Answer(
                resource,
                writer.Update(
                    resource, live, current => FieldOwnership.Apply(current, ObjectWriter.Blank(resource), config, resource.Ownership, actor, force).Object, context, applied: true));
        }
        catch (TypedValueException bad)
        {
            var place = cluster.Version.Minor < 22 ? string.Empty : $" ({info.Namespace}/{info.Name}; {resource.ApiVersion}, Kind={resource.Kind})";
            throw new ApiError(500, string.Empty, $"failed to create typed patch object{place}: {bad.Message}");
        }
    }

    private static Func<JsonObject, JsonObject> PatchOf(ResourceType resource, RequestInfo info, SandboxRequest request, string type)
    {
        switch (type)
        {
            case "application/json-patch+json":
                var operations = RequestBody.Node(request, yaml: false) as JsonArray
                    ?? throw Errors.BadRequest("json: cannot unmarshal object into Go value of type jsonpatch.Patch");
                return value => ApplyJsonPatch(value, operations);
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

    private static ApiError NotAnObject(SandboxRequest request) => BadPatch(System.Text.Encoding.UTF8.GetString(request.Body.Span), RequestBody.NoKind("array"));

    private static ApiError BadPatch(string result, string reason)
    {
        var message = $"Invalid value: {FieldError.Quote(result)}: {reason}";
        return new ApiError(422, "Invalid", " \"\" is invalid: patch: " + message) { Causes = [new ErrorCause("FieldValueInvalid", message, "patch")] };
    }

    private static JsonObject ApplyJsonPatch(JsonObject value, JsonArray operations)
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
            return StrategicMergePatch.Apply(value, patch, resource?.Schema ?? Schema.TypeSchema.Untyped);
        }
        catch (StrategicPatchException bad)
        {
            throw new ApiError(500, string.Empty, bad.Message);
        }
    }

    private static JsonObject Patched(ResourceType resource, RequestInfo info, JsonObject current, Func<JsonObject, JsonObject> change)
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

        CheckName(info, patched);

        if (patched.Text("kind") is { } kind && kind != resource.Kind)
        {
            throw Errors.BadRequest($"no kind \"{kind}\" is registered for version \"{resource.ApiVersion}\" in scheme \"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30\"");
        }

        return patched;
    }

    private StoredObject Scaled(ResourceType resource, RequestInfo info) =>
        cluster.Store.Find(resource.StorageKey, Home(resource, info), info.Name)
        ?? throw Errors.NotFound(resource.Group, resource.IsCustom ? resource.Plural : resource.Plural + "/scale", info.Name);

    private SandboxResponse Scale(ResourceType resource, RequestInfo info, Func<JsonObject, JsonObject> change, string manager)
    {
        var live = Scaled(resource, info);
        JsonObject? scale = null;
        var result = writer.Update(
            resource,
            live,
            current =>
            {
                scale = change(Subresources.Scale(resource, current));
                if (WireJson.AsNumber(scale.At("spec.replicas")) is { } replicas and < 0)
                {
                    throw new ApiError(422, "Invalid", $"Scale.autoscaling \"{info.Name}\" is invalid: spec.replicas: Invalid value: {replicas}: must be greater than or equal to 0")
                    {
                        DetailsName = info.Name,
                        DetailsGroup = "autoscaling",
                        DetailsKind = "Scale",
                        Causes = [new ErrorCause("FieldValueInvalid", $"Invalid value: {replicas}: must be greater than or equal to 0", "spec.replicas")],
                    };
                }

                Subresources.SetReplicas(resource, current, scale);
                if (scale.At("metadata").Text("resourceVersion") is { Length: > 0 } version)
                {
                    current.Ensure("metadata")["resourceVersion"] = version;
                }

                return current;
            },
            Context(info, manager));
        return Json(200, Subresources.Scale(resource, ObjectView.Parse(result.Object, resource, cluster.Types)));
    }

    private SandboxResponse Answer(ResourceType resource, WriteResult result) =>
        new(result.Created ? 201 : 200, "application/json") { Body = ObjectView.Json(result.Object, resource, cluster.Types) };

    private static WriteContext Context(RequestInfo info, string manager)
    {
        var dryRun = info.Parameter("dryRun");
        if (dryRun is not (null or "" or "All"))
        {
            throw new ApiError(422, "Invalid", $"CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: []string{{\"{dryRun}\"}}: supported values: \"All\"")
            {
                DetailsGroup = "meta.k8s.io",
                DetailsKind = "CreateOptions",
                Causes = [new ErrorCause("FieldValueNotSupported", $"Unsupported value: []string{{\"{dryRun}\"}}: supported values: \"All\"", "dryRun")],
            };
        }

        return new WriteContext(manager, dryRun == "All") { Subresource = info.Subresource };
    }

    private static bool ReturnsDeleted(ResourceType resource) =>
        resource is { IsCore: true, Kind: "Pod" or "PersistentVolume" or "PersistentVolumeClaim" or "ServiceAccount" or "ResourceQuota" };

    private static void CheckApplied(ResourceType resource, RequestInfo info, JsonObject config)
    {
        var version = config.Text("apiVersion") ?? string.Empty;
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

        CheckName(info, config);
    }

    private static void CheckKind(ResourceType resource, JsonObject value)
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

    private static void CheckName(RequestInfo info, JsonObject value)
    {
        if (value.At("metadata").Text("name") is { Length: > 0 } name && name != info.Name)
        {
            throw Errors.BadRequest($"the name of the object ({name}) does not match the name on the URL ({info.Name})");
        }
    }
}
