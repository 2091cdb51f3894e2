using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// Gives back what carries our label in a member although no federated object stands behind it, and removes what came back after its resource was deleted.
/// </summary>
/// <remarks>
/// E-23, E-105, S-41, S-42. What another federation put there is no orphan of ours. Only in runs that saw every federated object of the type, or that are about
/// single keys and know that nothing stands behind one; each find is confirmed on the host before anything is written.
/// </remarks>
/// <param name="host">The host.</param>
/// <param name="systemNamespace">Where the control plane is.</param>
/// <param name="scope">How far the run reaches.</param>
/// <param name="tombstones">What was deleted lately.</param>
/// <param name="teller">Told of each orphan.</param>
internal sealed class OrphanSweep(IKubeClient host, string systemNamespace, SyncScope scope, TombstoneStore tombstones, Teller teller)
{
    private readonly LateCopies _late = new(scope);
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

        var orphans = new List<Orphan>();
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
                orphans.Add(new Orphan(key, version, cell));
            }
        }

        // Read only now: whoever ended a deletion that was seen above had written it down before.
        if (orphans.Count == 0 || await DeletedAsync(type, stop).ConfigureAwait(false) is not { } deleted)
        {
            return;
        }

        foreach (var orphan in orphans)
        {
            stop.ThrowIfCancellationRequested();
            await EndAsync(lane, type, view, orphan, deleted, writing).ConfigureAwait(false);
        }
    }

    /// <summary>What the host remembers as deleted; null when that can't be told now, and then no orphan is touched.</summary>
    private async Task<Tombstones?> DeletedAsync(FederatedType type, CancellationToken cancellationToken)
    {
        try
        {
            return await tombstones.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException error) when (error.IsForbidden)
        {
            teller.Sink.Verbose($"Whether a delayed request brought copies back is not known, so all orphans are released: {error.Message}");
            return Tombstones.None;
        }
        catch (KubeException error)
        {
            teller.Sink.Warning($"What became of {type.Target.Kind} objects that no federated resource stands behind could not be found out, so they stay as "
                + $"they are: {error.Message}");
            return null;
        }
    }

    private async Task EndAsync(
        MemberLane lane, FederatedType type, MemberView view, Orphan orphan, Tombstones deleted, CancellationToken writing)
    {
        try
        {
            if (await _late.RemoveAsync(lane, type, view, orphan, deleted, writing).ConfigureAwait(false) is { } removed)
            {
                await teller.CellAsync(type, orphan.Key, removed).ConfigureAwait(false);
                return;
            }
        }
        catch (KubeException error)
        {
            var fault = MemberFault.OfLook(error);
            lane.Report(fault);
            await teller.CellAsync(type, orphan.Key, orphan.Cell.Failed(fault.Reason, fault.Message) with { Listed = false }).ConfigureAwait(false);
            return;
        }

        await ReleaseAsync(lane, type, view, orphan.Key, orphan.Cell, writing).ConfigureAwait(false);
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
            // Asked again after a conflict, the plan must go on to release, and never find a copy that no placement wants.
            var orphan = KubeObject.Create(type.Federated, type.FederatedOf(key));
            orphan.Metadata["deletionTimestamp"] = Timestamps.Write(DateTimeOffset.UnixEpoch);
            orphan.Metadata["finalizers"] = new JsonArray(KubeFedNames.SyncFinalizer);
            orphan.SetAnnotation(KubeFedNames.OrphanAnnotation, "true");
            var plan = new ResourcePlan(new FederatedResource(type, orphan), new Placement { Clusters = [] }, scope.Self);
            var client = await lane.Connecting.ConfigureAwait(false);
            (result, var fault) = await new CellWriter(client, plan, view.Resource, withStatus: false, lane.Guards).ExecuteAsync(cell, writing).ConfigureAwait(false);
            lane.Report(fault);
        }

        await teller.CellAsync(type, key, result).ConfigureAwait(false);
    }
}
