using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Types;

/// <summary>Types that several API groups serve as the same stored objects: federating two of them would make two owners of each object.</summary>
/// <remarks>cli.md section 4, K-34: Ingress of networking.k8s.io/v1 belongs here although upstream's table lacks it.</remarks>
internal static class EquivalentTypes
{
    private static readonly (string[] Plurals, string[] Versions)[] Table =
    [
        (["deployments", "daemonsets", "replicasets"], ["apps/v1", "apps/v1beta1", "apps/v1beta2", "extensions/v1beta1"]),
        (["statefulsets"], ["apps/v1", "apps/v1beta1", "apps/v1beta2"]),
        (["networkpolicies"], ["networking.k8s.io/v1", "extensions/v1beta1"]),
        (["podsecuritypolicies"], ["policy/v1beta1", "extensions/v1beta1"]),
        (["ingresses"], ["networking.k8s.io/v1", "networking.k8s.io/v1beta1", "extensions/v1beta1"]),
    ];

    /// <summary>Different group or version, same objects.</summary>
    public static bool AreEquivalent(ApiResource left, ApiResource right) =>
        left.Plural == right.Plural
        && left.ApiVersion != right.ApiVersion
        && Table.Any(row => row.Plurals.Contains(left.Plural) && row.Versions.Contains(left.ApiVersion) && row.Versions.Contains(right.ApiVersion));
}
