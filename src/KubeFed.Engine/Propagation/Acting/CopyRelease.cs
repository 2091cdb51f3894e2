using System.Runtime.CompilerServices;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Propagation.Reading;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>Gives the copies of a type that is not propagated any more to the clusters they are in.</summary>
internal sealed class CopyRelease(Federation federation, FederatedType type, bool dryRun, IEngineSink sink)
{
    public async IAsyncEnumerable<SyncOutcome> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sources = new LiveSources(federation);
        var basis = await sources.BasisAsync(sink, cancellationToken).ConfigureAwait(false);
        var scope = new SyncScope(new SyncRequest { DryRun = dryRun }, basis.Config, federation.SystemNamespace, basis.Self);
        if (!scope.Reaches(type))
        {
            yield break;
        }

        var lanes = basis.Clusters.Select(cluster => sources.OpenLane(cluster, scope, sink, cancellationToken)).ToList();
        await foreach (var member in Task.WhenEach(lanes.Select(lane => ReleaseAsync(lane, scope, cancellationToken))).ConfigureAwait(false))
        {
            foreach (var outcome in await member.ConfigureAwait(false))
            {
                yield return outcome;
            }
        }
    }

    private async Task<IReadOnlyList<SyncOutcome>> ReleaseAsync(MemberLane lane, SyncScope scope, CancellationToken cancellationToken)
    {
        var view = await lane.ViewAsync(type).ConfigureAwait(false);
        if (view.Fault is { } fault)
        {
            // Where the type is not served there is no copy either.
            var nameless = ObjectKey.ClusterScoped(string.Empty);
            return fault.Reason == PropagationReason.TypeNotServed ? [] : [Outcome(lane, nameless, fault.Reason, fault.Message, succeeded: false)];
        }

        var outcomes = new List<SyncOutcome>();
        foreach (var (key, version) in view.Versions.OrderBy(copy => copy.Key))
        {
            var cell = ResourcePlan.Release(lane.Name, version, scope.Self);
            if (!cell.Writes || (type.IsNamespaceType && ResourceGate.IsReserved(key.Name, federation.SystemNamespace)))
            {
                continue;
            }

            var result = cell.Stand();
            if (!dryRun)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var released = KubeObject.Create(type.Federated, type.FederatedOf(key));
                var plan = new ResourcePlan(new FederatedResource(type, released), new Placement { Clusters = [] }, scope.Self);
                var client = await lane.Connecting.ConfigureAwait(false);
                var writer = new CellWriter(client, plan, view.Resource, withStatus: false, lane.Guards);
                (result, _) = await writer.ExecuteAsync(cell, cancellationToken).ConfigureAwait(false);
            }

            outcomes.Add(Outcome(lane, type.FederatedOf(key), result.Reason, result.Message, result.Succeeded) with { Written = result.Written });
        }

        return outcomes;
    }

    private SyncOutcome Outcome(MemberLane lane, ObjectKey key, PropagationReason reason, string message, bool succeeded) => new()
    {
        Type = type,
        Resource = key,
        Cluster = lane.Name,
        Action = PlanAction.Unmanage,
        Reason = reason,
        Message = message,
        Succeeded = succeeded,
        DryRun = dryRun,
        Time = federation.Time.GetUtcNow(),
    };
}
