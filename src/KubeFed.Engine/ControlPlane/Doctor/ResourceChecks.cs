using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Propagation.Health;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Propagation.Recording;

namespace KubeFed.Engine.ControlPlane.Doctor;

/// <summary>What can be wrong with federated resources and preferences.</summary>
internal static class ResourceChecks
{
    public static IEnumerable<Finding> All(Examined examined)
    {
        var clusters = examined.Clusters.Select(cluster => cluster.Cluster).ToList();
        var federatedNamespaces = examined.Resources
            .Where(resource => resource.Type.IsNamespaceType)
            .Select(resource => resource.Key.Name)
            .ToHashSet(StringComparer.Ordinal);
        var needsNamespace = examined.Config is { } config && ControlPlaneConfigReader.Read(config).Scope == ControlPlaneScope.Cluster;
        return
        [
            .. examined.Resources.SelectMany(resource => Each(resource, clusters, federatedNamespaces, needsNamespace)),
            .. examined.Preferences.SelectMany(preference => Preference(preference, examined)),
        ];
    }

    private static IEnumerable<Finding> Each(
        FederatedResource resource, IReadOnlyList<MemberCluster> clusters, HashSet<string> federatedNamespaces, bool needsNamespace)
    {
        var subject = $"{resource.Type.Federated.Kind} {resource.Key}";
        foreach (var fault in FederatedResourceValidation.Check(resource))
        {
            yield return Finding.Error("ResourceInvalid", subject, fault.ToString(), fault.Remedy);
        }

        foreach (var stranger in resource.Object.Spec is { } spec ? UnknownFields.StrangersInSpec(spec) : [])
        {
            yield return Finding.Warning("UnknownField", subject, stranger.ToString(), stranger.Remedy);
        }

        var overrides = OverrideSet.Of(resource);
        foreach (var finding in Overrides(resource, overrides, subject, clusters))
        {
            yield return finding;
        }

        var unknown = (resource.PlacementClusters ?? []).Concat(overrides.Rules.Select(rule => rule.Cluster).OfType<string>())
            .Where(name => name.Length > 0 && clusters.All(cluster => cluster.Name != name))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (unknown.Count > 0)
        {
            // P-34
            yield return Finding.Warning(
                "ClusterUnknown",
                subject,
                $"It names {string.Join(", ", unknown)}, which is not registered.",
                "Join the cluster, or take its name out.");
        }

        if (needsNamespace && resource.Type.Target.Namespaced && resource.Key.Namespace is { } @namespace && !federatedNamespaces.Contains(@namespace))
        {
            // P-30
            yield return Finding.Error(
                "NamespaceNotFederated",
                subject,
                $"Namespace {@namespace} is not federated, so the resource is propagated nowhere.",
                $"Create FederatedNamespace {@namespace}/{@namespace}.");
        }

        var contested = resource.Object.Status.Maps("clusters")
            .Where(cluster => cluster.Text("status") == nameof(PropagationReason.OwnedByOtherFederation))
            .Select(cluster => cluster.Text("name"))
            .ToList();
        if (contested.Count > 0)
        {
            // P-56
            yield return Finding.Warning(
                "OwnedByOtherFederation",
                subject,
                $"Another federation propagates an object of this name into {string.Join(", ", contested)}; the resource's status names it.",
                "Take those clusters out of one of the two placements; or, if that federation is gone, run Invoke-KubeFedSync -TakeOver.");
        }

        var degraded = PropagationStatus.Read(resource.Object).Clusters.Where(cluster => cluster.Health?.Status == HealthStatus.Degraded).ToList();
        if (degraded.Count > 0)
        {
            // P-70
            yield return Finding.Warning(
                "CopiesDegraded",
                subject,
                $"At the last sync it did not work in {string.Join(", ", degraded.Select(cluster => $"{cluster.Name} ({cluster.Health!.Message})"))}.",
                $"Get-FederatedObject {resource.Type.Name} {resource.Key.Name} shows what it is now.");
        }

        if (resource.Object.IsDeleting)
        {
            yield return Finding.Information("ResourceDeleting", subject, "It is being deleted and waits for its copies.", "Run Invoke-KubeFedSync.");
        }
        else if (resource.Object.Status.Maps("conditions").FirstOrDefault(c => c.Text("type") == "Propagation" && c.Text("status") == "False") is { } condition)
        {
            var failing = resource.Object.Status.Maps("clusters")
                .Where(cluster => cluster.NonEmptyText("status") is not null)
                .Select(cluster => $"{cluster.Text("name")} ({cluster.Text("status")})");
            yield return Finding.Warning(
                "PropagationFailing", subject, $"{condition.Text("reason")}: {string.Join(", ", failing)}", "Read its status for each cluster's message.");
        }
    }

    /// <summary>What only the registered clusters and their labels show: whom selectors miss (P-60), and which labels values lack (P-65).</summary>
    private static IEnumerable<Finding> Overrides(
        FederatedResource resource, OverrideSet overrides, string subject, IReadOnlyList<MemberCluster> clusters)
    {
        foreach (var rule in overrides.Rules.Where(rule => rule.Selector is { } selector && !clusters.Any(cluster => selector.Matches(cluster.Labels))))
        {
            yield return Finding.Warning(
                "OverrideSelectsNobody",
                subject,
                $"{rule.Field}.clusterSelector ({rule.Selector}) matches no registered cluster.",
                "Correct the selector, or label the clusters with Set-KubeFedCluster.");
        }

        var placement = PlacementRule.Read(resource.Object);
        foreach (var cluster in placement.Error is null ? clusters : [])
        {
            var facts = ClusterFacts.Of(cluster);
            var readable = overrides.Rules.All(rule => rule.Faults.Count == 0 || !rule.Concerns(facts));
            if (readable && placement.Judge(cluster) is PlacementVerdict.Listed or PlacementVerdict.SelectorMatches && overrides.For(facts).Error is { } error)
            {
                yield return Finding.Error(
                    "OverrideLabelMissing", subject, error, $"Label {cluster.Name} with Set-KubeFedCluster, or give the template a default.");
            }
        }
    }

    /// <summary>P-80: a preference without its target does nothing, and KubeFed did not say so.</summary>
    private static IEnumerable<Finding> Preference(Kubernetes.Objects.KubeObject preference, Examined examined)
    {
        var kind = preference.Spec.Text("targetKind");
        if (!examined.Resources.Any(resource => resource.Type.Federated.Kind == kind && resource.Key == preference.Key))
        {
            yield return Finding.Warning(
                "PreferenceWithoutTarget",
                $"ReplicaSchedulingPreference {preference.Key}",
                $"There is no {kind} of that name.",
                "Create it, or correct targetKind or the preference's name.");
        }
    }
}
