using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>Tells what a namespace holds that somebody put there; what every namespace has, and what controllers derive, does not count.</summary>
internal static class NamespaceContents
{
    /// <remarks>What copies own, through any number of owners, goes with them and does not count either.</remarks>
    /// <param name="client">The cluster.</param>
    /// <param name="namespace">Whose contents.</param>
    /// <param name="isOurs">Objects to leave out of the count.</param>
    /// <param name="cancellationToken">Stops the reads.</param>
    /// <returns>Kind and name of each object.</returns>
    public static async Task<IReadOnlyList<string>> ListAsync(
        IKubeClient client, string @namespace, Func<KubeObject, bool> isOurs, CancellationToken cancellationToken)
    {
        var discovered = await client.Discovery.GetPreferredAsync(cancellationToken).ConfigureAwait(false);
        var found = new List<(ApiResource Resource, KubeObject Item)>();
        foreach (var resource in discovered.Resources.Where(IsCounted))
        {
            found.AddRange(await ListAsync(client, resource, @namespace, null, cancellationToken).ConfigureAwait(false));
        }

        var dependents = new CopyDependents(found, discovered.Resources.Where(IsCounted), isOurs);
        return [.. found.Where(entry => Counts(entry.Resource, entry.Item, isOurs) && !dependents.Includes(entry.Item)).Select(Named)];
    }

    /// <summary>As <see cref="ListAsync(IKubeClient, string, Func{KubeObject, bool}, CancellationToken)"/>, of what has a label and may be listed.</summary>
    public static async Task<IReadOnlyList<string>> ListReadableAsync(
        IKubeClient client, string @namespace, string labelSelector, Func<KubeObject, bool> isOurs, CancellationToken cancellationToken)
    {
        var discovered = await client.Discovery.GetPreferredAsync(cancellationToken).ConfigureAwait(false);
        var found = new List<string>();
        foreach (var resource in discovered.Resources.Where(IsCounted))
        {
            try
            {
                var listed = await ListAsync(client, resource, @namespace, labelSelector, cancellationToken).ConfigureAwait(false);
                found.AddRange(listed.Where(entry => Counts(entry.Resource, entry.Item, isOurs)).Select(Named));
            }
            catch (KubeApiException error) when (error.IsForbidden)
            {
                // Whoever may not list them has no copies of them.
            }
        }

        return found;
    }

    private static async Task<IEnumerable<(ApiResource Resource, KubeObject Item)>> ListAsync(
        IKubeClient client, ApiResource resource, string @namespace, string? labelSelector, CancellationToken cancellationToken)
    {
        try
        {
            // A Secret's type, which tells tokens from the rest, is not metadata.
            var query = new ListQuery { Namespace = @namespace, LabelSelector = labelSelector, MetadataOnly = resource != KnownResources.Secrets };
            var list = await client.ListAsync(resource, query, cancellationToken).ConfigureAwait(false);
            return list.Items.Select(item => (resource, item));
        }
        catch (KubeApiException error) when (error.IsNotFound || error.Code == 405)
        {
            return [];
        }
    }

    private static bool Counts(ApiResource resource, KubeObject item, Func<KubeObject, bool> isOurs) =>
        !item.IsDeleting && DerivedObjects.WhyDerived(resource, item) is null && !isOurs(item);

    private static string Named((ApiResource Resource, KubeObject Item) entry) => $"{entry.Resource.Kind} {entry.Item.Name}";

    private static bool IsCounted(ApiResource resource) =>
        resource.Namespaced && (resource.Verbs.Count == 0 || resource.Verbs.Contains("list")) && !DerivedObjects.IsDerivedKind(resource);
}
