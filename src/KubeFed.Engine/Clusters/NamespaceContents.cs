using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>Tells what a namespace holds that somebody put there; what every namespace has, and what controllers derive, does not count.</summary>
internal static class NamespaceContents
{
    /// <param name="client">The cluster.</param>
    /// <param name="namespace">Whose contents.</param>
    /// <param name="isOurs">Objects to leave out of the count.</param>
    /// <param name="cancellationToken">Stops the reads.</param>
    /// <returns>Kind and name of each object.</returns>
    public static async Task<IReadOnlyList<string>> ListAsync(
        IKubeClient client, string @namespace, Func<KubeObject, bool> isOurs, CancellationToken cancellationToken)
    {
        var discovered = await client.Discovery.GetPreferredAsync(cancellationToken).ConfigureAwait(false);
        var found = new List<string>();
        foreach (var resource in discovered.Resources.Where(IsCounted))
        {
            found.AddRange(await ListAsync(client, resource, @namespace, isOurs, cancellationToken).ConfigureAwait(false));
        }

        return found;
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
                found.AddRange(await ListAsync(client, resource, @namespace, isOurs, cancellationToken, labelSelector).ConfigureAwait(false));
            }
            catch (KubeApiException error) when (error.IsForbidden)
            {
                // Whoever may not list them has no copies of them.
            }
        }

        return found;
    }

    private static async Task<IEnumerable<string>> ListAsync(
        IKubeClient client,
        ApiResource resource,
        string @namespace,
        Func<KubeObject, bool> isOurs,
        CancellationToken cancellationToken,
        string? labelSelector = null)
    {
        try
        {
            // A Secret's type, which tells tokens from the rest, is not metadata.
            var query = new ListQuery { Namespace = @namespace, LabelSelector = labelSelector, MetadataOnly = resource != KnownResources.Secrets };
            var list = await client.ListAsync(resource, query, cancellationToken).ConfigureAwait(false);
            return list.Items
                .Where(item => !item.IsDeleting && DerivedObjects.WhyDerived(resource, item) is null && !isOurs(item))
                .Select(item => $"{resource.Kind} {item.Name}");
        }
        catch (KubeApiException error) when (error.IsNotFound || error.Code == 405)
        {
            return [];
        }
    }

    private static bool IsCounted(ApiResource resource) =>
        resource.Namespaced && (resource.Verbs.Count == 0 || resource.Verbs.Contains("list")) && !DerivedObjects.IsDerivedKind(resource);
}
