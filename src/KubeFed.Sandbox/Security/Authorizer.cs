using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Security;

/// <summary>One thing a user wants to do. For paths that are no resource, only verb and path count.</summary>
internal sealed record AccessRequest(string Verb, string Group, string Resource, string Subresource, string Namespace, string Name)
{
    public string? NonResourcePath { get; init; }

    public string FullResource => Subresource.Length == 0 ? Resource : $"{Resource}/{Subresource}";
}

/// <summary>Role-based access control, evaluated on the roles and bindings in the store.</summary>
/// <remarks>rbac.authorization.k8s.io/v1.</remarks>
internal sealed class Authorizer(ClusterState cluster)
{
    private const string Rbac = ".rbac.authorization.k8s.io";

    public bool Allows(User user, AccessRequest request) =>
        user.IsIn("system:masters") || RulesFor(user, request.Namespace).Any(rule => Matches(rule, request));

    /// <summary>Every rule that applies to a user in a namespace, or cluster-wide when it is empty.</summary>
    public IEnumerable<JsonObject> RulesFor(User user, string @namespace)
    {
        foreach (var binding in cluster.Store.Read("clusterrolebindings" + Rbac).Objects)
        {
            foreach (var rule in RulesOf(user, binding.Parse(), string.Empty))
            {
                yield return rule;
            }
        }

        if (@namespace.Length == 0)
        {
            yield break;
        }

        foreach (var binding in cluster.Store.Read("rolebindings" + Rbac).Range(@namespace, null))
        {
            foreach (var rule in RulesOf(user, binding.Parse(), @namespace))
            {
                yield return rule;
            }
        }
    }

    /// <summary>The server's sentence for a refusal.</summary>
    public static ApiError Refusal(User user, AccessRequest request)
    {
        if (request.NonResourcePath is { } path)
        {
            return Errors.Forbidden(
                string.Empty, string.Empty, null, $"forbidden: User \"{user.Name}\" cannot {request.Verb} path \"{path}\"");
        }

        var where = request.Namespace.Length > 0 ? $" in the namespace \"{request.Namespace}\"" : " at the cluster scope";
        return Errors.Forbidden(
            request.Group,
            request.Resource,
            request.Name,
            $"User \"{user.Name}\" cannot {request.Verb} resource \"{request.FullResource}\" in API group \"{request.Group}\"{where}");
    }

    private IEnumerable<JsonObject> RulesOf(User user, JsonObject binding, string @namespace)
    {
        if (binding.Items("subjects")?.OfType<JsonObject>().Any(subject => IsSubject(user, subject, @namespace)) != true)
        {
            return [];
        }

        var role = binding.Child("roleRef");
        var name = role.Text("name") ?? string.Empty;
        var found = role.Text("kind") == "Role"
            ? cluster.Store.Find("roles" + Rbac, @namespace, name)
            : cluster.Store.Find("clusterroles" + Rbac, string.Empty, name);
        return found?.Parse().Items("rules")?.OfType<JsonObject>() ?? [];
    }

    private static bool IsSubject(User user, JsonObject subject, string @namespace) =>
        subject.Text("kind") switch
        {
            "User" => subject.Text("name") == user.Name,
            "Group" => user.IsIn(subject.Text("name") ?? string.Empty),
            "ServiceAccount" => user.Name == $"system:serviceaccount:{(subject.Text("namespace") is { Length: > 0 } home ? home : @namespace)}:{subject.Text("name")}",
            _ => false,
        };

    private static bool Matches(JsonObject rule, AccessRequest request)
    {
        if (!Has(rule, "verbs", request.Verb))
        {
            return false;
        }

        if (request.NonResourcePath is { } path)
        {
            return (rule.Items("nonResourceURLs") ?? []).Select(Text).Any(
                pattern => pattern == "*" || pattern == path || (pattern.EndsWith('*') && path.StartsWith(pattern[..^1], StringComparison.Ordinal)));
        }

        var names = rule.Items("resourceNames");
        return Has(rule, "apiGroups", request.Group)
            && HasResource(rule, request)
            && (names is null || names.Count == 0 || names.Select(Text).Contains(request.Name));
    }

    private static bool HasResource(JsonObject rule, AccessRequest request) =>
        (rule.Items("resources") ?? []).Select(Text).Any(
            resource => resource == "*" || resource == request.FullResource || (request.Subresource.Length > 0 && resource == "*/" + request.Subresource));

    private static bool Has(JsonObject rule, string field, string value) => (rule.Items(field) ?? []).Select(Text).Any(item => item == "*" || item == value);

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : string.Empty;
}
