using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.ControlPlane.Doctor;

/// <summary>Looks at one member with the stored credentials: is it ready, what does it serve, what may be done there.</summary>
/// <param name="federation">Whose member.</param>
/// <param name="types">The enabled types.</param>
/// <param name="scope">Where copies may be.</param>
internal sealed class ClusterExamination(Federation federation, IReadOnlyList<FederatedType> types, ControlPlaneScope scope)
{
    /// <param name="cluster">Its registration.</param>
    /// <param name="secret">The Secret it names; null when there is none.</param>
    /// <param name="policy">How it is probed.</param>
    /// <param name="record">Whether the health found is recorded.</param>
    /// <param name="cancellationToken">Stops the reads.</param>
    public async Task<ExaminedCluster> RunAsync(
        MemberCluster cluster, KubeObject? secret, HealthPolicy policy, bool record, CancellationToken cancellationToken)
    {
        var health = await federation.Clusters.CheckAsync(cluster, policy, record, cancellationToken).ConfigureAwait(false);
        var examined = new ExaminedCluster(cluster, secret, health, null);
        if (!health.Reachable)
        {
            return examined;
        }

        try
        {
            var client = await federation.ConnectAsync(cluster, cancellationToken).ConfigureAwait(false);
            var targets = types
                .Where(type => type.PropagationEnabled && (scope == ControlPlaneScope.Cluster || type.Target.Namespaced))
                .Select(type => type.Target)
                .ToList();
            examined = examined with { Served = await ServedAsync(client, targets, cancellationToken).ConfigureAwait(false) };
            var where = scope == ControlPlaneScope.Cluster ? "default" : federation.SystemNamespace;
            return examined with { Refused = await new MemberPermissions(client, where).MissingAsync(targets, cancellationToken).ConfigureAwait(false) };
        }
        catch (KubeException)
        {
            // Its health says what is wrong; what it serves and permits is then not known.
            return examined;
        }
    }

    private static async Task<IReadOnlySet<string>> ServedAsync(IKubeClient client, IReadOnlyList<ApiResource> targets, CancellationToken cancellationToken)
    {
        // A session remembers what a member served when it was first asked.
        client.Discovery.Invalidate();
        var all = await client.Discovery.GetAllAsync(cancellationToken).ConfigureAwait(false);
        var served = all.Resources.Select(resource => resource.ToString()).ToHashSet(StringComparer.Ordinal);

        // What lists everything may lag behind, or leave out a group that fails just now; asking for the one that is missed tells.
        foreach (var missed in targets.Where(target => !served.Contains(target.ToString())))
        {
            if (await client.Discovery.FindAsync(missed.Gvk, cancellationToken).ConfigureAwait(false) is { } found)
            {
                served.Add(found.ToString());
            }
        }

        return served;
    }
}
