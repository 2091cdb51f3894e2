using System.Text.Json.Nodes;
using KubeFed.Sandbox.Apply;
using KubeFed.Sandbox.Security;

namespace KubeFed.Sandbox.Server;

/// <summary>Resources that are questions: access reviews, token reviews and token requests. Nothing of them is stored.</summary>
internal sealed class VirtualResources(ClusterState cluster, Authorizer authorizer, Tokens tokens)
{
    public SandboxResponse Create(ResourceType resource, SandboxRequest request, User user, string manager)
    {
        var body = RequestBody.Object(request);
        body["apiVersion"] = resource.ApiVersion;
        body["kind"] = resource.Kind;
        Own(body, resource.ApiVersion, manager);
        body["status"] = resource.Kind switch
        {
            "TokenReview" => ReviewToken(body),
            "SelfSubjectRulesReview" => Rules(body, user),
            "SubjectAccessReview" => Access(body, Subject(body)),
            _ => Access(body, user),
        };
        return WriteHandler.Json(201, body);
    }

    /// <summary>POST serviceaccounts/x/token.</summary>
    public SandboxResponse RequestToken(RequestInfo info, SandboxRequest request, string manager)
    {
        var body = RequestBody.Object(request);
        var account = cluster.Store.Find("serviceaccounts", info.Namespace, info.Name) ?? throw Errors.NotFound(string.Empty, "serviceaccounts", info.Name);
        var spec = body.Ensure("spec");
        var seconds = spec.Number("expirationSeconds") ?? 3600;
        if (seconds < 600)
        {
            throw new ApiError(
                422,
                "Invalid",
                $"TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: {seconds}: may not specify a duration less than 10 minutes")
            {
                DetailsGroup = "authentication.k8s.io",
                DetailsKind = "TokenRequest",
                Causes = [new ErrorCause("FieldValueInvalid", $"Invalid value: {seconds}: may not specify a duration less than 10 minutes", "spec.expirationSeconds")],
            };
        }

        Own(body, "authentication.k8s.io/v1", manager);
        var audiences = spec.Items("audiences")?.Select(item => item?.GetValue<string>() ?? string.Empty).ToList() is { Count: > 0 } given
            ? given
            : ["https://kubernetes.default.svc"];
        var expires = cluster.Time.GetUtcNow().AddSeconds(seconds);
        return WriteHandler.Json(201, new JsonObject
        {
            ["kind"] = "TokenRequest",
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["metadata"] = body["metadata"]?.DeepClone(),
            ["spec"] = new JsonObject
            {
                ["audiences"] = new JsonArray([.. audiences.Select(audience => JsonValue.Create(audience))]),
                ["expirationSeconds"] = seconds,
                ["boundObjectRef"] = spec["boundObjectRef"]?.DeepClone(),
            },
            ["status"] = new JsonObject
            {
                ["token"] = tokens.ForRequest(info.Namespace, info.Name, account.Uid, audiences, expires),
                ["expirationTimestamp"] = ManagedFields.TimeText(expires),
            },
        });
    }

    /// <summary>Even a question gets its managedFields.</summary>
    private void Own(JsonObject body, string apiVersion, string manager)
    {
        var metadata = body.Ensure("metadata");
        metadata["creationTimestamp"] = null;
        var blank = new JsonObject { ["metadata"] = new JsonObject { ["creationTimestamp"] = null }, ["spec"] = new JsonObject() };
        var copy = (JsonObject)body.DeepClone();
        copy.Remove("status");
        FieldOwnership.Update(null, blank, copy, Schema.TypeSchema.Untyped, new Writer(manager, apiVersion, string.Empty, cluster.Now));
        if (copy.At("metadata.managedFields") is { } managed)
        {
            metadata["managedFields"] = managed.DeepClone();
        }
    }

    private static User Subject(JsonObject body)
    {
        var spec = body.Child("spec");
        return new User(
            spec.Text("user") ?? string.Empty,
            [.. (spec.Items("groups") ?? []).Select(group => group?.GetValue<string>() ?? string.Empty)]);
    }

    private JsonObject Access(JsonObject body, User user)
    {
        var spec = body.Child("spec");
        AccessRequest request;
        if (spec.Child("resourceAttributes") is { } attributes)
        {
            string Attribute(string name) => attributes.Text(name) ?? string.Empty;
            request = new AccessRequest(
                Attribute("verb"), Attribute("group"), Attribute("resource"), Attribute("subresource"), Attribute("namespace"), Attribute("name"));
        }
        else
        {
            var path = spec.Child("nonResourceAttributes");
            request = new AccessRequest(path.Text("verb") ?? string.Empty, string.Empty, string.Empty, string.Empty, string.Empty, string.Empty)
            {
                NonResourcePath = path.Text("path") ?? string.Empty,
            };
        }

        var allowed = authorizer.Allows(user, request);
        return new JsonObject { ["allowed"] = allowed };
    }

    private JsonObject Rules(JsonObject body, User user)
    {
        var rules = authorizer.RulesFor(user, body.At("spec").Text("namespace") ?? string.Empty).ToList();
        return new JsonObject
        {
            ["resourceRules"] = new JsonArray([.. rules.Where(rule => rule.ContainsKey("resources")).Select(rule => rule.DeepClone())]),
            ["nonResourceRules"] = new JsonArray([.. rules.Where(rule => rule.ContainsKey("nonResourceURLs")).Select(rule => rule.DeepClone())]),
            ["incomplete"] = false,
        };
    }

    private JsonObject ReviewToken(JsonObject body)
    {
        var user = tokens.Authenticate(body.At("spec").Text("token") ?? string.Empty);
        return user is null
            ? new JsonObject { ["user"] = new JsonObject(), ["error"] = "invalid bearer token" }
            : new JsonObject
            {
                ["authenticated"] = true,
                ["user"] = new JsonObject
                {
                    ["username"] = user.Name,
                    ["groups"] = new JsonArray([.. user.Groups.Select(group => JsonValue.Create(group))]),
                },
            };
    }
}
