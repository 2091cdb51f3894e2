using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Planning;

/// <summary>
/// Everything a decision about one resource depends on except the members' states, and the decision itself, cluster by cluster. Each cell depends on its
/// own cluster alone, so no cluster's trouble changes what is done in another. Dry runs and real runs ask the same plan.
/// </summary>
public sealed partial class ResourcePlan
{
    private readonly Dictionary<string, ClusterPlacement> _placed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ClusterRecord> _records = new(StringComparer.Ordinal);
    private readonly DeletionAnnotation _deletion;
    private readonly string? _everywhere;

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
        _everywhere = DerivedObjects.WhyEverywhere(resource.Type.Target, resource.TargetKey.Name);
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

    /// <summary>Whether an unlabelled object of the same name may be taken over (KubeFedConfig's adoptResources).</summary>
    public bool Adopt { get; init; } = true;

    /// <summary>What the KubeFedConfig and, where that is stricter, the resource say of unlabelled objects of the same name (P-47).</summary>
    public AdoptionRule Adoption => AdoptionRule.Read(Resource.Object, Adopt, TakeOver);

    /// <summary>
    /// Copies of another federation are taken over, and unlabelled objects adopted whatever the KubeFedConfig says, because the request says so.
    /// </summary>
    public bool TakeOver { get; init; }

    /// <summary>A deletion gives up the copies in clusters that can't be asked, because the request says so (P-36).</summary>
    public bool AbandonUnreachable { get; init; }

    /// <summary>For namespaces, the uid of the host's own (E-60); null otherwise.</summary>
    public string? HostNamespaceUid { get; init; }

    /// <summary>What keeps nothing from being done and is probably not meant.</summary>
    public IEnumerable<string> Warnings
    {
        get
        {
            foreach (var warning in Source.Warnings)
            {
                yield return warning;
            }

            if (Phase != ResourcePhase.Propagating)
            {
                yield break;
            }

            if (Adoption.Error is { } unreadable)
            {
                yield return unreadable;
            }

            foreach (var stranger in Resource.Object.Spec is { } spec ? UnknownFields.StrangersInSpec(spec) : [])
            {
                yield return $"{stranger}. It is ignored.";
            }
        }
    }

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

    /// <summary>Whether a cluster that was not looked at may still hold a copy, so that the deletion can't be called complete (E-93, P-37).</summary>
    public bool MayHoldCopy(string cluster) => IsSelected(cluster) || _records.GetValueOrDefault(cluster) is { MayHoldCopy: true };

    private bool IsSelected(string cluster) => _placed.GetValueOrDefault(cluster) is { Selected: true };

    private static CellPlan Nothing(string cluster) => new() { Cluster = cluster, Action = PlanAction.None, Listed = false };

    private bool IsOthers(MemberVersion version) => Self?.IsOther(version.Federation) == true;

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
