using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Quickstart.Steps;

/// <summary>The cluster-wide objects of a cluster that a federation, this one or another, can have left there.</summary>
internal static class Traces
{
    private static readonly ApiResource[] s_resources =
        [KnownResources.Namespaces, KnownResources.CustomResourceDefinitions, KnownResources.ClusterRoles, KnownResources.ClusterRoleBindings];

    internal static async Task<IReadOnlySet<string>> FindAsync(StoryStage stage, StoryCluster cluster, CancellationToken cancellationToken)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var resource in s_resources)
        {
            var all = await stage.Admin(cluster).ListAsync(resource, new ListQuery { MetadataOnly = true }, cancellationToken).ConfigureAwait(false);
            found.UnionWith(all.Items
                .Where(item => !item.IsDeleting && IsOfAFederation(stage, item.Name))
                .Select(item => $"{resource.Kind} {item.Name}"));
        }

        return found;
    }

    private static bool IsOfAFederation(StoryStage stage, string name) =>
        name == stage.Federation.SystemNamespace || name.Contains("kubefed", StringComparison.Ordinal);
}
