using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Propagation;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Control.Events;

/// <summary>Which Event tells of what, in KubeFed's words where it had one. Pure.</summary>
/// <remarks>
/// Section 10 of KubeFed's engine (E-130 to E-132), C-32, C-35, C-36. What it dropped and told of (E-51) is not dropped here (P-41, P-52); what failed
/// without a word of its own carries the reason that is in the status, as KubeFed's guide claimed of all (E-131, P-75).
/// </remarks>
internal static class EventWording
{
    private const int NamesShown = 10;

    /// <summary>Longer ones are cut by some servers, and read by nobody.</summary>
    private const int LongestMessage = 1024;

    /// <summary>Null for what is worth none: nothing happened, or it was left alone on purpose.</summary>
    public static EventNotice? Of(SyncOutcome outcome, KubeObject resource)
    {
        var (isWarning, reason, what) = outcome.Cluster is null ? Whole(outcome) : Cell(outcome);
        return reason is null ? null : new EventNotice(
            EventSubject.Of(outcome.Type.Federated, resource),
            $"{outcome.Type.Federated.Kind.ToLowerInvariant()}-controller",
            isWarning,
            reason,
            what,
            outcome.Succeeded ? string.Empty : outcome.Message);
    }

    /// <summary>Null for a cluster that is ready.</summary>
    public static EventNotice? Of(MemberCluster cluster, ProbeResult probe)
    {
        var (reason, what) = probe.Outcome == ProbeOutcome.Malformed
            ? ("MalformedClusterConfig", $"Cluster \"{cluster.Name}\" can't be connected to as it is registered")
            : ("RetrievingClusterHealthFailed", $"Failed to retrieve health of cluster \"{cluster.Name}\"");
        return probe.Outcome == ProbeOutcome.Ready
            ? null
            : new EventNotice(EventSubject.Of(CoreResources.KubeFedClusters, cluster.Source), "kubefedcluster-controller", true, reason, what, probe.Message);
    }

    /// <summary>A type that is enabled and rests all the same; KubeFed had no word for it (C-50).</summary>
    public static EventNotice Of(FederatedType type, string why) => new(
        EventSubject.Of(CoreResources.FederatedTypeConfigs, type.Source),
        "federatedtypeconfig-controller",
        true,
        "PropagationNotRunning",
        $"Type {type.Name} is not propagated",
        why);

    /// <summary>The whole message, with the clusters it happened in; the same clusters always read the same.</summary>
    public static string Message(EventNotice notice, IReadOnlyCollection<string> clusters)
    {
        var named = clusters.Order(StringComparer.Ordinal).Take(NamesShown).Select(name => $"\"{name}\"");
        var where = clusters.Count switch
        {
            0 => string.Empty,
            1 => $" in cluster {named.Single()}",
            <= NamesShown => $" in clusters {string.Join(", ", named)}",
            _ => $" in clusters {string.Join(", ", named)} and {clusters.Count - NamesShown} more",
        };
        var message = $"{notice.What}{where}{(notice.Why.Length == 0 ? string.Empty : $": {notice.Why}")}";
        return message.Length <= LongestMessage ? message : $"{message[..(LongestMessage - 1)]}…";
    }

    private static (bool IsWarning, string? Reason, string What) Cell(SyncOutcome outcome)
    {
        var target = $"{outcome.Type.Target.Kind} \"{outcome.Type.TargetOf(outcome.Resource)}\"";
        if (outcome.Succeeded)
        {
            return (outcome.Action, outcome.Written) switch
            {
                (PlanAction.Create, true) => (false, "CreateInCluster", $"Creating {target}"),
                (PlanAction.Update, true) => (false, "UpdateInCluster", $"Updating {target}"),
                (PlanAction.Adopt, true) => (false, "UpdateInCluster", $"Taking over and updating {target}"),
                (PlanAction.Delete, true) => (false, "DeleteInCluster", $"Deleting {target}"),
                (PlanAction.Unmanage, true) => (false, "RemoveManagedLabelFromInCluster", $"Removing managed label from {target}"),
                (PlanAction.Wait, _) => (false, "WaitForRemovalInCluster", $"Waiting for the removal of {target}"),
                _ => default,
            };
        }

        return outcome.Reason switch
        {
            PropagationReason.CreationFailed or PropagationReason.CreationTimedOut or PropagationReason.AlreadyExists =>
                (true, "CreateInClusterFailed", $"Failed to create {target}"),
            PropagationReason.UpdateFailed or PropagationReason.UpdateTimedOut => (true, "UpdateInClusterFailed", $"Failed to update {target}"),
            PropagationReason.DeletionFailed or PropagationReason.DeletionTimedOut => (true, "DeleteInClusterFailed", $"Failed to delete {target}"),
            PropagationReason.LabelRemovalFailed or PropagationReason.LabelRemovalTimedOut =>
                (true, "RemoveManagedLabelFromInClusterFailed", $"Failed to remove managed label from {target}"),
            _ => (true, outcome.Reason.ToString(), $"Failed to propagate {target}"),
        };
    }

    private static (bool IsWarning, string? Reason, string What) Whole(SyncOutcome outcome)
    {
        var target = $"{outcome.Type.Federated.Kind} \"{outcome.Resource}\"";
        return outcome switch
        {
            { Succeeded: true } => default,
            { Aggregate: not AggregateReason.None } => (true, outcome.Aggregate.ToString(), $"Failed to place {target}"),
            { Type.IsNamespaceType: true } when outcome.Resource.Name != outcome.Resource.Namespace => (true, "InvalidName", $"Failed to propagate {target}"),
            _ => (true, "SyncFailed", $"Failed to propagate {target}"),
        };
    }
}
