using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Health;
using KubeFed.Engine.Propagation.Recording;

namespace KubeFed.Engine.Propagation.Planning;

/// <content>Copies where they are not, or no longer, wanted: deleted, let go, waited for, or given up.</content>
public sealed partial class ResourcePlan
{
    /// <summary>
    /// Whether this deletion would take a whole namespace with everything in it although only its placement shrank; then what others keep there must be
    /// looked at first (E-102, P-32).
    /// </summary>
    public bool MayLoseContent(CellPlan cell) =>
        cell.Action == PlanAction.Delete
        && Phase == ResourcePhase.Propagating
        && Resource.Type.IsNamespaceType
        && Resource.Object.Annotation(KubeFedNames.DeleteUnmanagedAnnotation) != "true";

    /// <summary>
    /// Whether a deletion would take a whole namespace in which another federation may keep copies; those must be looked for, and the namespace left to them.
    /// </summary>
    public bool MayTakeOthersCopies(CellPlan cell) =>
        cell.Action == PlanAction.Delete
        && Phase == ResourcePhase.Deleting
        && Self is not null
        && Resource.Type.IsNamespaceType
        && Resource.Object.Annotation(KubeFedNames.DeleteUnmanagedAnnotation) != "true";

    /// <summary>The cells of copies on record in clusters that have left the federation, of a resource that is being deleted.</summary>
    /// <param name="registered">The clusters that are there.</param>
    public IEnumerable<CellPlan> Departed(IReadOnlySet<string> registered) => Phase != ResourcePhase.Deleting ? [] : Recorded.Clusters
        .Where(record => record.MayHoldCopy && !registered.Contains(record.Name))
        .Select(record => Nothing(record.Name) with
        {
            Action = PlanAction.Abandon,
            Reason = PropagationReason.ClusterNotFound,
            Message = "the cluster is no longer registered, so the copy, if it is still there, is given up; joined again, the cluster's next sync takes "
                + "its label off and leaves it",
        });

    /// <summary>
    /// What to do with a labelled object that no federated object stands behind: give it back (E-23, S-41) when it is certainly a copy of this federation's.
    /// The label alone is no sign of that, and whoever else put it there would put it back.
    /// </summary>
    public static CellPlan Release(string cluster, MemberVersion version, FederationIdentity? self) =>
        !version.Deleting && version.IsCertainlyOf(self)
            ? Nothing(cluster) with { Action = PlanAction.Unmanage, Version = version, Message = "no federated object stands behind it" }
            : Nothing(cluster);

    /// <summary>What becomes of a deletion's cell whose member was lost on the way: given up where that was asked for, else as it is.</summary>
    public CellResult Lost(CellResult result) =>
        AbandonUnreachable && Phase == ResourcePhase.Deleting ? Abandoned(result.Cluster, result.Reason, result.Message).Stand() : result;

    /// <summary>Removes the copy where it is not, or no longer, wanted: found by where it is, not by where it should be (P-37).</summary>
    private CellPlan Withdraw(string cluster, MemberState state, bool wholeResource)
    {
        var record = _records.GetValueOrDefault(cluster);
        if (state is MemberState.Unavailable { Reason: PropagationReason.TypeNotServed })
        {
            // Where the type is not served any more there is no copy either; waiting for it would be waiting forever.
            return Nothing(cluster);
        }

        if (state is MemberState.Unavailable unavailable)
        {
            return record is not { MayHoldCopy: true } && !(wholeResource && IsSelected(cluster)) ? Nothing(cluster) with { Health = ObjectHealth.Unseen }
                : wholeResource && AbandonUnreachable && unavailable.IsFinal ? Abandoned(cluster, unavailable.Reason, unavailable.Message)
                : Kept(
                    cluster,
                    record,
                    unavailable.Action,
                    unavailable.Reason,
                    $"the copy here can't be removed yet: {unavailable.Message.TrimEnd('.')}" + (!wholeResource ? string.Empty
                        : $"; the deletion, asked for at {Timestamps.Write(Resource.Object.DeletionTimestamp!.Value)}, waits for this cluster: repair or "
                            + "unjoin it, or give the copy up with Remove-FederatedResource -Force")) with
                {
                    Health = ObjectHealth.Unseen,
                };
        }

        if (((MemberState.Known)state).Version is not { Managed: ManagedMark.Managed, Derived: null } version)
        {
            return Nothing(cluster);
        }

        if (IsOthers(version))
        {
            var met = record is not null || (wholeResource && IsSelected(cluster));
            return !met ? Nothing(cluster) : Nothing(cluster) with
            {
                Action = PlanAction.Skip,
                Reason = PropagationReason.OwnedByOtherFederation,
                Message = $"the object of this name here belongs to federation {version.Federation} and is left to it",
            };
        }

        var seen = Kept(cluster, record, PlanAction.Delete, PropagationReason.Ok, string.Empty) with
        {
            Version = version,
            ObservedVersion = record?.ObservedVersion ?? version.Observed,
            Health = version.Health,
        };
        if (version.Deleting)
        {
            // The host's own Namespace goes because its owner deleted it; nobody needs to wait for that (E-94, S-46).
            return IsHostNamespace(version)
                ? Nothing(cluster)
                : seen with { Action = PlanAction.Wait, Reason = PropagationReason.WaitingForRemoval, Message = "the member is still removing it" };
        }

        if (IsHostNamespace(version) || _everywhere is not null)
        {
            return seen with { Action = PlanAction.Unmanage };
        }

        if (!wholeResource)
        {
            return seen;
        }

        // The annotation's precondition narrows what may be deleted; the guard by the uid that was seen stands beside it.
        var refusal = _deletion.Error
            ?? (_deletion.Options.PreconditionUid is { } uid && uid != version.Uid
                ? $"annotation {KubeFedNames.DeleteOptionsAnnotation} has preconditions.uid {uid}, and the copy here has uid {version.Uid}"
                : null);
        return refusal is null
            ? seen with { Deletion = _deletion.Options }
            : seen with { Action = PlanAction.Error, Reason = PropagationReason.DeletionFailed, Message = refusal };
    }

    private CellPlan Orphan(string cluster, MemberState state) => state switch
    {
        MemberState.Known { Version: { Managed: ManagedMark.Managed, Deleting: false, Derived: null } version } when !IsOthers(version) =>
            Nothing(cluster) with { Action = PlanAction.Unmanage, Version = version },
        MemberState.Known => Nothing(cluster),
        // Orphaning is at once (S-34): a label left in a cluster that can't be reached is taken off when it can.
        MemberState.Unavailable unavailable when MayHoldCopy(cluster) =>
            Nothing(cluster) with { Action = PlanAction.Skip, Reason = unavailable.Reason, Message = $"the label stays here for now: {unavailable.Message}" },
        _ => Nothing(cluster),
    };

    private static CellPlan Abandoned(string cluster, PropagationReason reason, string why) => Nothing(cluster) with
    {
        Action = PlanAction.Abandon,
        Reason = reason,
        Message = $"the copy here is given up: {why.TrimEnd('.')}; if it is still there when the cluster answers again, the next sync takes its label off "
            + "and leaves it",
    };
}
