using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>The objects join puts into a member, as they are to be.</summary>
/// <remarks>cli.md section 2, steps 3 to 6.</remarks>
internal static class MemberObjects
{
    private const string RbacGroup = "rbac.authorization.k8s.io";

    private static readonly string[] HealthPaths = ["/healthz", "/readyz", "/livez", "/version"];

    public static KubeObject Namespace(MemberNames names) => KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped(names.Namespace));

    public static KubeObject ServiceAccount(MemberNames names)
    {
        var account = KubeObject.Create(KnownResources.ServiceAccounts, new ObjectKey(names.Namespace, names.ServiceAccount));
        account.Json["automountServiceAccountToken"] = false;
        return account;
    }

    /// <summary>Explicit, because Kubernetes 1.24 and newer make no token Secret of their own accord (P-1).</summary>
    public static KubeObject TokenSecret(MemberNames names, string? name = null)
    {
        var secret = KubeObject.Create(KnownResources.Secrets, new ObjectKey(names.Namespace, name ?? names.ServiceAccount));
        secret.SetAnnotation("kubernetes.io/service-account.name", names.ServiceAccount);
        secret.Json["type"] = "kubernetes.io/service-account-token";
        return secret;
    }

    /// <summary>Roles and bindings of a scope, each role before its binding.</summary>
    /// <param name="names">Their names.</param>
    /// <param name="scope">Of the control plane.</param>
    /// <param name="targets">What the account may propagate; null allows everything, as KubeFed does.</param>
    public static IReadOnlyList<(ApiResource Resource, KubeObject Object)> Rbac(
        MemberNames names, ControlPlaneScope scope, IReadOnlyList<ApiResource>? targets) => scope == ControlPlaneScope.Cluster
        ? Pair(KnownResources.ClusterRoles, KnownResources.ClusterRoleBindings, null, names.Role, names,
            targets is null ? [Everything(), NonResource("*")] : [.. LeastPrivilege.Rules(targets), NonResource(HealthPaths)])
        :
        [
            .. Pair(KnownResources.Roles, KnownResources.RoleBindings, names.Namespace, names.Role, names,
                targets is null ? [Everything()] : [.. LeastPrivilege.Rules([.. targets.Where(target => target.Namespaced)])]),

            // "get" in lower case: RBAC compares verbs exactly, and KubeFed's "Get" granted nothing (P-4).
            .. Pair(KnownResources.ClusterRoles, KnownResources.ClusterRoleBindings, null, names.HealthRole, names,
                [NonResource(HealthPaths), new JsonObject { ["apiGroups"] = Texts(""), ["resources"] = Texts("nodes"), ["verbs"] = Texts("list") }]),
        ];

    /// <summary>
    /// What an account of least privilege needs to renew its own token: for itself alone, which is why it is a Role, as a ClusterRole would grant the same
    /// for an account of that name in any namespace.
    /// </summary>
    public static IReadOnlyList<(ApiResource Resource, KubeObject Object)> Renewal(MemberNames names)
    {
        var rule = new JsonObject
        {
            ["apiGroups"] = Texts(string.Empty),
            ["resources"] = Texts("serviceaccounts/token"),
            ["resourceNames"] = Texts(names.ServiceAccount),
            ["verbs"] = Texts("create"),
        };
        return Pair(KnownResources.Roles, KnownResources.RoleBindings, names.Namespace, names.RenewalRole, names, [rule]);
    }

    private static IReadOnlyList<(ApiResource Resource, KubeObject Object)> Pair(
        ApiResource roleResource, ApiResource bindingResource, string? @namespace, string name, MemberNames names, JsonNode[] rules)
    {
        var role = KubeObject.Create(roleResource, new ObjectKey(@namespace, name));
        role.Json["rules"] = new JsonArray(rules);
        var binding = KubeObject.Create(bindingResource, new ObjectKey(@namespace, name));
        binding.Json["roleRef"] = new JsonObject { ["apiGroup"] = RbacGroup, ["kind"] = roleResource.Kind, ["name"] = name };
        binding.Json["subjects"] = new JsonArray(
            new JsonObject { ["kind"] = "ServiceAccount", ["name"] = names.ServiceAccount, ["namespace"] = names.Namespace });
        return [(roleResource, role), (bindingResource, binding)];
    }

    private static JsonObject Everything() => new() { ["apiGroups"] = Texts("*"), ["resources"] = Texts("*"), ["verbs"] = Texts("*") };

    private static JsonObject NonResource(params string[] paths) => new() { ["nonResourceURLs"] = Texts(paths), ["verbs"] = Texts("get") };

    private static JsonArray Texts(params string[] texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
