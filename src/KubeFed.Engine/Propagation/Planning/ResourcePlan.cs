using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Propagation.Health;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Kubernetes.Objects;

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

    /// <param name="resource">What is declared.</param>
    /// <param name="placement">Where it is to be.</param>
    /// <param name="self">Who we are; null when that is not known, and then nobody else's copies are recognised either.</param>
    public ResourcePlan(FederatedResource resource, Placement placement, FederationIdentity? self = null)
    {
        Resource = resource;
        Placement = placement;
        Self = self;
        Source = new DesiredSource(resource, self);
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

    /// <summary>Who we are; null when that is not known.</summary>
    public FederationIdentity? Self { get; }

    /// <summary>Whether an unlabelled object of the same name is taken over where the resource does not say (KubeFedConfig's adoptResources).</summary>
    public bool Adopt { get; init; } = true;

    /// <summary>What the resource, or else the KubeFedConfig, says of unlabelled objects of the same name (P-47).</summary>
    public AdoptionRule Adoption => AdoptionRule.Read(Resource.Object, Adopt);

    /// <summary>Copies of another federation are taken over, because the request says so.</summary>
    public bool TakeOver { get; init; }

    /// <summary>A deletion gives up the copies in clusters that can't be asked, because the request says so (P-36).</summary>
    public bool AbandonUnreachable { get; init; }

    /// <summary>For namespaces, the uid of the host's own (E-60); null otherwise.</summary>
    public string? HostNamespaceUid { get; init; }

    /// <summary>What a KubeFed controller recorded, where our own record is still empty.</summary>
    public LegacyVersions Legacy { get; private set; } = LegacyVersions.None;

    /// <summary>The same plan with what a KubeFed controller recorded.</summary>
    public ResourcePlan WithLegacy(LegacyVersions legacy)
    {
        if (legacy == LegacyVersions.None)
        {
            return this;
        }

        var plan = (ResourcePlan)MemberwiseClone();
        plan.Legacy = legacy;
        return plan;
    }

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

    /// <summary>
    /// Whether a deletion would take a whole namespace in which another federation may keep copies; those must be looked for, and the namespace left to them.
    /// </summary>
    public bool MayTakeOthersCopies(CellPlan cell) =>
        cell.Action == PlanAction.Delete
        && Phase == ResourcePhase.Deleting
        && Self is not null
        && Resource.Type.IsNamespaceType
        && Resource.Object.Annotation(KubeFedNames.DeleteUnmanagedAnnotation) != "true";

    /// <summary>Whether an object in a member is another federation's copy.</summary>
    public bool IsOthers(KubeObject copy) =>
        copy.Label(KubeFedNames.ManagedLabel) == "true" && Self?.IsOther(copy.Annotation(KubeFedNames.FederationAnnotation)) == true;

    /// <summary>Whether an object in a member is a copy of this federation's.</summary>
    public bool Owns(KubeObject copy) => Self?.Owns(copy) ?? copy.Label(KubeFedNames.ManagedLabel) == "true";

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
    /// What to do with a labelled object that no federated object stands behind: give it back (E-23, S-41), unless it is another federation's.
    /// </summary>
    public static CellPlan Release(string cluster, MemberVersion version, FederationIdentity? self) =>
        version is { Managed: ManagedMark.Managed, Deleting: false } && self?.IsOther(version.Federation) != true
            ? Nothing(cluster) with { Action = PlanAction.Unmanage, Version = version, Message = "no federated object stands behind it" }
            : Nothing(cluster);

    /// <summary>What becomes of a deletion's cell whose member was lost on the way: given up where that was asked for, else as it is.</summary>
    public CellResult Lost(CellResult result) =>
        AbandonUnreachable && Phase == ResourcePhase.Deleting ? Abandoned(result.Cluster, result.Reason, result.Message).Stand() : result;

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

        if (IsAsApplied(cluster, record, version))
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
            return record is not { MayHoldCopy: true } && !(wholeResource && IsSelected(cluster)) ? Nothing(cluster)
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

        if (((MemberState.Known)state).Version is not { Managed: ManagedMark.Managed } version)
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
        MemberState.Known { Version: { } version } => Release(cluster, version, Self) with { Message = string.Empty },
        // Orphaning is at once (S-34): a label left in a cluster that can't be reached is taken off when it can.
        MemberState.Unavailable unavailable when MayHoldCopy(cluster) =>
            Nothing(cluster) with { Action = PlanAction.Skip, Reason = unavailable.Reason, Message = $"the label stays here for now: {unavailable.Message}" },
        _ => Nothing(cluster),
    };

    /// <summary>Placement can't be evaluated: every copy stays as it is, and so does what is on record (S-9).</summary>
    private CellPlan Unplaced(string cluster, MemberState state) => _records.GetValueOrDefault(cluster) is { } record
        ? Kept(cluster, record, PlanAction.Skip, record.Reason, record.Message) with { Version = (state as MemberState.Known)?.Version }
        : Nothing(cluster);

    /// <summary>
    /// The copy is still what our last apply left, and the same would be applied again. Asked before any plan is made, because of most copies it is true.
    /// </summary>
    private bool IsAsApplied(string cluster, ClusterRecord? record, MemberVersion version)
    {
        if (record?.AppliedHash is not { } applied || Source.Error is not null || !version.IsStill(record.ObservedVersion))
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

    private ClusterFacts FactsOf(string cluster) => new(cluster, _placed[cluster].Labels);

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

    private bool IsOthers(MemberVersion version) => Self?.IsOther(version.Federation) == true;

    private static CellPlan Abandoned(string cluster, PropagationReason reason, string why) => Nothing(cluster) with
    {
        Action = PlanAction.Abandon,
        Reason = reason,
        Message = $"the copy here is given up: {why.TrimEnd('.')}; if it is still there when the cluster answers again, the next sync takes its label off "
            + "and leaves it",
    };

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
