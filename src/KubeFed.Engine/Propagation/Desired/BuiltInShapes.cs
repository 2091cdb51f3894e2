using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Schema;

namespace KubeFed.Engine.Propagation.Desired;

/// <summary>The shapes of Kubernetes' own kinds, known without asking a server.</summary>
internal static class BuiltInShapes
{
    /// <summary>Groups of Kubernetes itself; other groups that end in <c>.k8s.io</c> are defined by custom resource definitions.</summary>
    private static readonly string[] Groups =
    [
        "", "apps", "batch", "autoscaling", "policy", "admissionregistration.k8s.io", "apiextensions.k8s.io", "coordination.k8s.io", "networking.k8s.io",
        "rbac.authorization.k8s.io", "scheduling.k8s.io", "storage.k8s.io",
    ];

    private static readonly BuiltInTypes Types = BuiltInTypes.Load(minor: 36);

    public static bool IsOfKubernetes(string group) => Groups.Contains(group, StringComparer.Ordinal);

    /// <summary>Null for a kind that is not Kubernetes' own.</summary>
    public static TypeSchema? Of(JsonObject value)
    {
        var apiVersion = value.Text("apiVersion") ?? string.Empty;
        var slash = apiVersion.LastIndexOf('/');
        return IsOfKubernetes(slash < 0 ? string.Empty : apiVersion[..slash]) && value.Text("kind") is { } kind ? Types.Kind(kind) : null;
    }
}
