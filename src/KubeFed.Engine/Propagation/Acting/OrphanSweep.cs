using System.Collections.Concurrent;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>Gives back what carries our label in a member although no federated object stands behind it.</summary>
/// <remarks>
/// E-23, E-105, S-41, S-42. What another federation put there is no orphan of ours. Only in runs that saw every federated object of the type, or that are about
/// single keys and know that nothing stands behind one; each find is confirmed on the host before anything is written.
/// </remarks>
internal sealed class OrphanSweep(IKubeClient host, string systemNamespace, SyncScope scope, Teller teller)
{
    private readonly ConcurrentDictionary<string, HashSet<ObjectKey>> _wanted = new(StringComparer.Ordinal);

    /// <summary>The targets of all federated objects of a type. A type never made known is not swept.</summary>
    public void Know(FederatedType type, HashSet<ObjectKey> targets) => _wanted[type.Name] = targets;

    /// <summary>Sweeps one type in one member.</summary>
    public async Task SweepAsync(MemberLane lane, FederatedType type, CancellationToken stop, CancellationToken writing)
    {
        if (!(scope.IsComplete || scope.Keys is not null) || !_wanted.TryGetValue(type.Name, out var wanted))
        {
            return;
        }

        var view = await lane.ViewAsync(type).ConfigureAwait(false);
        if (scope.IsComplete)
        {
            TellOthers(lane, type, view, wanted);
        }

        var found = scope.Keys is { } keys ? Named(type, view, keys) : view.Versions;
        foreach (var (key, version) in found.Where(v => !wanted.Contains(v.Key)).OrderBy(v => v.Key))
        {
            stop.ThrowIfCancellationRequested();
            if (type.IsNamespaceType && ResourceGate.IsReserved(key.Name, systemNamespace))
            {
                continue;
            }

            var cell = ResourcePlan.Release(lane.Name, version, scope.Self);
            if (cell.Writes && await IsOrphanAsync(type, key, stop).ConfigureAwait(false))
            {
                await ReleaseAsync(lane, type, view, key, cell, writing).ConfigureAwait(false);
            }
        }
    }

    private static IEnumerable<KeyValuePair<ObjectKey, MemberVersion>> Named(FederatedType type, MemberView view, IReadOnlySet<(string Type, ObjectKey Key)> keys)
    {
        foreach (var (_, key) in keys.Where(key => key.Type == type.Name))
        {
            // A FederatedNamespace of another name than its namespace's stands for nothing in a member (E-24).
            var target = type.TargetOf(key);
            if (type.FederatedOf(target) == key && view.Find(target) is { } version)
            {
                yield return KeyValuePair.Create(target, version);
            }
        }
    }

    /// <summary>
    /// What other federations have there that this one does not declare: normal where two share a member, and an inventory of what is left where the other is
    /// gone (P-56).
    /// </summary>
    private void TellOthers(MemberLane lane, FederatedType type, MemberView view, HashSet<ObjectKey> wanted)
    {
        var others = view.Versions
            .Where(v => v.Value.Managed == ManagedMark.Managed && scope.Self?.IsOther(v.Value.Federation) == true && !wanted.Contains(v.Key))
            .GroupBy(v => v.Value.Federation, v => v.Key);
        foreach (var other in others.OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            teller.Sink.Verbose(
                $"Cluster {lane.Name} holds {type.Name} of federation {other.Key} that this one does not declare: {string.Join(", ", other.Order())}");
        }
    }

    /// <summary>The federated object may have been made after the list was read.</summary>
    private async Task<bool> IsOrphanAsync(FederatedType type, ObjectKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await host.FindAsync(type.Federated, type.FederatedOf(key), cancellationToken).ConfigureAwait(false) is null;
        }
        catch (KubeException error)
        {
            teller.Sink.Warning(
                $"{type.Target.Kind} {key} carries the managed label in a member, and whether it still should could not be found out: {error.Message}");
            return false;
        }
    }

    private async Task ReleaseAsync(MemberLane lane, FederatedType type, MemberView view, ObjectKey key, CellPlan cell, CancellationToken writing)
    {
        var result = cell.Stand();
        if (!scope.DryRun)
        {
            var orphan = KubeObject.Create(type.Federated, type.FederatedOf(key));
            var plan = new ResourcePlan(new FederatedResource(type, orphan), new Placement { Clusters = [] }, scope.Self);
            var client = await lane.Connecting.ConfigureAwait(false);
            (result, var fault) = await new CellWriter(client, plan, view.Resource, withStatus: false, lane.Guards).ExecuteAsync(cell, writing).ConfigureAwait(false);
            lane.Report(fault);
        }

        await teller.CellAsync(type, key, result).ConfigureAwait(false);
    }
}
