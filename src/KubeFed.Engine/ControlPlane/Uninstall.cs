using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Types;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.ControlPlane;

/// <summary>Removes a control plane, outermost things first, so that what breaks off in between is finished by running it again.</summary>
/// <remarks>A-128, K-82: no controller is needed, finalizers it would have removed are removed here.</remarks>
internal sealed class Uninstall(Federation federation, UninstallRequest request, IEngineSink sink)
{
    private readonly ChangeLog _log = new(sink, request.DryRun);
    private readonly List<string> _left = [];

    public async Task<UninstallResult> RunAsync(CancellationToken cancellationToken)
    {
        var host = new ObjectWriter(federation.Host, federation.Options.HostName, _log, federation.Time);
        var types = await OrNoneAsync(federation.Types.ListAsync(cancellationToken)).ConfigureAwait(false);
        var clusters = await OrNoneAsync(federation.Clusters.ListAsync(cancellationToken)).ConfigureAwait(false);
        await RefuseIfInUseAsync(clusters.Count, types, cancellationToken).ConfigureAwait(false);

        await DisableAsync(types, cancellationToken).ConfigureAwait(false);
        foreach (var cluster in clusters)
        {
            if (request.Teardown)
            {
                await LeaveAsync(cluster, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await AbandonAsync(host, cluster, cancellationToken).ConfigureAwait(false);
            }
        }

        var key = new ObjectKey(federation.SystemNamespace, KubeFedNames.ConfigName);
        await host.DeleteAsync(CoreResources.KubeFedConfigs, key, null, cancellationToken).ConfigureAwait(false);
        if (await IsLastAsync(cancellationToken).ConfigureAwait(false))
        {
            await DeleteSharedAsync(host, types, cancellationToken).ConfigureAwait(false);
        }

        await ForgetDeletionsAsync(cancellationToken).ConfigureAwait(false);
        await DeleteNamespaceAsync(host, cancellationToken).ConfigureAwait(false);
        return new UninstallResult(_log.Changes, [.. _left]);
    }

    private static async Task<IReadOnlyList<T>> OrNoneAsync<T>(Task<IReadOnlyList<T>> list)
    {
        try
        {
            return await list.ConfigureAwait(false);
        }
        catch (FederationException error) when (error.Id == "ControlPlaneNotFound")
        {
            return [];
        }
    }

    private async Task RefuseIfInUseAsync(int clusters, IReadOnlyList<FederatedType> types, CancellationToken cancellationToken)
    {
        var resources = 0;
        foreach (var type in types)
        {
            await foreach (var _ in federation.Resources.ListAsync(new FederatedQuery { Type = type }, cancellationToken).ConfigureAwait(false))
            {
                resources++;
            }
        }

        if (request.Abandon || request.Teardown || clusters + types.Count + resources == 0)
        {
            return;
        }

        throw new FederationException(
            "ControlPlaneInUse",
            FederationProblem.Refused,
            $"The control plane in namespace {federation.SystemNamespace} has {clusters} clusters, {types.Count} enabled types "
                + $"and {resources} federated resources.")
        {
            Remedy = "Say what is to become of them: tearing down removes them, their copies and what join made in the clusters; "
                + "abandoning leaves all of that in place.",
            Target = federation.SystemNamespace,
        };
    }

    /// <summary>Namespaces last: deleting their copies would delete what is in them, whoever put it there, and is refused while something is.</summary>
    private async Task DisableAsync(IReadOnlyList<FederatedType> types, CancellationToken cancellationToken)
    {
        foreach (var type in types.OrderBy(type => type.IsNamespaceType))
        {
            var disable = new DisableRequest
            {
                Name = type.Name,
                Resources = request.Teardown ? ResourcePolicy.Delete : ResourcePolicy.Release,
                Force = true,
                DryRun = request.DryRun,
            };
            _log.Take((await federation.Types.DisableAsync(disable, sink, cancellationToken).ConfigureAwait(false)).Changes);
        }
    }

    /// <summary>With the credentials the host holds: what join made is removed, and what is not join's is named.</summary>
    private async Task LeaveAsync(MemberCluster cluster, CancellationToken cancellationToken)
    {
        var leave = new LeaveRequest { Name = cluster.Name, DryRun = request.DryRun };
        var left = await federation.Clusters.LeaveAsync(leave, sink, cancellationToken).ConfigureAwait(false);
        _log.Take(left.Changes);
        _left.AddRange(left.LeftBehind);
    }

    private async Task AbandonAsync(ObjectWriter host, MemberCluster cluster, CancellationToken cancellationToken)
    {
        var record = JoinRecord.Of(cluster.Source);
        _left.AddRange(record?.Created.Where(item => !item.OnHost).Select(item => $"{item.Resource.Kind} {item.Key} in {cluster.Name}")
            ?? [$"what join made in {cluster.Name}"]);
        foreach (var item in record?.Created.Where(item => item.OnHost) ?? [])
        {
            await host.DeleteAsync(item.Resource, item.Key, item.Uid, cancellationToken).ConfigureAwait(false);
        }

        await host.DeleteAsync(CoreResources.KubeFedClusters, cluster.Source.Key, cluster.Source.Uid, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Definitions and user roles serve every control plane of the host.</summary>
    private async Task<bool> IsLastAsync(CancellationToken cancellationToken)
    {
        try
        {
            var configs = await federation.Host.ListAsync(CoreResources.KubeFedConfigs, new ListQuery(), cancellationToken).ConfigureAwait(false);
            return configs.Items.All(config => config.Namespace == federation.SystemNamespace);
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            return true;
        }
    }

    private async Task DeleteSharedAsync(ObjectWriter host, IReadOnlyList<FederatedType> types, CancellationToken cancellationToken)
    {
        var groups = types.Select(type => type.Federated.Group).Distinct(StringComparer.Ordinal);
        foreach (var role in ControlPlaneManifests.UserRoles().Concat(groups.SelectMany(GroupRoles.For)))
        {
            await host.DeleteAsync(KnownResources.ClusterRoles, role.Key, null, cancellationToken).ConfigureAwait(false);
        }

        if (!request.DeleteDefinitions)
        {
            return;
        }

        var definitions = types.Select(type => TypeNames.DefinitionName(type.Federated))
            .Concat(ControlPlaneManifests.Definitions().Select(definition => definition.Name));
        foreach (var name in definitions.Distinct(StringComparer.Ordinal))
        {
            await host.DeleteAsync(KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped(name), null, cancellationToken).ConfigureAwait(false);
        }

        federation.Host.Discovery.Invalidate();
    }

    /// <summary>Not among the changes that are told: what tearing down deletes is written there, and goes with it.</summary>
    private async Task ForgetDeletionsAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!request.DryRun)
            {
                var key = new ObjectKey(federation.SystemNamespace, KubeFedNames.DeletionsName);
                await federation.Host.DeleteAsync(KnownResources.ConfigMaps, key, DeleteOptions.Default, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            // Nothing was ever deleted.
        }
    }

    private static bool IsOurs(KubeObject item) =>
        item.Gvk.Group == KubeFedNames.CoreGroup || item.Annotation(JoinRecord.OwnerAnnotation) is not null || item is { Kind: "ConfigMap", Name: KubeFedNames.DeletionsName };

    private async Task DeleteNamespaceAsync(ObjectWriter host, CancellationToken cancellationToken)
    {
        var key = ObjectKey.ClusterScoped(federation.SystemNamespace);
        if (await host.FindAsync(KnownResources.Namespaces, key, cancellationToken).ConfigureAwait(false) is null)
        {
            return;
        }

        var others = await NamespaceContents.ListAsync(federation.Host, key.Name, IsOurs, cancellationToken).ConfigureAwait(false);
        if (others.Count > 0)
        {
            _left.Add($"Namespace {key.Name}: it holds {others.Count} objects that are not the control plane's, such as {others[0]}");
            return;
        }

        await host.DeleteAsync(KnownResources.Namespaces, key, null, cancellationToken).ConfigureAwait(false);
    }
}
