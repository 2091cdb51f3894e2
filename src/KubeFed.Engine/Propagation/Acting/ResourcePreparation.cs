using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>What happens to a resource on the host before any member is touched: it is checked, placed, and gets our finalizer.</summary>
/// <remarks>E-20 to E-27, section 4 steps 1 and 2.</remarks>
internal sealed class ResourcePreparation(
    string systemNamespace,
    SyncScope scope,
    IReadOnlyList<MemberCluster> clusters,
    HostSnapshot host,
    CachedResources? cached,
    HostWriter writer,
    Teller teller)
{
    /// <summary>A run with as many cells as asked for, or null when there is nothing to do in any member; whatever is to be said of it has been said.</summary>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public async Task<ResourceRun?> PrepareAsync(FederatedResource resource, int cells, CancellationToken cancellationToken)
    {
        if (ResourceGate.Check(resource, systemNamespace) is { } passed)
        {
            await teller.WholeAsync(resource, passed.IsFault ? PlanAction.Error : PlanAction.Skip, passed.Why).ConfigureAwait(false);
            return null;
        }

        try
        {
            if (cached is not null)
            {
                if (await cached.RenewAsync(resource, cancellationToken).ConfigureAwait(false) is not { } renewed)
                {
                    return null;
                }

                resource = renewed;
            }

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

            await AnnounceAsync(plan).ConfigureAwait(false);
            var run = new ResourceRun(plan, stored, cells);
            await AddUnknownAsync(run).ConfigureAwait(false);
            return run;
        }
#pragma warning disable CA1031 // Nothing is swallowed: it is told of this resource, and the others go on.
        catch (Exception error) when (MemberFault.Is(error))
#pragma warning restore CA1031
        {
            await teller
                .WholeAsync(resource, PlanAction.Error, $"the resource could not be prepared on the host, so no cluster was touched: {error.Message}")
                .ConfigureAwait(false);
            return null;
        }
    }

    private async Task AnnounceAsync(ResourcePlan plan)
    {
        if (plan.Phase == ResourcePhase.Propagating && plan.Placement.Failure != AggregateReason.None)
        {
            await teller.WholeAsync(plan.Resource, PlanAction.Error, plan.Placement.Message, plan.Placement.Failure).ConfigureAwait(false);
        }

        foreach (var warning in plan.Warnings)
        {
            teller.Sink.Warning($"{plan.Resource.Type.Federated.Kind} {plan.Resource.Key}: {warning}");
        }
    }

    private async Task AddUnknownAsync(ResourceRun run)
    {
        foreach (var departed in run.Plan.Departed(clusters.Select(c => c.Name).ToHashSet(StringComparer.Ordinal)))
        {
            var result = departed.Stand();
            run.Add(result);
            await teller.CellAsync(run.Plan.Resource.Type, run.Plan.Resource.Key, result).ConfigureAwait(false);
        }

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
                await teller.CellAsync(run.Plan.Resource.Type, run.Plan.Resource.Key, result).ConfigureAwait(false);
            }
        }
    }
}
