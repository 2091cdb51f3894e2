using System.Text.Json.Nodes;
using KubeFed.Sandbox.Apply;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Server;

/// <summary>Answers creates, replaces, patches, applies and deletes of objects and their subresources.</summary>
internal sealed class WriteHandler(ClusterState cluster, ObjectWriter writer, ObjectDeleter deleter)
{
    private readonly ScaleHandler _scales = new(cluster, writer);

    public SandboxResponse Create(ResourceType resource, RequestInfo info, SandboxRequest request, string manager)
    {
        var value = RequestBody.Object(request, resource.Kind);
        RequestChecks.Kind(resource, value);
        var check = FieldCheck.For(info, cluster.Version.Minor);
        check.Sent(resource, value);
        return check.Finish(Answer(resource, writer.Create(resource, info.Namespace, value, Context(info, manager))));
    }

    public SandboxResponse Replace(ResourceType resource, RequestInfo info, SandboxRequest request, string manager)
    {
        var value = RequestBody.Object(request);
        if (info.Subresource == "scale")
        {
            RequestChecks.Name(info, value);
            _ = cluster.Store.Find(resource.StorageKey, Home(resource, info), info.Name) ?? throw Errors.NotFound(resource, info.Name);
            return _scales.Change(resource, info, _ => value, Context(info, manager));
        }

        RequestChecks.Kind(resource, value);
        if (string.IsNullOrEmpty(value.At("metadata").Text("name")))
        {
            throw Errors.BadRequest($"the name of the object ({info.Name} based on URL) was undeterminable: name must be provided");
        }

        RequestChecks.Name(info, value);
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

        var change = PatchRequest.Read(resource, info, request, type);
        if (info.Subresource == "scale")
        {
            return _scales.Change(resource, info, change, Context(info, manager));
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
                    patched = PatchRequest.Apply(resource, info, current, change);
                    check.Patched(resource, patched, request.Body);
                    return patched;
                },
                Context(info, manager) with { Patches = true });
            return check.Finish(Answer(resource, result));
        }
        catch (UndecodableException bad) when (type != "application/strategic-merge-patch+json")
        {
            throw PatchRequest.Bad(patched?.ToJsonString(WireJson.Options) ?? string.Empty, bad.Reason);
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

    public SandboxResponse GetScale(ResourceType resource, RequestInfo info) => _scales.Get(resource, info);

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

        RequestChecks.Applied(resource, info, config, cluster.Version.Minor);
        if (config.At("metadata.managedFields") is JsonArray { Count: > 0 })
        {
            throw Errors.BadRequest("metadata.managedFields must be nil");
        }

        var context = Context(info, manager) with { Patches = true };
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
            var actor = writer.WriterOf(resource, context);
            return Answer(
                resource,
                writer.Update(
                    resource, live, current => FieldOwnership.Apply(current, ObjectDecoder.Blank(resource), config, resource.Ownership, actor, force).Object, context, applied: true));
        }
        catch (TypedValueException bad)
        {
            var space = config.At("metadata").Text("namespace");
            var place = cluster.Version.Minor < 22 ? string.Empty : $" ({space}/{info.Name}; {resource.Group}/{resource.Version}, Kind={resource.Kind})";
            throw new ApiError(500, string.Empty, $"failed to create typed patch object{place}: {bad.Message}");
        }
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
}
