using System.Runtime.CompilerServices;
using KubeFed.Engine.Api;
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
            var client = await federation.Members.ConnectAsync(cluster, cancellationToken).ConfigureAwait(false);
            var copy = await client.FindAsync(TargetOf(resource), resource.TargetKey, cancellationToken).ConfigureAwait(false);
            return new FederatedCopy(cluster.Name, copy, null);
        }
        catch (Exception error) when (error is KubeException or FederationException)
        {
            return new FederatedCopy(cluster.Name, null, error.Message);
        }
    }

    /// <summary>E-53: a template may ask for another version of its type than the enabled one.</summary>
    private static ApiResource TargetOf(FederatedResource resource)
    {
        var target = resource.Type.Target;
        return resource.Template.NonEmptyText("apiVersion") is { } apiVersion
            && GroupVersionKind.Parse(apiVersion, target.Kind) is var chosen
            && chosen.Group == target.Group
                ? target with { Version = chosen.Version }
                : target;
    }
}
