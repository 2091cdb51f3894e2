namespace KubeFed.Engine.Propagation;

/// <summary>
/// What became of one resource in one cluster, as written to <c>status.clusters[].status</c>. <see cref="Ok"/> is written as absent. The names up to
/// <see cref="LabelRemovalTimedOut"/> are KubeFed's own; those after it are ours.
/// </summary>
/// <remarks>engine.md section 9.2.</remarks>
public enum PropagationReason
{
    Ok,
    WaitingForRemoval,
    ClusterNotReady,
    CachedRetrievalFailed,
    ComputeResourceFailed,
    ApplyOverridesFailed,
    FieldRetentionFailed,
    VersionRetrievalFailed,
    AlreadyExists,
    ManagedLabelFalse,
    CreationFailed,
    UpdateFailed,
    DeletionFailed,
    LabelRemovalFailed,
    RetrievalFailed,
    ClientRetrievalFailed,
    CreationTimedOut,
    UpdateTimedOut,
    DeletionTimedOut,
    LabelRemovalTimedOut,

    /// <summary>The placement names a cluster that is not registered (P-34).</summary>
    ClusterNotFound,

    /// <summary>The member does not serve the target type (P-49).</summary>
    TypeNotServed,

    /// <summary>The member no longer accepts the stored credentials.</summary>
    CredentialsRejected,

    /// <summary>Somebody suspended the cluster: nothing is asked of it or sent to it, and what is on record stays.</summary>
    ClusterSuspended,

    /// <summary>Another federation propagates an object of this name into the member (P-56).</summary>
    OwnedByOtherFederation,

    /// <summary>The last sync did not come to the cluster, and its copy is not, or not known to be, as declared.</summary>
    Pending,
}

/// <summary>The reason of the one <c>Propagation</c> condition (engine.md section 9.1); <see cref="None"/> is written as absent.</summary>
public enum AggregateReason
{
    None,
    CheckClusters,
    ClusterRetrievalFailed,
    ComputePlacementFailed,
    NamespaceNotFederated,
}
