using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// Sees to it that nothing is done because of what the host's cache showed: it may be a moment old, and a resource that was deleted meanwhile must not be
/// propagated once more. What has nothing to do in any member is taken as it is, and so is what has yet to get its finalizer; everything else is read anew.
/// </summary>
internal sealed class CachedResources(
    IKubeClient client, HostSnapshot host, IReadOnlyList<MemberCluster> clusters, IReadOnlyList<MemberLane> lanes, TimeProvider time)
{
    /// <summary>How long the members' lists are waited for; a resource whose copies are not known by then is read anew, which is never wrong.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The resource as it is to be dealt with; null when it is gone.</summary>
    /// <exception cref="KubeException">It could not be read.</exception>
    public async Task<FederatedResource?> RenewAsync(FederatedResource resource, CancellationToken cancellationToken) =>
        await IsSafeAsync(resource, cancellationToken).ConfigureAwait(false)
            ? resource
            : await client.FindAsync(resource.Type.Federated, resource.Key, cancellationToken).ConfigureAwait(false) is { } fresh
                && fresh.Uid == resource.Object.Uid ? new FederatedResource(resource.Type, fresh) : null;

    private async Task<bool> IsSafeAsync(FederatedResource resource, CancellationToken cancellationToken)
    {
        var plan = await host.PlanAsync(resource, clusters).ConfigureAwait(false);
        if (plan.Phase != ResourcePhase.Propagating || plan.NeedsFinalizer)
        {
            // Adding the finalizer is bound to the version that was seen, and comes before anything else.
            return plan.NeedsFinalizer;
        }

        foreach (var lane in lanes)
        {
            if (await ViewAsync(lane, resource.Type, cancellationToken).ConfigureAwait(false) is not { } view
                || plan.Decide(lane.Name, lane.StateOf(view, resource)) is { Writes: true } or { NeedsLook: true })
            {
                return false;
            }
        }

        return true;
    }

    private async Task<MemberView?> ViewAsync(MemberLane lane, FederatedType type, CancellationToken cancellationToken)
    {
        var reading = lane.ViewAsync(type);
        try
        {
            return reading.IsCompletedSuccessfully
                ? await reading.ConfigureAwait(false)
                : await reading.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
