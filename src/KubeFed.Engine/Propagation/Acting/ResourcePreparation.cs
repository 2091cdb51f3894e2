using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>What happens to a resource on the host before any member is touched: it is checked, placed, and gets our finalizer.</summary>
/// <remarks>E-20 to E-27, section 4 steps 1 and 2.</remarks>
internal sealed class ResourcePreparation(
    Federation federation, SyncScope scope, IReadOnlyList<MemberCluster> clusters, HostSnapshot host, HostWriter writer, Teller teller)
{
    /// <summary>A run with as many cells as asked for, or null when there is nothing to do in any member; whatever is to be said of it has been said.</summary>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public async Task<ResourceRun?> PrepareAsync(FederatedResource resource, int cells, CancellationToken cancellationToken)
    {
        if (ResourceGate.Check(resource, federation.SystemNamespace) is { } passed)
        {
            teller.Whole(resource, passed.IsFault ? PlanAction.Error : PlanAction.Skip, passed.Why);
            return null;
        }

        try
        {
            var plan = await host.PlanAsync(resource, clusters).ConfigureAwait(false);
            var stored = resource.Object;
            if (plan.NeedsFinalizer && !scope.DryRun)
            {
                if (await writer.AddFinalizerAsync(resource.Type, stored, cancellationToken).ConfigureAwait(false) is not { } finalized)
                {
                    // It is gone, or going without ever having been propagated.
                    return null;
                }

                if (finalized.Generation != stored.Generation)
                {
                    plan = await host.PlanAsync(new FederatedResource(resource.Type, finalized), clusters).ConfigureAwait(false);
                }

                stored = finalized;
            }

            if (plan.Phase == ResourcePhase.Released)
            {
                return null;
            }

            Announce(plan);
            var run = new ResourceRun(plan, stored, cells);
            AddUnknown(run);
            return run;
        }
        catch (KubeException error)
        {
            teller.Whole(resource, PlanAction.Error, $"the resource could not be prepared on the host, so no cluster was touched: {error.Message}");
            return null;
        }
    }

    private void Announce(ResourcePlan plan)
    {
        if (plan.Phase == ResourcePhase.Propagating && plan.Placement.Failure != AggregateReason.None)
        {
            teller.Whole(plan.Resource, PlanAction.Error, plan.Placement.Message, plan.Placement.Failure);
        }

        foreach (var warning in plan.Source.Warnings)
        {
            teller.Sink.Warning($"{plan.Resource.Type.Federated.Kind} {plan.Resource.Key}: {warning}");
        }
    }

    private void AddUnknown(ResourceRun run)
    {
        if (run.Plan.Phase != ResourcePhase.Propagating)
        {
            return;
        }

        foreach (var unknown in run.Plan.Placement.Clusters)
        {
            if (unknown.Verdict == PlacementVerdict.NotRegistered && scope.IncludesCluster(unknown.Cluster))
            {
                var result = ResourcePlan.Unknown(unknown).Stand();
                run.Add(result);
                teller.Cell(run.Plan.Resource.Type, run.Plan.Resource.Key, result);
            }
        }
    }
}
