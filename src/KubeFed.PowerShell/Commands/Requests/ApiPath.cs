using KubeFed.Kubernetes.Objects;

namespace KubeFed.PowerShell.Commands;

/// <summary>A path of the Kubernetes API taken apart: <c>/apis/apps/v1/namespaces/ns/deployments/web/status?labelSelector=a%3Db</c>.</summary>
internal sealed record ApiPath(ApiResource Resource, string? Namespace, string? Name, string? Subresource, IReadOnlyDictionary<string, string> Query)
{
    // The subresources of namespaces themselves; any other third segment is a resource in the namespace.
    private static readonly string[] s_namespaceSubresources = ["status", "finalize"];

    /// <summary>The path goes on below a subresource, as what a proxy leads to does.</summary>
    public bool IsBelowSubresource { get; private init; }

    public ObjectKey Key => new(Namespace, Name ?? string.Empty);

    /// <returns>Null for a path outside <c>/api</c> and <c>/apis</c>, or one that names no resource, such as <c>/version</c> or <c>/apis/apps</c>.</returns>
    public static ApiPath? Parse(string path)
    {
        var question = path.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0 ? string.Empty : path[(question + 1)..];
        var segments = (question < 0 ? path : path[..question]).Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToList();
        var (group, version, rest) = segments switch
        {
            ["api", var v, .. var tail] => (string.Empty, v, tail),
            ["apis", var g, var v, .. var tail] => (g, v, tail),
            _ => (string.Empty, string.Empty, []),
        };
        if (rest.Count == 0)
        {
            return null;
        }

        string? @namespace = null;
        if (rest is ["namespaces", var inside, var third, ..] && !(group.Length == 0 && s_namespaceSubresources.Contains(third)))
        {
            @namespace = inside;
            rest = rest[2..];
        }

        var resource = new ApiResource(group, version, string.Empty, rest[0], @namespace is not null);
        return new ApiPath(resource, @namespace, rest.ElementAtOrDefault(1), rest.ElementAtOrDefault(2), Pairs(query)) { IsBelowSubresource = rest.Count > 3 };
    }

    private static Dictionary<string, string> Pairs(string query)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            pairs[Uri.UnescapeDataString(equals < 0 ? pair : pair[..equals])] = equals < 0 ? string.Empty : Uri.UnescapeDataString(pair[(equals + 1)..]);
        }

        return pairs;
    }
}
