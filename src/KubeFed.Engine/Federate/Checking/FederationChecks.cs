using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane.Doctor;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Propagation.Planning;

namespace KubeFed.Engine.Federate.Checking;

/// <summary>What only shows beside the registered clusters, the enabled types and the federated namespaces. Pure.</summary>
/// <param name="resource">The resource.</param>
/// <param name="placement">Where it goes, as a sync would have it.</param>
/// <param name="clusters">All registered clusters.</param>
/// <param name="systemNamespace">The control plane's.</param>
internal sealed class FederationChecks(FederatedResource resource, Placement placement, IReadOnlyList<MemberCluster> clusters, string systemNamespace)
{
    public IEnumerable<ResourceFinding> Run() => [.. Type(), .. Where(), .. Overrides(), .. Fit()];

    private static ResourceFinding Warning(string id, string field, string value, string message, string remedy) =>
        new(FindingSeverity.Warning, id, field, value, message, remedy);

    private IEnumerable<ResourceFinding> Type()
    {
        if (!resource.Type.PropagationEnabled)
        {
            yield return Warning(
                "TypeDisabled",
                "kind",
                FederatedResourceValidation.Show(resource.Type.Federated.Kind),
                $"propagation of type {resource.Type.Name} is switched off, so nothing happens to this resource",
                $"Switch it on with Enable-KubeFedType {resource.Type.Name}.");
        }

        // One in the wrong namespace is a fault of its own already.
        if (ResourceGate.Check(resource, systemNamespace) is { IsFault: false } passed)
        {
            yield return new ResourceFinding(
                FindingSeverity.Information,
                "NamespaceReserved",
                "metadata.name",
                FederatedResourceValidation.Show(resource.Key.Name),
                passed.Why,
                "Nothing, if it is to place what is in the namespace; otherwise use a namespace of your own.");
        }
    }

    private IEnumerable<ResourceFinding> Where()
    {
        if (placement.Failure == AggregateReason.NamespaceNotFederated)
        {
            yield return new ResourceFinding(
                FindingSeverity.Error,
                "NamespaceNotFederated",
                "metadata.namespace",
                FederatedResourceValidation.Show(resource.Key.Namespace),
                placement.Message,
                NamespaceScope.Remedy(resource.Key.Namespace, placement.Message));
        }

        foreach (var cluster in placement.Clusters)
        {
            if (cluster.Verdict == PlacementVerdict.NotRegistered)
            {
                // P-34
                yield return new ResourceFinding(
                    FindingSeverity.Error,
                    "ClusterNotFound",
                    "spec.placement.clusters",
                    FederatedResourceValidation.Show(cluster.Cluster),
                    $"no cluster is registered under this name; {Registered()}",
                    $"Join {cluster.Cluster}, or take the name out.")
                {
                    Cluster = cluster.Cluster,
                };
            }
            else if (cluster.Verdict == PlacementVerdict.NamespaceElsewhere)
            {
                // A selector for all clusters may well mean all that the namespace is in; a name means that cluster.
                yield return new ResourceFinding(
                    resource.PlacementClusters is null ? FindingSeverity.Information : FindingSeverity.Warning,
                    "NamespaceElsewhere",
                    "spec.placement",
                    string.Empty,
                    $"it selects {cluster.Cluster}, but the FederatedNamespace {resource.Key.Namespace} does not, so it does not go there",
                    $"Let FederatedNamespace {resource.Key.Namespace} select the cluster too, or take it out here.") { Cluster = cluster.Cluster };
            }
        }

        if (placement.Failure == AggregateReason.None && !placement.Selected.Any() && !placement.Unknown.Any()
            && placement.Clusters.All(cluster => cluster.Verdict != PlacementVerdict.NamespaceElsewhere))
        {
            yield return Warning(
                "PlacedNowhere",
                "spec.placement",
                FederatedResourceValidation.Show(resource.Object.Spec?["placement"]),
                $"it selects no cluster, so copies that exist are removed; {Registered()}",
                "Name clusters or correct the selector; {} selects every cluster.");
        }
    }

    private IEnumerable<ResourceFinding> Overrides()
    {
        foreach (var rule in OverrideSet.Of(resource).Rules)
        {
            if (rule.Cluster is { } name && clusters.All(cluster => cluster.Name != name))
            {
                yield return Warning(
                    "OverrideForUnknownCluster",
                    $"{rule.Field}.clusterName",
                    FederatedResourceValidation.Show(name),
                    $"no cluster is registered under this name; {Registered()}",
                    "Correct the name, join the cluster, or remove the entry.");
            }
            else if (rule.Cluster is { } unselected && placement.Failure == AggregateReason.None && !placement.Selects(unselected))
            {
                // E-76
                yield return new ResourceFinding(
                    FindingSeverity.Information,
                    "OverrideWithoutEffect",
                    $"{rule.Field}.clusterName",
                    FederatedResourceValidation.Show(unselected),
                    "the placement does not select this cluster, so the entry has no effect",
                    "Remove the entry, or place the resource there.");
            }
            else if (rule.Selector is { } selector && !clusters.Any(cluster => selector.Matches(cluster.Labels)))
            {
                yield return Warning(
                    "OverrideSelectsNobody",
                    $"{rule.Field}.clusterSelector",
                    FederatedResourceValidation.Show(selector.ToString()),
                    "it matches no registered cluster",
                    "Correct the selector, or label the clusters with Set-KubeFedCluster.");
            }
        }
    }

    private IEnumerable<ResourceFinding> Fit()
    {
        var source = new DesiredSource(resource);
        var overrides = OverrideSet.Of(resource);
        if (source.Error is not null)
        {
            return [];
        }

        // An entry that can't be read is a fault of its own already.
        return clusters
            .Where(cluster => placement.Selects(cluster.Name))
            .Select(ClusterFacts.Of)
            .Where(facts => overrides.Rules.All(rule => rule.Faults.Count == 0 || !rule.Concerns(facts)))
            .Select(facts => LoneChecks.Misfit(source, facts))
            .OfType<ResourceFinding>();
    }

    private string Registered() => clusters.Count == 0
        ? "none is"
        : $"registered are {string.Join(", ", clusters.Select(cluster => cluster.Name))}";
}
