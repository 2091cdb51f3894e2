using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Planning;

namespace KubeFed.PowerShell.Running;

/// <summary>One resource could not be made true in one cluster, as an error record carries it beside the result object.</summary>
internal sealed class SyncFailure(SyncOutcome outcome) : Exception(Text(outcome))
{
    /// <summary>The stable reason.</summary>
    public string Id { get; } = SyncMap.Status(outcome) is var status && status == "OK" ? "SyncFailed" : status;

    public string Category { get; } = CategoryOf(outcome);

    public string? Remedy { get; } = RemedyOf(outcome);

    public SyncResult Result { get; } = SyncMap.ToOutput(outcome);

    private static string Text(SyncOutcome outcome)
    {
        var place = outcome.Cluster is null ? string.Empty : $" in cluster '{outcome.Cluster}'";
        var message = outcome.Message.Length > 0 ? outcome.Message : $"{outcome.Action} was not possible.";
        return $"{outcome.Type.Name} '{outcome.Resource}'{place}: {SyncMap.Status(outcome)}: {message}";
    }

    private static string CategoryOf(SyncOutcome outcome) => outcome.Reason switch
    {
        PropagationReason.ClusterNotFound => "ObjectNotFound",
        PropagationReason.ClusterNotReady or PropagationReason.TypeNotServed => "ResourceUnavailable",
        PropagationReason.CredentialsRejected => "AuthenticationError",
        PropagationReason.AlreadyExists or PropagationReason.OwnedByOtherFederation => "ResourceExists",
        PropagationReason.ManagedLabelFalse => "InvalidOperation",
        PropagationReason.ApplyOverridesFailed or PropagationReason.ComputeResourceFailed => "InvalidData",
        PropagationReason.CreationTimedOut or PropagationReason.UpdateTimedOut or PropagationReason.DeletionTimedOut
            or PropagationReason.LabelRemovalTimedOut => "OperationTimeout",
        PropagationReason.CreationFailed or PropagationReason.UpdateFailed or PropagationReason.DeletionFailed
            or PropagationReason.LabelRemovalFailed => "WriteError",
        PropagationReason.RetrievalFailed or PropagationReason.CachedRetrievalFailed or PropagationReason.VersionRetrievalFailed => "ReadError",
        PropagationReason.ClientRetrievalFailed => "ConnectionError",
        _ => outcome.Aggregate switch
        {
            AggregateReason.ComputePlacementFailed => "InvalidData",
            AggregateReason.NamespaceNotFederated => "ObjectNotFound",
            AggregateReason.ClusterRetrievalFailed => "ReadError",
            _ => "NotSpecified",
        },
    };

    private static string? RemedyOf(SyncOutcome outcome)
    {
        var place = outcome.Resource.Namespace is { } name ? $" -Namespace {name}" : string.Empty;
        var resource = $"{outcome.Type.Name} {outcome.Resource.Name}{place}";
        return outcome.Reason switch
        {
            PropagationReason.ClusterNotFound =>
                $"Join the cluster with Join-KubeFedCluster, or take it out of the placement: Set-FederatedResource {resource} -Cluster ...",
            PropagationReason.ClusterNotReady => $"See what is wrong with Test-KubeFedCluster -Name {outcome.Cluster}, and sync again.",
            PropagationReason.TypeNotServed => $"Install the type on '{outcome.Cluster}', or leave the cluster out of the placement.",
            PropagationReason.CredentialsRejected => $"Renew the stored credentials: Join-KubeFedCluster -Name {outcome.Cluster}",
            PropagationReason.AlreadyExists =>
                $"Delete or rename the object in the member, or take it over: Invoke-KubeFedSync {resource} -TakeOver, or for all of them Set-KubeFedConfig "
                    + "-AdoptResources $true; a resource's annotation kubefed.io/adoption-policy can only forbid what the KubeFedConfig allows.",
            PropagationReason.OwnedByOtherFederation =>
                $"Take '{outcome.Cluster}' out of one of the two placements; or, if that federation is gone, take over: Invoke-KubeFedSync {resource} -TakeOver",
            PropagationReason.ManagedLabelFalse => "Remove the label kubefed.io/managed=false from the object in the member to have it managed.",
            PropagationReason.ApplyOverridesFailed =>
                $"See what is declared with Get-FederatedOverride {resource}; correct it with Add- or Remove-FederatedOverride, or Set-FederatedResource -Override.",
            PropagationReason.ComputeResourceFailed => $"Correct the template: Set-FederatedResource {resource} -Template ...",
            PropagationReason.CreationFailed or PropagationReason.UpdateFailed or PropagationReason.FieldRetentionFailed =>
                $"Correct what the cluster refuses, in the template (Set-FederatedResource {resource} -Template ...) or for this cluster alone "
                    + $"(Add-FederatedOverride {resource} -Cluster {outcome.Cluster} ...), and sync again.",
            PropagationReason.DeletionFailed or PropagationReason.LabelRemovalFailed =>
                $"Remove what keeps the copy, as the message has it, and sync again; Get-FederatedObject {resource} -Cluster {outcome.Cluster} shows the copy.",
            PropagationReason.CreationTimedOut or PropagationReason.UpdateTimedOut or PropagationReason.DeletionTimedOut
                or PropagationReason.LabelRemovalTimedOut =>
                $"Sync again, which looks what became of it; if that does not help, see Test-KubeFedCluster -Name {outcome.Cluster}.",
            PropagationReason.RetrievalFailed or PropagationReason.CachedRetrievalFailed or PropagationReason.VersionRetrievalFailed =>
                $"See whether the cluster may be read: Test-KubeFedCluster -Name {outcome.Cluster}; then sync again.",
            PropagationReason.ClientRetrievalFailed =>
                $"Join the cluster again, which renews how it is reached: Join-KubeFedCluster -Name {outcome.Cluster}",
            PropagationReason.ClusterSuspended => $"Resume-KubeFedCluster {outcome.Cluster}",
            PropagationReason.Pending => $"Sync the cluster: Invoke-KubeFedSync {resource} -Cluster {outcome.Cluster}",
            PropagationReason.WaitingForRemoval =>
                $"Sync again later; Get-FederatedObject {resource} -Cluster {outcome.Cluster} shows which finalizers the copy still has.",
            _ => outcome.Aggregate switch
            {
                AggregateReason.ComputePlacementFailed => $"Correct the placement: Set-FederatedResource {resource} -Cluster ... or -ClusterSelector ...",
                AggregateReason.NamespaceNotFederated =>
                    NamespaceScope.Remedy(outcome.Resource.Namespace, outcome.Message),
                AggregateReason.ClusterRetrievalFailed => "See whether the host may be read: Test-KubeFed.",
                _ => null,
            },
        };
    }
}
