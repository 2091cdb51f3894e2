using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Health;

/// <summary>
/// Reads one object as it is in a member and says how it fares: from its own status alone, with no clock and no second look. Kinds whose status has a
/// meaning of its own have a rule of their own; all others are judged by the conditions they show, and by being there when they show none (P-71).
/// </summary>
/// <remarks>P-70; the API conventions' typical status properties, kubectl's rollout status.</remarks>
public static class HealthRules
{
    private static readonly Dictionary<(string Group, string Kind), Func<KubeObject, ObjectHealth>> Rules = new()
    {
        [("apps", "Deployment")] = DeploymentRule.Judge,
        [("apps", "ReplicaSet")] = ReplicaSetRule.Judge,
        [("apps", "StatefulSet")] = StatefulSetRule.Judge,
        [("apps", "DaemonSet")] = DaemonSetRule.Judge,
        [("batch", "Job")] = JobRule.Judge,
        [("batch", "CronJob")] = JobRule.JudgeCron,
        [("", "Pod")] = PodRule.Judge,
        [("", "ReplicationController")] = ReplicaSetRule.Judge,
        [("", "Service")] = ServiceRule.Judge,
        [("", "PersistentVolumeClaim")] = VolumeClaimRule.Judge,
        [("", "Namespace")] = NamespaceRule.Judge,
        [("networking.k8s.io", "Ingress")] = ServiceRule.JudgeIngress,
        [("extensions", "Ingress")] = ServiceRule.JudgeIngress,
        [("apiextensions.k8s.io", "CustomResourceDefinition")] = DefinitionRule.Judge,
    };

    public static ObjectHealth Judge(KubeObject value)
    {
        var gvk = value.Gvk;
        if (value.IsDeleting && gvk is not { Group: "", Kind: "Namespace" })
        {
            return ObjectHealth.Leaving;
        }

        return Rules.TryGetValue((gvk.Group, gvk.Kind), out var rule) ? rule(value) : ConditionRule.Judge(value);
    }

    /// <summary>The worst of several; null when there are none.</summary>
    public static HealthStatus? Worst(IEnumerable<HealthStatus> all) => all.Select(one => (HealthStatus?)one).Max();
}
