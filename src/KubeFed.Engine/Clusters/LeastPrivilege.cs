using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>The rules that propagating certain types takes, and no more.</summary>
/// <remarks>P-3.</remarks>
internal static class LeastPrivilege
{
    /// <summary>What propagation does with a copy.</summary>
    internal static readonly string[] Propagate = ["create", "delete", "get", "list", "patch", "update", "watch"];
    private static readonly string[] Look = ["get", "list", "watch"];

    /// <summary>One rule per API group, in a fixed order, so that the same types always give the same role.</summary>
    public static IEnumerable<JsonNode> Rules(IReadOnlyList<ApiResource> targets)
    {
        foreach (var group in targets.GroupBy(target => target.Group, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            yield return Rule(group.Key, group.Select(target => target.Plural).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), Propagate);
        }

        // Whether a namespace is there is looked at for every namespaced copy, and nodes and pods for how many replicas a member can take.
        string[] seen = [.. new[] { KnownResources.Namespaces, KnownResources.Nodes, KnownResources.Pods }.Except(targets).Select(resource => resource.Plural)];
        if (seen.Length > 0)
        {
            yield return Rule(string.Empty, seen, Look);
        }
    }

    private static JsonObject Rule(string group, IEnumerable<string> resources, IEnumerable<string> verbs) => new()
    {
        ["apiGroups"] = new JsonArray(group),
        ["resources"] = new JsonArray([.. resources.Select(text => JsonValue.Create(text))]),
        ["verbs"] = new JsonArray([.. verbs.Select(text => JsonValue.Create(text))]),
    };
}
