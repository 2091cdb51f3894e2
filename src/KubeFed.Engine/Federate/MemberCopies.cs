using System.Runtime.CompilerServices;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Federate;

/// <summary>Reads the copies of one resource from all members at once; a member that fails says so and holds up nobody.</summary>
internal sealed class MemberCopies(Federation federation)
{
    public async IAsyncEnumerable<FederatedCopy> ReadAsync(
        FederatedResource resource, IReadOnlyList<string>? clusters, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var registered = await federation.Clusters.ListAsync(cancellationToken).ConfigureAwait(false);
        foreach (var unknown in (clusters ?? []).Except(registered.Select(cluster => cluster.Name), StringComparer.Ordinal))
        {
            yield return new FederatedCopy(unknown, null, $"No cluster named \"{unknown}\" is registered.");
        }

        var reads = registered
            .Where(cluster => clusters is null || clusters.Contains(cluster.Name, StringComparer.Ordinal))
            .Select(cluster => ReadAsync(resource, cluster, cancellationToken))
            .ToList();
        await foreach (var read in Task.WhenEach(reads).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return await read.ConfigureAwait(false);
        }
    }

    private async Task<FederatedCopy> ReadAsync(FederatedResource resource, MemberCluster cluster, CancellationToken cancellationToken)
    {
        try
        {
            var client = await federation.ConnectAsync(cluster, cancellationToken).ConfigureAwait(false);
            var versions = new ServedVersions(Task.FromResult(client), cancellationToken);
            var copy = await FindAsync(client, versions, resource, cancellationToken).ConfigureAwait(false);
            return new FederatedCopy(cluster.Name, copy, null);
        }
        catch (Exception error) when (error is KubeException or FederationException)
        {
            return new FederatedCopy(cluster.Name, null, error.Message) { Failure = error };
        }
    }

    /// <summary>One list per member instead of one read per resource; members come as they answer.</summary>
    public async IAsyncEnumerable<ClusterCopies> ListAsync(CopyQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (query.Resources.Count == 0)
        {
            yield break;
        }

        var registered = await federation.Clusters.ListAsync(cancellationToken).ConfigureAwait(false);
        var lists = registered
            .Where(cluster => query.Clusters is null || query.Clusters.Contains(cluster.Name, StringComparer.Ordinal))
            .Select(cluster => ListAsync(query, cluster, cancellationToken))
            .ToList();
        await foreach (var list in Task.WhenEach(lists).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return await list.ConfigureAwait(false);
        }
    }

    private async Task<ClusterCopies> ListAsync(CopyQuery query, MemberCluster cluster, CancellationToken cancellationToken)
    {
        try
        {
            var client = await federation.ConnectAsync(cluster, cancellationToken).ConfigureAwait(false);
            var versions = new ServedVersions(Task.FromResult(client), cancellationToken);
            var found = await FoundAsync(client, versions, query, cancellationToken).ConfigureAwait(false);
            var copies = new List<(FederatedResource, KubeObject?)>(query.Resources.Count);
            foreach (var resource in query.Resources)
            {
                var copy = found.GetValueOrDefault(resource.TargetKey);
                if (query.LabelSelector is null && (copy is null || TargetOf(resource) != resource.Type.Target))
                {
                    // What is not listed by label may be there without it; and a template may ask for another version than the list's.
                    copy = await FindAsync(client, versions, resource, cancellationToken).ConfigureAwait(false);
                }

                if (copy is not null || query.LabelSelector is null)
                {
                    copies.Add((resource, copy));
                }
            }

            return new ClusterCopies(cluster.Name, copies, null);
        }
        catch (Exception error) when (error is KubeException or FederationException)
        {
            return new ClusterCopies(cluster.Name, [], error);
        }
    }

    /// <summary>The objects that carry the managed label, or the labels asked for, of those that are wanted at all.</summary>
    private static async Task<Dictionary<ObjectKey, KubeObject>> FoundAsync(
        IKubeClient client, ServedVersions versions, CopyQuery query, CancellationToken cancellationToken)
    {
        var wanted = query.Resources.Select(resource => resource.TargetKey).ToHashSet();
        var namespaces = wanted.Select(key => key.Namespace).Distinct().Take(2).ToList();
        var type = query.Resources[0].Type.Target;
        var list = new ListQuery
        {
            Namespace = namespaces is [{ } only] ? only : null,
            LabelSelector = query.LabelSelector ?? KubeFedNames.ManagedLabel,
        };
        var found = new Dictionary<ObjectKey, KubeObject>();
        var listed = await versions.ListAsync(client, type, list, cancellationToken).ConfigureAwait(false);
        foreach (var item in listed.Items.Where(item => wanted.Contains(item.Key)))
        {
            found[item.Key] = item;
        }

        return found;
    }

    /// <summary>One copy by its name: in the version its template chooses, or else in whichever the member serves (P-53).</summary>
    private static async Task<KubeObject?> FindAsync(
        IKubeClient client, ServedVersions versions, FederatedResource resource, CancellationToken cancellationToken)
    {
        var target = TargetOf(resource);
        return resource.Template.NonEmptyText("apiVersion") is null
            ? (await versions.GetAsync(client, target, resource.TargetKey, cancellationToken).ConfigureAwait(false)).Found
            : await client.FindAsync(target, resource.TargetKey, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>E-53: a template may ask for another version of its type than the enabled one.</summary>
    private static ApiResource TargetOf(FederatedResource resource)
    {
        var target = resource.Type.Target;
        return resource.Template.NonEmptyText("apiVersion") is { } apiVersion
            && GroupVersionKind.Parse(apiVersion, target.Kind) is var chosen
            && chosen.Group == target.Group
            && RequestPath.CanName(chosen.Group, chosen.Version)
                ? target with { Version = chosen.Version }
                : target;
    }
}
