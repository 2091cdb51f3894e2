using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Engine.Scheduling;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Reading;

/// <summary>The sources of a run that reads for itself: nobody watches, so everything is asked for when it begins.</summary>
internal sealed class LiveSources(Federation federation) : ISyncSources
{
    public IKubeClient Host => federation.Host;

    public bool MayLag => false;

    public async Task<SyncBasis> BasisAsync(IEngineSink sink, CancellationToken cancellationToken)
    {
        var config = federation.ControlPlane.ReadConfigAsync(cancellationToken);
        var self = FederationIdentity.FindAsync(federation, sink, cancellationToken);
        var types = federation.Types.ListAsync(cancellationToken);
        var clusters = federation.Clusters.ListAsync(cancellationToken);

        // Of several failures the first one's is told, and a control plane that is missing explains the others.
        await Task.WhenAll(config, self, types, clusters).ConfigureAwait(false);
        return new SyncBasis(
            await config.ConfigureAwait(false), await self.ConfigureAwait(false), await types.ConfigureAwait(false), await clusters.ConfigureAwait(false));
    }

    public Task<FederatedType> ResolveAsync(string word, CancellationToken cancellationToken) => federation.Types.ResolveAsync(word, cancellationToken);

    public IHostFacts OpenHost(SyncScope scope, FederatedType? namespaces, CancellationToken cancellationToken) =>
        new LiveHostFacts(federation, scope, namespaces, cancellationToken);

    public MemberLane OpenLane(MemberCluster cluster, SyncScope scope, IEngineSink sink, CancellationToken cancellationToken) =>
        cluster.Suspension is { } suspension
            ? MemberLane.Suspended(cluster, suspension)
            : MemberLane.Reading(
                cluster, new LastingConnections(federation, sink).ConnectAsync(cluster, scope.DryRun, cancellationToken), scope, cancellationToken);

    public Task<IReadOnlyDictionary<(string Type, ObjectKey Key), KubeObject>> ScheduleAsync(
        SyncRequest request, IReadOnlyList<FederatedType> types, SyncScope scope, IEngineSink sink, CancellationToken cancellationToken) =>
        SchedulingPass.RunAsync(federation, request, types, scope.Includes, sink, cancellationToken);
}
