namespace KubeFed.Engine.Api;

/// <summary>The names KubeFed put on the wire. Changing one strands existing hosts.</summary>
/// <remarks>api.md section 1.</remarks>
public static class KubeFedNames
{
    public const string DefaultSystemNamespace = "kube-federation-system";

    /// <summary>The only KubeFedConfig that is read .</summary>
    public const string ConfigName = "kubefed";

    public const string CoreGroup = "core.kubefed.io";

    public const string SchedulingGroup = "scheduling.kubefed.io";

    public const string TypesGroup = "types.kubefed.io";

    public const string TypesVersion = "v1beta1";

    /// <summary><c>"true"</c>: propagated by us; <c>"false"</c>: never touch (E-61).</summary>
    public const string ManagedLabel = "kubefed.io/managed";

    /// <summary>On a federated object; active only when exactly <c>"true"</c> (S-35).</summary>
    public const string OrphanAnnotation = "kubefed.io/orphan";

    /// <summary>On a federated object: the JSON of a DeleteOptions (E-92).</summary>
    public const string DeleteOptionsAnnotation = "kubefed.io/deleteoption";

    /// <summary>On a KubeFedCluster: SNI and expected certificate name where they differ from the endpoint's host; KubeFed has no field for it.</summary>
    public const string TlsServerNameAnnotation = "kubefed.io/tls-server-name";

    /// <summary>
    /// On a FederatedNamespace, ours: exactly <c>"true"</c> lets a namespace that leaves the placement be deleted in members together with what this
    /// federation did not put there (P-32).
    /// </summary>
    public const string DeleteUnmanagedAnnotation = "kubefed.io/delete-unmanaged-content";

    /// <summary>
    /// On a KubeFedCluster, ours: exactly <c>"true"</c> takes the cluster out of every sync without taking anything away from it. A KubeFed controller does
    /// not know it.
    /// </summary>
    public const string SuspendedAnnotation = "kubefed.io/suspended";

    /// <summary>On a suspended KubeFedCluster: why, in the words of whoever suspended it.</summary>
    public const string SuspendedReasonAnnotation = "kubefed.io/suspended-reason";

    /// <summary>On a suspended KubeFedCluster: since when, RFC 3339.</summary>
    public const string SuspendedSinceAnnotation = "kubefed.io/suspended-since";

    /// <summary>
    /// On a federated object, ours: <c>Adopt</c>, <c>Abort</c> or <c>AdoptIfIdentical</c>, for objects of its name that members hold already; it can only be
    /// stricter than the KubeFedConfig, which decides without it (P-47).
    /// </summary>
    public const string AdoptionPolicyAnnotation = "kubefed.io/adoption-policy";

    /// <summary>On a copy, ours: the <see cref="FederationIdentity"/> it belongs to. A copy without it was written by a KubeFed controller.</summary>
    public const string FederationAnnotation = "kubefed.io/federation";

    /// <summary>
    /// On a copy, ours: the uid of the federated object it was made for, which tells a copy that a late request brought back after its resource was deleted
    /// from one whose resource a restored host does not know. A copy without it was written by a KubeFed controller, or by version 0.1.
    /// </summary>
    public const string FederatedUidAnnotation = "kubefed.io/federated-uid";

    /// <summary>The ConfigMap in the system namespace that says which federated objects were deleted lately, by uid.</summary>
    public const string DeletionsName = "kubefed-deletions";

    public const string SyncFinalizer = "kubefed.io/sync-controller";

    public const string TypeConfigFinalizer = "core.kubefed.io/federated-type-config";

    /// <summary>The FederatedTypeConfig for Namespace, whose federated type is namespaced although Namespace is not .</summary>
    public const string NamespacesType = "namespaces";

    public const string FederatedPrefix = "Federated";

    /// <summary>The field manager of every write this project makes.</summary>
    public const string FieldManager = "kubefed";

    public const string TokenKey = "token";

    public const string CaKey = "ca.crt";
}
