using System.Runtime.CompilerServices;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Federate;

/// <summary>
/// Turns a namespace and what it contains into federated resources: the namespace first, then its objects by type and name. Reads only; what cannot or
/// should not be federated is told with the reason, and never ends the rest.
/// </summary>
/// <remarks>K-57 to K-61, P-124.</remarks>
internal sealed class NamespaceFederation(Federation federation, ContentsRequest request)
{
    public async IAsyncEnumerable<ContentItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var types = await FederatedTypes.LoadAsync(federation, cancellationToken).ConfigureAwait(false);
        var home = await federation.Host
            .FindAsync(KnownResources.Namespaces, ObjectKey.ClusterScoped(request.Namespace), cancellationToken)
            .ConfigureAwait(false) ?? throw NotFound();
        var existing = await ExistingAsync(types.Find(string.Empty, KnownResources.Namespaces.Kind), cancellationToken).ConfigureAwait(false);
        yield return Convert(types, KnownResources.Namespaces, home, existing);

        var discovered = await federation.Host.Discovery.GetPreferredAsync(cancellationToken).ConfigureAwait(false);
        var federatedGroups = types.Enabled.Select(type => type.Federated.Group).Append(KubeFedNames.TypesGroup).ToHashSet(StringComparer.Ordinal);
        var wanted = discovered.Resources.Where(resource => IsWanted(resource, federatedGroups));
        foreach (var served in wanted.OrderBy(resource => resource.QualifiedName, StringComparer.Ordinal))
        {
            // In the version that is federated, where that is another than the server's preferred one.
            var resource = types.Find(served.Group, served.Kind) is { } type ? served with { Version = type.Target.Version } : served;
            await foreach (var item in ReadAsync(types, resource, cancellationToken).ConfigureAwait(false))
            {
                yield return item;
            }
        }
    }

    private async IAsyncEnumerable<ContentItem> ReadAsync(
        FederatedTypes types, ApiResource resource, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<KubeObject> objects = [];
        string? failure = null;
        try
        {
            var query = new ListQuery { Namespace = request.Namespace };
            objects = (await federation.Host.ListAsync(resource, query, cancellationToken).ConfigureAwait(false)).Items;
        }
        catch (KubeApiException error) when (error.IsNotFound || error.Code == 405)
        {
            // K-61: nothing to list is nothing to federate.
        }
        catch (KubeApiException error)
        {
            failure = error.Message;
        }

        if (failure is not null)
        {
            yield return new ContentItem(KubeObject.Create(resource, new ObjectKey(request.Namespace, "*")), null, false, $"it cannot be listed: {failure}");
        }

        var existing = objects.Count > 0 ? await ExistingAsync(types.Find(resource.Group, resource.Kind), cancellationToken).ConfigureAwait(false) : [];
        foreach (var value in objects.OrderBy(value => value.Name, StringComparer.Ordinal))
        {
            yield return Convert(types, resource, value, existing);
        }
    }

    private async Task<HashSet<string>> ExistingAsync(FederatedType? type, CancellationToken cancellationToken)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (type is not null)
        {
            var query = new FederatedQuery { Type = type, Namespace = request.Namespace };
            await foreach (var resource in federation.Resources.ListAsync(query, cancellationToken).ConfigureAwait(false))
            {
                names.Add(resource.Key.Name);
            }
        }

        return names;
    }

    private ContentItem Convert(FederatedTypes types, ApiResource resource, KubeObject value, HashSet<string> existing)
    {
        var enabled = types.Find(resource.Group, resource.Kind);
        var why = value.IsDeleting ? "it is being deleted"
            : existing.Contains(value.Name) ? "it is federated already"
            : DerivedObjects.WhyDerived(resource, value);
        if (why is not null)
        {
            return new ContentItem(value, null, enabled is not null, why);
        }

        try
        {
            var federated = federation.Resources.FromTarget(enabled ?? types.Default(resource), value, request.Placement);
            return new ContentItem(value, federated, enabled is not null, null);
        }
        catch (FederationException error)
        {
            // K-59: a name that a custom resource cannot have, and whatever else validation finds.
            return new ContentItem(value, null, enabled is not null, null) { Fault = error };
        }
    }

    private bool IsWanted(ApiResource resource, HashSet<string> federatedGroups) =>
        resource.Namespaced
        && (resource.Verbs.Count == 0 || resource.Verbs.Contains("list"))
        && resource.Group is not ("extensions" or KubeFedNames.CoreGroup or KubeFedNames.SchedulingGroup)
        && !federatedGroups.Contains(resource.Group)
        && !DerivedObjects.IsDerivedKind(resource)
        && !request.SkipTypes.Any(name => IsNamed(resource, name));

    /// <summary>The core group has no name to skip it by (K-57).</summary>
    private static bool IsNamed(ApiResource resource, string name) =>
        new[] { resource.Plural, resource.Kind, resource.Singular, resource.QualifiedName, resource.Group }.Concat(resource.ShortNames)
            .Any(known => known.Length > 0 && string.Equals(known, name, StringComparison.OrdinalIgnoreCase));

    private FederationException NotFound() => new(
        "NamespaceNotFound", FederationProblem.NotFound, $"There is no namespace \"{request.Namespace}\" on {federation.Options.HostName}.")
    {
        Remedy = "Name a namespace of the host cluster.",
        Target = request.Namespace,
    };
}
