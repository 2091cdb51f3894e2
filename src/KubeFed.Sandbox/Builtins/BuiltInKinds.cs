using KubeFed.Sandbox.Schema;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Builtins;

/// <summary>The kinds every sandbox server serves, as a table.</summary>
internal static class BuiltInKinds
{
    private static readonly ScalePaths WorkloadScale = new("spec.replicas", "status.replicas", "status.selector");

    /// <summary>The kinds a Kubernetes 1.<paramref name="minor"/> server has.</summary>
    public static IReadOnlyList<ResourceType> For(int minor, BuiltInTypes types) =>
        [.. All(minor, types).Where(kind => kind.MinMinor <= minor && minor <= kind.MaxMinor)];

    private static IEnumerable<ResourceType> All(int minor, BuiltInTypes types)
    {
        ResourceType Of(string group, string version, string kind, string plural, bool namespaced, string shortNames = "", string selectable = "") =>
            new(group, version, kind, plural, namespaced)
            {
                Schema = types.Kind(kind),
                ShortNames = shortNames.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                SelectableFields = selectable.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            };

        yield return Of("", "v1", "Namespace", "namespaces", false, "ns", "status.phase") with { HasStatus = true, NameRule = NameRule.Label };
        yield return Of("", "v1", "ConfigMap", "configmaps", true, "cm");
        yield return Of("", "v1", "Secret", "secrets", true, "", "type");
        yield return Of("", "v1", "ServiceAccount", "serviceaccounts", true, "sa");
        yield return Of("", "v1", "Service", "services", true, "svc", "spec.clusterIP spec.type") with
        {
            HasStatus = true,
            CreateOnUpdate = true,
            NameRule = NameRule.Label1035,
            Categories = ["all"],
        };
        yield return Of("", "v1", "Pod", "pods", true, "po", "spec.nodeName spec.restartPolicy spec.schedulerName spec.serviceAccountName status.phase status.podIP") with
        {
            HasStatus = true,
            Categories = ["all"],
        };
        yield return Of("", "v1", "Node", "nodes", false, "no", "spec.unschedulable") with { HasStatus = true };
        yield return Of("", "v1", "Event", "events", true, "ev", "involvedObject.kind involvedObject.namespace involvedObject.name involvedObject.uid involvedObject.apiVersion involvedObject.resourceVersion involvedObject.fieldPath reason source type reportingComponent") with
        {
            CreateOnUpdate = true,
        };
        yield return Of("", "v1", "Endpoints", "endpoints", true, "ep") with { CreateOnUpdate = true };
        yield return Of("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", true, "pvc") with { HasStatus = true };
        yield return Of("", "v1", "PersistentVolume", "persistentvolumes", false, "pv") with { HasStatus = true };
        yield return Of("", "v1", "ResourceQuota", "resourcequotas", true, "quota") with { HasStatus = true };
        yield return Of("", "v1", "PodTemplate", "podtemplates", true) with { HasGeneration = minor > 20 };
        yield return Of("", "v1", "LimitRange", "limitranges", true, "limits") with { CreateOnUpdate = true };

        yield return Of("apps", "v1", "Deployment", "deployments", true, "deploy") with
        {
            HasGeneration = true,
            HasStatus = true,
            Scale = WorkloadScale,
            Categories = ["all"],
        };
        yield return Of("apps", "v1", "ReplicaSet", "replicasets", true, "rs", "status.replicas") with
        {
            HasGeneration = true,
            HasStatus = true,
            Scale = WorkloadScale,
            Categories = ["all"],
        };
        yield return Of("apps", "v1", "StatefulSet", "statefulsets", true, "sts") with
        {
            HasGeneration = true,
            HasStatus = true,
            Scale = WorkloadScale,
            Categories = ["all"],
        };
        yield return Of("apps", "v1", "DaemonSet", "daemonsets", true, "ds") with { HasGeneration = true, HasStatus = true, Categories = ["all"] };
        yield return Of("apps", "v1", "ControllerRevision", "controllerrevisions", true);
        yield return Of("batch", "v1", "Job", "jobs", true, "", "status.successful") with
        {
            HasStatus = true,
            Categories = ["all"],
            OrphansByDefault = true,
        };
        yield return Of("batch", "v1", "CronJob", "cronjobs", true, "cj") with { HasStatus = true, HasGeneration = true, MinMinor = 21, Categories = ["all"] };
        yield return Of("batch", "v1beta1", "CronJob", "cronjobs", true, "cj") with
        {
            HasStatus = true,
            MaxMinor = 20,
            Categories = ["all"],
            OrphansByDefault = true,
        };
        yield return Of("autoscaling", "v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true, "hpa") with
        {
            HasStatus = true,
            MaxMinor = 22,
            Categories = ["all"],
        };
        yield return Of("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true, "hpa") with
        {
            HasStatus = true,
            MinMinor = 23,
            Categories = ["all"],
        };
        yield return Of("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", true, "pdb") with
        {
            HasGeneration = true,
            HasStatus = true,
            UnconditionalUpdate = false,
            MinMinor = 21,
        };
        yield return Of("policy", "v1beta1", "PodDisruptionBudget", "poddisruptionbudgets", true, "pdb") with
        {
            HasGeneration = true,
            HasStatus = true,
            UnconditionalUpdate = false,
            MaxMinor = 20,
        };
        yield return Of("networking.k8s.io", "v1", "Ingress", "ingresses", true, "ing") with
        {
            HasGeneration = true,
            HasStatus = true,
            ErrorGroup = minor < 22 ? "extensions" : null,
        };
        yield return Of("networking.k8s.io", "v1", "IngressClass", "ingressclasses", false) with { HasGeneration = true };
        yield return Of("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", true, "netpol") with { HasGeneration = true };
        foreach (var (kind, plural, namespaced) in new[]
        {
            ("ClusterRole", "clusterroles", false), ("ClusterRoleBinding", "clusterrolebindings", false), ("Role", "roles", true), ("RoleBinding", "rolebindings", true),
        })
        {
            yield return Of("rbac.authorization.k8s.io", "v1", kind, plural, namespaced) with { CreateOnUpdate = true, NameRule = NameRule.PathSegment };
        }

        yield return Of("coordination.k8s.io", "v1", "Lease", "leases", true) with { CreateOnUpdate = true, UnconditionalUpdate = false };
        yield return Of("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", false, "pc") with { HasGeneration = true };
        yield return Of("storage.k8s.io", "v1", "StorageClass", "storageclasses", false, "sc");
        foreach (var kind in new[] { "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration" })
        {
            yield return Of("admissionregistration.k8s.io", "v1", kind, kind.ToLowerInvariant() + "s", false) with
            {
                HasGeneration = true,
                Categories = ["api-extensions"],
            };
        }

        yield return Of("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false, "crd crds") with
        {
            HasGeneration = true,
            HasStatus = true,
            UnconditionalUpdate = false,
            Categories = ["api-extensions"],
        };
        yield return Of("authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", false) with { Virtual = true };
        yield return Of("authorization.k8s.io", "v1", "SubjectAccessReview", "subjectaccessreviews", false) with { Virtual = true };
        yield return Of("authorization.k8s.io", "v1", "LocalSubjectAccessReview", "localsubjectaccessreviews", true) with { Virtual = true };
        yield return Of("authorization.k8s.io", "v1", "SelfSubjectRulesReview", "selfsubjectrulesreviews", false) with { Virtual = true };
        yield return Of("authentication.k8s.io", "v1", "TokenReview", "tokenreviews", false) with { Virtual = true };
    }
}
