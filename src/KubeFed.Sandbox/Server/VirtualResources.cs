using System.Text.Json.Nodes;
using KubeFed.Sandbox.Apply;
using KubeFed.Sandbox.Security;

namespace KubeFed.Sandbox.Server;

/// <summary>Resources that are questions: access reviews, token reviews and token requests. Nothing of them is stored.</summary>
internal sealed class VirtualResources(ClusterState cluster, Authorizer authorizer, Tokens tokens)
{
    public SandboxResponse Create(ResourceType resource, RequestInfo info, SandboxRequest request, User user, string manager)
    {
        var body = RequestBody.Object(request);
        body["apiVersion"] = resource.ApiVersion;
        body["kind"] = resource.Kind;
        if (resource.Group == "authorization.k8s.io" && resource.Kind != "SelfSubjectRulesReview")
        {
            CheckQuestion(resource, info, body.Child("spec"));
        }

        Own(body, resource.ApiVersion, manager);
        body["status"] = resource.Kind switch
        {
            "TokenReview" => ReviewToken(body),
            "SelfSubjectRulesReview" => Rules(body, user),
            "SubjectAccessReview" or "LocalSubjectAccessReview" => Access(body, Subject(body)),
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
        var fault = seconds < 600 ? "may not specify a duration less than 10 minutes"
            : seconds > 1L << 32 ? "may not specify a duration larger than 2^32 seconds"
            : null;
        if (fault is not null)
        {
            throw Errors.Invalid("authentication.k8s.io", "TokenRequest", FieldError.Invalid("spec.expirationSeconds", JsonValue.Create(seconds), fault));
        }

        var bound = Bound(info, spec);
        Own(body, "authentication.k8s.io/v1", manager);
        var audiences = spec.Items("audiences")?.Select(item => item?.GetValue<string>() ?? string.Empty).ToList() is { Count: > 0 } given
            ? given
            : [Tokens.ApiAudience];
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
                ["token"] = tokens.ForRequest(info.Namespace, info.Name, account.Uid, audiences, expires, bound),
                ["expirationTimestamp"] = ManagedFields.TimeText(expires),
            },
        });
    }

    /// <summary>What the token shall not outlive.</summary>
    private BoundObject? Bound(RequestInfo info, JsonObject spec)
    {
        if (spec.Child("boundObjectRef") is not { } reference)
        {
            return null;
        }

        var version = reference.Text("apiVersion") ?? string.Empty;
        var kind = reference.Text("kind") ?? string.Empty;
        var name = reference.Text("name") ?? string.Empty;
        var plural = (version, kind) switch
        {
            ("v1", "Pod") => "pods",
            ("v1", "Secret") => "secrets",
            _ => throw Errors.BadRequest($"cannot bind token to object of type {(version.Contains('/', StringComparison.Ordinal) ? version : "/" + version)}, Kind={kind}"),
        };
        var live = cluster.Store.Find(plural, info.Namespace, name) ?? throw Errors.NotFound(string.Empty, plural, name);
        return new BoundObject(plural, name, live.Uid);
    }

    private static void CheckQuestion(ResourceType resource, RequestInfo info, JsonObject? spec)
    {
        var attributes = spec.Child("resourceAttributes");
        var path = spec.Child("nonResourceAttributes");
        FieldError? fault = null;
        if (attributes is not null && path is not null)
        {
            var printed = $"authorization.NonResourceAttributes{{Path:{FieldError.Quote(path.Text("path") ?? string.Empty)}, Verb:{FieldError.Quote(path.Text("verb") ?? string.Empty)}}}";
            fault = FieldError.Invalid("spec.nonResourceAttributes", printed, "cannot be specified in combination with resourceAttributes", raw: true);
        }
        else if (attributes is null && path is null)
        {
            fault = FieldError.Invalid("spec.resourceAttributes", null, "exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }
        else if (resource.Kind != "SelfSubjectAccessReview" && string.IsNullOrEmpty(spec.Text("user")) && spec.Items("groups") is not { Count: > 0 })
        {
            fault = FieldError.Invalid("spec.user", string.Empty, "at least one of user or group must be specified", raw: false);
        }
        else if (resource.Namespaced && attributes is not null && attributes.Text("namespace") != info.Namespace)
        {
            fault = FieldError.Invalid("spec.resourceAttributes.namespace", attributes.Text("namespace") ?? string.Empty, "must match metadata.namespace", raw: false);
        }

        if (fault is not null)
        {
            // A real server leaves the kind out.
            throw Errors.Invalid("authorization.k8s.io", string.Empty, fault);
        }
    }

    /// <summary>Even a question gets its managedFields.</summary>
    private void Own(JsonObject body, string apiVersion, string manager)
    {
        var metadata = body.Ensure("metadata");
        metadata["creationTimestamp"] = null;
        var blank = new JsonObject { ["metadata"] = new JsonObject { ["creationTimestamp"] = null }, ["spec"] = new JsonObject() };
        var copy = (JsonObject)body.DeepClone();
        copy.Remove("status");
        FieldOwnership.Update(null, blank, copy, TypeSchema.Untyped, new Writer(manager, apiVersion, string.Empty, cluster.Now));
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
