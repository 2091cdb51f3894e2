namespace KubeFed.Kubernetes.Objects;

/// <summary>Resources every supported API server (1.20 and newer) serves, so that asking discovery for them is needless.</summary>
public static class KnownResources
{
    public static ApiResource Namespaces { get; } = new("", "v1", "Namespace", "namespaces", Namespaced: false);

    public static ApiResource ConfigMaps { get; } = new("", "v1", "ConfigMap", "configmaps", Namespaced: true);

    public static ApiResource Secrets { get; } = new("", "v1", "Secret", "secrets", Namespaced: true);

    public static ApiResource Services { get; } = new("", "v1", "Service", "services", Namespaced: true);

    public static ApiResource ServiceAccounts { get; } = new("", "v1", "ServiceAccount", "serviceaccounts", Namespaced: true);

    public static ApiResource Pods { get; } = new("", "v1", "Pod", "pods", Namespaced: true);

    public static ApiResource Nodes { get; } = new("", "v1", "Node", "nodes", Namespaced: false);

    public static ApiResource Events { get; } = new("", "v1", "Event", "events", Namespaced: true);

    public static ApiResource Deployments { get; } = new("apps", "v1", "Deployment", "deployments", Namespaced: true);

    public static ApiResource ReplicaSets { get; } = new("apps", "v1", "ReplicaSet", "replicasets", Namespaced: true);

    public static ApiResource Jobs { get; } = new("batch", "v1", "Job", "jobs", Namespaced: true);

    public static ApiResource ClusterRoles { get; } = new("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", Namespaced: false);

    public static ApiResource ClusterRoleBindings { get; } =
        new("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", Namespaced: false);

    public static ApiResource Roles { get; } = new("rbac.authorization.k8s.io", "v1", "Role", "roles", Namespaced: true);

    public static ApiResource RoleBindings { get; } = new("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", Namespaced: true);

    public static ApiResource CustomResourceDefinitions { get; } =
        new("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", Namespaced: false);

    public static ApiResource Leases { get; } = new("coordination.k8s.io", "v1", "Lease", "leases", Namespaced: true);
}
