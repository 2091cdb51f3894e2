using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Propagation.Health;
using KubeFed.Engine.Propagation.Recording;

namespace KubeFed.Engine.Propagation.Planning;

/// <content>Copies where they are wanted: made, kept as declared, adopted, or left to others.</content>
public sealed partial class ResourcePlan
{
    /// <summary>The cell of a name in the placement that no cluster is registered under (P-34).</summary>
    public static CellPlan Unknown(ClusterPlacement placement) => new()
    {
        Cluster = placement.Cluster,
        Action = PlanAction.Error,
        Reason = PropagationReason.ClusterNotFound,
        Message = placement.Explanation,
        Health = ObjectHealth.Unseen,
    };

    /// <summary>
    /// What is to be recorded of a cluster that the run did not come to, because it was asked for others or was stopped; null when what is on record is
    /// still true. Without it a status would call propagated what was never sent, or removed what is still there.
    /// </summary>
    public CellResult? LeftOut(string cluster)
    {
        var record = _records.GetValueOrDefault(cluster);
        var isWanted = _placed.GetValueOrDefault(cluster) is { Selected: true } or { Verdict: PlacementVerdict.NotRegistered };
        if (Phase == ResourcePhase.Deleting || (Phase == ResourcePhase.Propagating && Placement.Failure == AggregateReason.None && !isWanted))
        {
            return record is { MayHoldCopy: true, Reason: PropagationReason.Ok or PropagationReason.Pending }
                ? Behind("it still holds a copy that is to be removed")
                : null;
        }

        if (Phase != ResourcePhase.Propagating || Placement.Failure != AggregateReason.None)
        {
            return null;
        }

        if (_placed[cluster].Verdict == PlacementVerdict.NotRegistered)
        {
            return Unknown(_placed[cluster]).Stand();
        }

        // What the declaration is to blame for may have been mended in it; what went wrong in the member stays true until somebody looks there.
        if (record is not null and not
            {
                Reason: PropagationReason.Ok or PropagationReason.Pending or PropagationReason.ApplyOverridesFailed or PropagationReason.ComputeResourceFailed,
            })
        {
            return null;
        }

        var wanted = Desire(Kept(cluster, record, PlanAction.None, PropagationReason.Ok, string.Empty));
        if (wanted.Desired is not { } desired)
        {
            return wanted.Stand();
        }

        // A KubeFed controller recorded no hash, but all that it had not done.
        var isTrue = record is { AppliedHash: null, Reason: PropagationReason.Ok } && Recorded.ObservedGeneration >= Resource.Object.Generation;
        return isTrue || record?.AppliedHash == desired.Hash ? wanted.Stand()
            : Behind(record is { MayHoldCopy: true } ? "its copy is not as declared" : "it has no copy yet");

        CellResult Behind(string how) =>
            Kept(cluster, record, PlanAction.Wait, PropagationReason.Pending, $"the last sync did not come to this cluster, and {how}").Stand();
    }

    private CellPlan Propagate(string cluster, MemberState state)
    {
        var record = _records.GetValueOrDefault(cluster);
        if (state is MemberState.Unavailable unavailable)
        {
            return Kept(cluster, record, unavailable.Action, unavailable.Reason, unavailable.Message) with { Health = ObjectHealth.Unseen };
        }

        var (version, looked) = (MemberState.Known)state;
        if ((_everywhere ?? version?.Derived) is { } derived)
        {
            return new CellPlan
            {
                Cluster = cluster,
                Action = PlanAction.Error,
                Reason = PropagationReason.AlreadyExists,
                Version = version,
                Health = version?.Health,
                Message = $"an object of this name is the cluster's own: {derived}; it would be written back at once, so it is never taken over: rename the "
                    + "resource, or take the cluster out of its placement",
            };
        }

        if (version is null)
        {
            return Desire(new CellPlan
            {
                Cluster = cluster,
                Action = PlanAction.Create,
                InitialReplicas = Source.InitialReplicas,
                Health = ObjectHealth.Missing,
                // A copy we know of, or an object we met before, is not listed by label any more or never was.
                NeedsLook = !looked
                    && record is { MayHoldCopy: true } or
                    {
                        Reason: PropagationReason.AlreadyExists or PropagationReason.ManagedLabelFalse or PropagationReason.OwnedByOtherFederation,
                    },
            });
        }

        var seen = new CellPlan
        {
            Cluster = cluster,
            Action = PlanAction.None,
            ObservedVersion = record?.ObservedVersion,
            AppliedHash = record?.AppliedHash,
            Version = version,
            RemoteStatus = version.RemoteStatus,
            Health = version.Health,
        };
        switch (version)
        {
            case { Managed: ManagedMark.OptedOut }:
                return seen with
                {
                    Action = PlanAction.Skip,
                    Reason = PropagationReason.ManagedLabelFalse,
                    Message = $"the object carries {KubeFedNames.ManagedLabel}=false and is left alone; remove that label to federate it",
                    ObservedVersion = null,
                    AppliedHash = null,
                };
            case { Deleting: true }:
                return seen with
                {
                    Action = PlanAction.Wait,
                    Reason = PropagationReason.WaitingForRemoval,
                    Message = "the object is being deleted in the member; it is created again once it is gone",
                };
            case { Managed: ManagedMark.None }:
                var rule = IsHostNamespace(version) ? AdoptionRule.OwnNamespace : Adoption;
                return Meeting.Decide(rule, seen with { ObservedVersion = null, AppliedHash = null }, (MemberState.Known)state, Desire);
            case { Managed: ManagedMark.Managed } when IsOthers(version):
                return Contest.Decide(seen with { ObservedVersion = null, AppliedHash = null }, Resource.Type, TakeOver, Desire);
        }

        var appliedBefore = version.Ownership is not null || record?.ObservedVersion?.StartsWith("own:", StringComparison.Ordinal) == true;
        if (appliedBefore && version.LabelWriter is { } writer)
        {
            seen = seen with
            {
                Contender = writer,
                Note = $"{writer} has written the managed label since this federation's last apply; if that is a KubeFed controller, stop it",
            };
        }

        if (IsAsApplied(cluster, record, version, ((MemberState.Known)state).RecordsScaling))
        {
            return seen;
        }

        var update = Desire(seen with { Action = PlanAction.Update, TakeOver = version.Ownership is null });
        if (update.Desired is not { } desired)
        {
            return update;
        }

        return record?.AppliedHash is null && Legacy.Vouch(cluster, version, desired)
            ? seen with { ObservedVersion = version.Observed, AppliedHash = desired.Hash }
            : update;
    }

    /// <summary>Placement can't be evaluated: every copy stays as it is, and so does what is on record (S-9).</summary>
    private CellPlan Unplaced(string cluster, MemberState state) => _records.GetValueOrDefault(cluster) is { } record
        ? Kept(cluster, record, PlanAction.Skip, record.Reason, record.Message) with { Version = (state as MemberState.Known)?.Version }
        : Nothing(cluster);

    /// <summary>
    /// The copy is still what our last apply left, and the same would be applied again. Asked before any plan is made, because of most copies it is true.
    /// </summary>
    private bool IsAsApplied(string cluster, ClusterRecord? record, MemberVersion version, bool recordsScaling)
    {
        // The scale of a built-in kind writes spec.replicas; custom resources, whose groups have a dot, say for themselves what theirs writes.
        var scalable = !recordsScaling && (version.OwnsReplicas || Resource.Type.Target.Group.Contains('.', StringComparison.Ordinal));
        if (record?.AppliedHash is not { } applied || Source.Error is not null || !version.IsStill(record.ObservedVersion, scalable))
        {
            return false;
        }

        try
        {
            return Source.For(FactsOf(cluster)).Hash == applied;
        }
        catch (OverrideException)
        {
            // The plan that is made now says what is wrong.
            return false;
        }
    }

    private CellPlan Desire(CellPlan plan)
    {
        if (Source.Error is not null)
        {
            return plan with { Action = PlanAction.Error, Reason = PropagationReason.ComputeResourceFailed, Message = Source.Error, NeedsLook = false };
        }

        try
        {
            return plan with { Desired = Source.For(FactsOf(plan.Cluster)) };
        }
        catch (OverrideException error)
        {
            return plan with { Action = PlanAction.Error, Reason = PropagationReason.ApplyOverridesFailed, Message = error.Message, NeedsLook = false };
        }
    }

    private ClusterFacts FactsOf(string cluster) => new(cluster, _placed[cluster].Labels);
}
