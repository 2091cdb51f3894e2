using KubeFed.Engine.Api;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Federate.Checking;

/// <summary>
/// The type that a federated object is of, guessed from the object alone: a kind that Kubernetes has itself is of Kubernetes' own group, and any other of
/// the group that its template names.
/// </summary>
internal static class GuessedType
{
    private static readonly Dictionary<string, string[]> Groups = new(StringComparer.Ordinal)
    {
        ["ConfigMap"] = [""], ["Endpoints"] = [""], ["LimitRange"] = [""], ["Namespace"] = [""], ["PersistentVolume"] = [""],
        ["PersistentVolumeClaim"] = [""], ["Pod"] = [""], ["PodTemplate"] = [""], ["ReplicationController"] = [""], ["ResourceQuota"] = [""],
        ["Secret"] = [""], ["Service"] = [""], ["ServiceAccount"] = [""],
        ["DaemonSet"] = ["apps"], ["Deployment"] = ["apps"], ["ReplicaSet"] = ["apps"], ["StatefulSet"] = ["apps"],
        ["CronJob"] = ["batch"], ["Job"] = ["batch"], ["HorizontalPodAutoscaler"] = ["autoscaling"], ["PodDisruptionBudget"] = ["policy"],
        ["Ingress"] = ["networking.k8s.io", "extensions"], ["IngressClass"] = ["networking.k8s.io"], ["NetworkPolicy"] = ["networking.k8s.io"],
        ["EndpointSlice"] = ["discovery.k8s.io"], ["Event"] = ["", "events.k8s.io"], ["Lease"] = ["coordination.k8s.io"],
        ["ClusterRole"] = ["rbac.authorization.k8s.io"], ["ClusterRoleBinding"] = ["rbac.authorization.k8s.io"],
        ["Role"] = ["rbac.authorization.k8s.io"], ["RoleBinding"] = ["rbac.authorization.k8s.io"],
        ["CustomResourceDefinition"] = ["apiextensions.k8s.io"], ["PriorityClass"] = ["scheduling.k8s.io"], ["StorageClass"] = ["storage.k8s.io"],
    };

    public static FederatedType Of(KubeObject federated)
    {
        var kind = federated.Kind;
        var targetKind = kind.StartsWith(KubeFedNames.FederatedPrefix, StringComparison.Ordinal) ? kind[KubeFedNames.FederatedPrefix.Length..] : kind;
        var isNamespace = targetKind == KnownResources.Namespaces.Kind;
        var plural = TypeNames.Pluralise(targetKind);
        var (group, version) = Version(targetKind, federated.Spec.Map("template").Text("apiVersion") ?? string.Empty);
        return new FederatedType
        {
            Name = isNamespace ? KubeFedNames.NamespacesType : plural,
            Target = isNamespace
                ? KnownResources.Namespaces
                : new ApiResource(group, version, targetKind, plural, Namespaced: federated.Namespace is not null),
            Federated = new ApiResource(
                federated.Gvk.Group, federated.Gvk.Version, kind, "federated" + plural, Namespaced: isNamespace || federated.Namespace is not null),
            Source = new KubeObject([]),
        };
    }

    private static (string Group, string Version) Version(string kind, string apiVersion)
    {
        var named = GroupVersionKind.Parse(apiVersion, kind);
        var known = Groups.GetValueOrDefault(kind);
        var isUsable = RequestPath.CanName(named.Group, named.Version) && (known is null || known.Contains(named.Group));
        return isUsable ? (named.Group, named.Version) : (known?[0] ?? string.Empty, "v1");
    }
}
