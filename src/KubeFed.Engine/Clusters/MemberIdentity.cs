using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>Whether a connection leads to the cluster that was joined: a context that points elsewhere must do nothing there.</summary>
/// <remarks>P-16.</remarks>
internal static class MemberIdentity
{
    /// <param name="client">The connection.</param>
    /// <param name="cluster">The registration; null when there is none.</param>
    /// <param name="given">What the caller gave to connect by; null for the stored credentials, whose endpoint is the registered one.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="FederationException"><c>ClusterMismatch</c>.</exception>
    public static async Task CheckAsync(IKubeClient client, MemberCluster? cluster, ConnectionSettings? given, CancellationToken cancellationToken)
    {
        var recorded = cluster?.Source.Annotation(JoinRecord.ClusterUidAnnotation);
        if (recorded is null || given is null)
        {
            // Connecting is tried all the same, so that an unreachable member is noticed before anything is written.
            await client.GetVersionAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        var system = await client.FindAsync(KnownResources.Namespaces, ObjectKey.ClusterScoped("kube-system"), cancellationToken).ConfigureAwait(false);
        if (system?.Uid != recorded)
        {
            throw new FederationException(
                "ClusterMismatch",
                FederationProblem.Invalid,
                $"The cluster at {given.Server} is not \"{cluster!.Name}\": its kube-system namespace is {system?.Uid ?? "missing"}, "
                    + $"and {recorded} was joined.")
            {
                Remedy = "Name the context of the cluster that was joined, or leave the context out to use the stored credentials.",
                Target = cluster.Name,
            };
        }
    }
}
