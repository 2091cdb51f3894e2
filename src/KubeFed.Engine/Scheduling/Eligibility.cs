using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Scheduling;

/// <summary>Which clusters a preference may use at all, whether or not they can be reached now.</summary>
/// <remarks>
/// P-85: replicas planned where the namespace is not propagated would be lost, so such clusters are left out, which KubeFed did not do. With
/// <c>intersectWithClusterSelector</c>, Compatible mode evaluates exactly what KubeFed did: the selectors of both objects, an absent one selecting
/// nothing and lists of names ignored; Fair mode takes the namespace's placement whatever its form. The object's own list of names is never a bound: it is
/// what scheduling writes.
/// </remarks>
internal static class Eligibility
{
    /// <returns>Why the cluster cannot be used; null when it can.</returns>
    public static string? Obstacle(SchedulingView view, MemberCluster cluster)
    {
        var preference = view.Stored.Preference;
        if (preference.IntersectWithClusterSelector)
        {
            if (!Selects(view.Resource, cluster))
            {
                return "the federated object's clusterSelector does not select it";
            }

            if (preference.Mode == SchedulingMode.Compatible)
            {
                return view.FederatedNamespace is not { } own || !Selects(own, cluster) ? "the FederatedNamespace's clusterSelector does not select it" : null;
            }
        }

        return view.Namespace.Rule?.Judge(cluster) is null or PlacementVerdict.Listed or PlacementVerdict.SelectorMatches
            ? null
            : "the FederatedNamespace is not placed there";
    }

    /// <returns>Why no cluster's eligibility can be known; null when it can.</returns>
    public static string? Fault(SchedulingView view) => view.Namespace.Rule?.Error
        ?? (view.Stored.Preference.IntersectWithClusterSelector ? SelectorFault(view.Resource) ?? SelectorFault(view.FederatedNamespace) : null);

    private static bool Selects(FederatedResource resource, MemberCluster cluster) => Selector(resource).Matches(cluster.Labels);

    private static LabelSelector Selector(FederatedResource resource) =>
        LabelSelector.FromJson(resource.PlacementSelector is { } selector ? selector : (JsonNode?)null, "spec.placement.clusterSelector");

    private static string? SelectorFault(FederatedResource? resource)
    {
        try
        {
            if (resource is not null)
            {
                Selector(resource);
            }

            return null;
        }
        catch (SelectorException error)
        {
            return error.Message;
        }
    }
}
