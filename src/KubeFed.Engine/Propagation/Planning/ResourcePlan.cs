using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Propagation.Health;
using KubeFed.Engine.Propagation.Recording;

namespace KubeFed.Engine.Propagation.Planning;

/// <summary>What a whole resource is going through.</summary>
public enum ResourcePhase
{
    /// <summary>It is to be where its placement says.</summary>
    Propagating,

    /// <summary>It is being deleted, and its copies with it.</summary>
    Deleting,

    /// <summary>It is being deleted, and its copies stay, without our label (E-91).</summary>
    Orphaning,

    /// <summary>It is being deleted and we have no part in it: our finalizer is not on it (E-90).</summary>
    Released,
}

/// <summary>
/// Everything a decision about one resource depends on except the members' states, and the decision itself, cluster by cluster. Each cell depends on its
/// own cluster alone, so no cluster's trouble changes what is done in another. Dry runs and real runs ask the same plan.
/// </summary>
public sealed class ResourcePlan
{
    private readonly Dictionary<string, ClusterPlacement> _placed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ClusterRecord> _records = new(StringComparer.Ordinal);
    private readonly DeletionAnnotation _deletion;

    public ResourcePlan(FederatedResource resource, Placement placement)
    {
        Resource = resource;
        Placement = placement;
        Source = new DesiredSource(resource);
        Recorded = PropagationStatus.Read(resource.Object);
        _deletion = DeletionAnnotation.Read(resource.Object);
        foreach (var cluster in placement.Clusters)
        {
            _placed[cluster.Cluster] = cluster;
        }

        foreach (var record in Recorded.Clusters)
        {
            _records[record.Name] = record;
        }
    }

    public FederatedResource Resource { get; }

    public Placement Placement { get; }

    public DesiredSource Source { get; }

    /// <summary>The status as stored.</summary>
    public PropagationStatus Recorded { get; }

    /// <summary>Whether an unlabelled object of the same name is taken over (KubeFedConfig's adoptResources).</summary>
    public bool Adopt { get; init; } = true;

    /// <summary>For namespaces, the uid of the host's own (E-60); null otherwise.</summary>
    public string? HostNamespaceUid { get; init; }

    /// <summary>What a KubeFed controller recorded, where our own record is still empty.</summary>
    public LegacyVersions Legacy { get; private init; } = LegacyVersions.None;

    /// <summary>The same plan with what a KubeFed controller recorded.</summary>
    public ResourcePlan WithLegacy(LegacyVersions legacy) =>
        legacy == LegacyVersions.None ? this : new ResourcePlan(Resource, Placement) { Adopt = Adopt, HostNamespaceUid = HostNamespaceUid, Legacy = legacy };

    public ResourcePhase Phase => !Resource.Object.IsDeleting ? ResourcePhase.Propagating
        : !Resource.HasSyncFinalizer ? ResourcePhase.Released
        : Resource.Orphan ? ResourcePhase.Orphaning
        : ResourcePhase.Deleting;

    /// <summary>The host write that must come before any member's: without it a deletion could overtake us and leave copies behind.</summary>
    public bool NeedsFinalizer => Phase == ResourcePhase.Propagating && Placement.IsKnown && !Resource.HasSyncFinalizer;

    /// <summary>
    /// Whether this deletion would take a whole namespace with everything in it although only its placement shrank; then what others keep there must be
    /// looked at first (E-102, P-32).
    /// </summary>
    public bool MayLoseContent(CellPlan cell) =>
        cell.Action == PlanAction.Delete
        && Phase == ResourcePhase.Propagating
        && Resource.Type.IsNamespaceType
        && Resource.Object.Annotation(KubeFedNames.DeleteUnmanagedAnnotation) != "true";

    /// <summary>Decides one cell.</summary>
    public CellPlan Decide(string cluster, MemberState state) => (Phase, state) switch
    {
        (ResourcePhase.Released, _) => Nothing(cluster),
        (ResourcePhase.Orphaning, var s) => Orphan(cluster, s),
        (ResourcePhase.Deleting, var s) => Withdraw(cluster, s, wholeResource: true),
        (_, var s) when !Placement.IsKnown => Unplaced(cluster, s),
        (_, var s) => IsSelected(cluster) ? Propagate(cluster, s) : Withdraw(cluster, s, wholeResource: false),
    };

    /// <summary>The cell of a name in the placement that no cluster is registered under (P-34).</summary>
    public static CellPlan Unknown(ClusterPlacement placement) => new()
    {
        Cluster = placement.Cluster,
        Action = PlanAction.Error,
        Reason = PropagationReason.ClusterNotFound,
        Message = placement.Explanation,
        Health = ObjectHealth.Unseen,
    };

    /// <summary>What to do with a labelled object that no federated object stands behind: give it back (E-23, S-41).</summary>
    public static CellPlan Release(string cluster, MemberVersion version) =>
        version is { Managed: ManagedMark.Managed, Deleting: false }
            ? Nothing(cluster) with { Action = PlanAction.Unmanage, Version = version, Message = "no federated object stands behind it" }
            : Nothing(cluster);

    /// <summary>Whether a cluster that was not looked at may still hold a copy, so that the deletion can't be called complete (E-93, P-37).</summary>
    public bool MayHoldCopy(string cluster) => IsSelected(cluster) || _records.GetValueOrDefault(cluster) is { MayHoldCopy: true };

    private bool IsSelected(string cluster) => _placed.GetValueOrDefault(cluster) is { Selected: true };

    private static CellPlan Nothing(string cluster) => new() { Cluster = cluster, Action = PlanAction.None, Listed = false };

    private CellPlan Propagate(string cluster, MemberState state)
    {
        var record = _records.GetValueOrDefault(cluster);
        if (state is MemberState.Unavailable unavailable)
        {
            return Kept(cluster, record, unavailable.Action, unavailable.Reason, unavailable.Message) with { Health = ObjectHealth.Unseen };
        }

        var (version, looked) = (MemberState.Known)state;
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
                    && record is { MayHoldCopy: true } or { Reason: PropagationReason.AlreadyExists or PropagationReason.ManagedLabelFalse },
            });
        }

        var seen = Kept(cluster, record, PlanAction.None, PropagationReason.Ok, string.Empty) with
        {
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
            case { Managed: ManagedMark.None } when Adopt || IsHostNamespace(version):
                return Desire(seen with { Action = PlanAction.Adopt, ObservedVersion = null, AppliedHash = null });
            case { Managed: ManagedMark.None }:
                return seen with
                {
                    Action = PlanAction.Error,
                    Reason = PropagationReason.AlreadyExists,
                    Message = "an object of this name exists and was not made by this federation, and adoptResources is Disabled; "
                        + $"delete it, rename the resource, or label the object {KubeFedNames.ManagedLabel}=true to hand it over",
                    ObservedVersion = null,
                    AppliedHash = null,
                };
        }

        var update = Desire(seen with { Action = PlanAction.Update, TakeOver = version.Ownership is null });
        if (update.Desired is not { } desired)
        {
            return update;
        }

        if (record?.AppliedHash == desired.Hash && version.IsStill(record.ObservedVersion))
        {
            return seen;
        }

        return record?.AppliedHash is null && Legacy.Vouch(cluster, version, desired)
            ? seen with { ObservedVersion = version.Observed, AppliedHash = desired.Hash }
            : update;
    }

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
            return record is { MayHoldCopy: true } || (wholeResource && IsSelected(cluster))
                ? Kept(cluster, record, unavailable.Action, unavailable.Reason, $"the copy here can't be removed yet: {unavailable.Message}") with
                {
                    Health = ObjectHealth.Unseen,
                }
                : Nothing(cluster);
        }

        if (((MemberState.Known)state).Version is not { Managed: ManagedMark.Managed } version)
        {
            return Nothing(cluster);
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

        if (IsHostNamespace(version))
        {
            return seen with { Action = PlanAction.Unmanage };
        }

        if (!wholeResource)
        {
            return seen;
        }

        return _deletion.Error is null
            ? seen with { Deletion = _deletion.Options }
            : seen with { Action = PlanAction.Error, Reason = PropagationReason.DeletionFailed, Message = _deletion.Error };
    }

    private CellPlan Orphan(string cluster, MemberState state) => state switch
    {
        MemberState.Known { Version: { } version } => Release(cluster, version) with { Message = string.Empty },
        // Orphaning is at once (S-34): a label left in a cluster that can't be reached is taken off when it can.
        MemberState.Unavailable unavailable when MayHoldCopy(cluster) =>
            Nothing(cluster) with { Action = PlanAction.Skip, Reason = unavailable.Reason, Message = $"the label stays here for now: {unavailable.Message}" },
        _ => Nothing(cluster),
    };

    /// <summary>Placement can't be evaluated: every copy stays as it is, and so does what is on record (S-9).</summary>
    private CellPlan Unplaced(string cluster, MemberState state) => _records.GetValueOrDefault(cluster) is { } record
        ? Kept(cluster, record, PlanAction.Skip, record.Reason, record.Message) with { Version = (state as MemberState.Known)?.Version }
        : Nothing(cluster);

    private CellPlan Desire(CellPlan plan)
    {
        if (Source.Error is not null)
        {
            return plan with { Action = PlanAction.Error, Reason = PropagationReason.ComputeResourceFailed, Message = Source.Error, NeedsLook = false };
        }

        try
        {
            return plan with { Desired = Source.For(new ClusterFacts(plan.Cluster, _placed[plan.Cluster].Labels)) };
        }
        catch (OverrideException error)
        {
            return plan with { Action = PlanAction.Error, Reason = PropagationReason.ApplyOverridesFailed, Message = error.Message, NeedsLook = false };
        }
    }

    private bool IsHostNamespace(MemberVersion version) => HostNamespaceUid is { Length: > 0 } uid && uid == version.Uid;

    private static CellPlan Kept(string cluster, ClusterRecord? record, PlanAction action, PropagationReason reason, string message) => new()
    {
        Cluster = cluster,
        Action = action,
        Reason = reason,
        Message = message,
        ObservedVersion = record?.ObservedVersion,
        AppliedHash = record?.AppliedHash,
        RemoteStatus = record?.RemoteStatus,
        Health = record?.Health,
    };
}
