using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>Tells what a namespace holds that somebody put there; what every namespace has, and what controllers derive, does not count.</summary>
internal static class NamespaceContents
{
    /// <summary>Kinds that come and go with other objects.</summary>
    private static readonly string[] Derived = ["events", "endpoints", "endpointslices", "controllerrevisions", "leases", "pods.metrics.k8s.io"];

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

    private static async Task<IEnumerable<string>> ListAsync(
        IKubeClient client, ApiResource resource, string @namespace, Func<KubeObject, bool> isOurs, CancellationToken cancellationToken)
    {
        try
        {
            var list = await client
                .ListAsync(resource, new ListQuery { Namespace = @namespace, MetadataOnly = resource != KnownResources.Secrets }, cancellationToken)
                .ConfigureAwait(false);
            return list.Items
                .Where(item => !item.IsDeleting && !IsGiven(resource, item) && !IsControlled(item) && !isOurs(item))
                .Select(item => $"{resource.Kind} {item.Name}");
        }
        catch (KubeApiException error) when (error.IsNotFound || error.Code == 405)
        {
            return [];
        }
    }

    private static bool IsCounted(ApiResource resource) =>
        resource.Namespaced
        && (resource.Verbs.Count == 0 || resource.Verbs.Contains("list"))
        && !Derived.Contains(resource.Plural)
        && !Derived.Contains(resource.QualifiedName);

    private static bool IsGiven(ApiResource resource, KubeObject item) => resource switch
    {
        { Group: "", Kind: "ServiceAccount" } => item.Name == "default",
        { Group: "", Kind: "ConfigMap" } => item.Name is "kube-root-ca.crt" or "openshift-service-ca.crt",
        { Group: "", Kind: "Secret" } => item.Json.Text("type") == "kubernetes.io/service-account-token",
        _ => false,
    };

    private static bool IsControlled(KubeObject item) => item.Json.Map("metadata").Maps("ownerReferences").Any(owner => owner.Flag("controller"));
}
