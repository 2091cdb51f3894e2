using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Api;

/// <summary>The API resources KubeFed itself defines on the host.</summary>
/// <remarks>api.md section 2.</remarks>
public static class CoreResources
{
    public static ApiResource KubeFedClusters { get; } = new(KubeFedNames.CoreGroup, "v1beta1", "KubeFedCluster", "kubefedclusters", Namespaced: true);

    public static ApiResource FederatedTypeConfigs { get; } =
        new(KubeFedNames.CoreGroup, "v1beta1", "FederatedTypeConfig", "federatedtypeconfigs", Namespaced: true);

    public static ApiResource KubeFedConfigs { get; } = new(KubeFedNames.CoreGroup, "v1beta1", "KubeFedConfig", "kubefedconfigs", Namespaced: true);

    public static ApiResource PropagatedVersions { get; } =
        new(KubeFedNames.CoreGroup, "v1alpha1", "PropagatedVersion", "propagatedversions", Namespaced: true);

    public static ApiResource ClusterPropagatedVersions { get; } =
        new(KubeFedNames.CoreGroup, "v1alpha1", "ClusterPropagatedVersion", "clusterpropagatedversions", Namespaced: false);

    public static ApiResource ReplicaSchedulingPreferences { get; } =
        new(KubeFedNames.SchedulingGroup, "v1alpha1", "ReplicaSchedulingPreference", "replicaschedulingpreferences", Namespaced: true);
}
