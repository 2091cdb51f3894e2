using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane.Doctor;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Comparison;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Discovery;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Federate.Checking;

/// <summary>Finds what is wrong with federated resources, stored or not, before a sync does. What all checks need of the host is read once.</summary>
/// <remarks>P-55.</remarks>
public sealed class ResourceCheck
{
    private static readonly PropagationReason[] CheckedElsewhere =
        [PropagationReason.ClusterNotFound, PropagationReason.ApplyOverridesFailed, PropagationReason.ComputeResourceFailed];

    private readonly Federation _federation;
    private readonly SyncPreview _preview;
    private readonly IReadOnlyList<MemberCluster> _clusters;
    private readonly IReadOnlyList<FederatedType> _types;
    private readonly OpenApiSchemas _schemas;

    private ResourceCheck(Federation federation, SyncPreview preview, IReadOnlyList<MemberCluster> clusters, IReadOnlyList<FederatedType> types) =>
        (_federation, _preview, _clusters, _types, _schemas) = (federation, preview, clusters, types, new OpenApiSchemas(federation.Host));

    /// <exception cref="FederationException">There is no control plane.</exception>
    public static async Task<ResourceCheck> OpenAsync(Federation federation, CancellationToken cancellationToken)
    {
        // What the preview would say of a resource as a whole is a finding here.
        var preview = await federation.Sync.PreviewAsync(NullSink.Instance, cancellationToken).ConfigureAwait(false);
        var clusters = await federation.Clusters.ListAsync(cancellationToken).ConfigureAwait(false);
        return new ResourceCheck(federation, preview, clusters, await federation.Types.ListAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>What a resource shows of itself; nobody is asked.</summary>
    public static IReadOnlyList<ResourceFinding> Alone(FederatedResource resource) => Ordered(LoneChecks.Run(resource));

    /// <summary>The enabled type whose federated kind this is; null when there is none.</summary>
    public FederatedType? TypeOf(GroupVersionKind kind) =>
        _types.FirstOrDefault(type => type.Federated.Group == kind.Group && type.Federated.Kind == kind.Kind);

    /// <summary>A type as its federated kind lets one guess it, for checks where the enabled types are unknown or do not have it.</summary>
    /// <param name="federated">A <c>Federated...</c> object.</param>
    public static FederatedType Guess(KubeObject federated) => GuessedType.Of(federated);

    /// <summary>Everything that is wrong with a resource in this federation, the gravest first.</summary>
    /// <param name="resource">Stored, or a draft.</param>
    /// <param name="askMembers">Lets each selected member's server try the copy without storing it.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <exception cref="KubeException">The host could not be read.</exception>
    public async Task<IReadOnlyList<ResourceFinding>> RunAsync(FederatedResource resource, bool askMembers, CancellationToken cancellationToken)
    {
        var lone = LoneChecks.Run(resource).ToList();
        var placement = await _preview.ExplainAsync(resource).ConfigureAwait(false);
        lone.AddRange(await ServedFaultsAsync(resource, cancellationToken).ConfigureAwait(false));
        var findings = lone.Concat(new FederationChecks(resource, placement, _clusters, _federation.SystemNamespace).Run()).ToList();
        if (askMembers && findings.All(finding => finding.Severity != FindingSeverity.Error || finding.Cluster is not null))
        {
            var stored = await _federation.Resources.OverStoredAsync(resource, cancellationToken).ConfigureAwait(false);
            await foreach (var cell in _preview.CompareAsync(stored, null, cancellationToken).ConfigureAwait(false))
            {
                if (Of(cell) is { } finding)
                {
                    findings.Add(finding);
                }
            }
        }

        // Both kinds of check try overrides on the template.
        return Ordered(findings.DistinctBy(finding => (finding.Id, finding.Field, finding.Value, finding.Message)));
    }

    /// <summary>What the host's own definition of a custom kind shows to be wrong: of Kubernetes' own kinds that is known without asking.</summary>
    private async Task<IEnumerable<ResourceFinding>> ServedFaultsAsync(FederatedResource resource, CancellationToken cancellationToken)
    {
        var target = resource.Type.Target;
        if (BuiltInShapes.IsOfKubernetes(target.Group))
        {
            return [];
        }

        var schema = await _schemas.FindAsync(target.Gvk, cancellationToken).ConfigureAwait(false);
        return schema is null ? [] : TemplateChecks.Run(resource, ServedShape.Of(schema)).Select(ResourceFinding.Of);
    }

    private static List<ResourceFinding> Ordered(IEnumerable<ResourceFinding> findings) =>
        [.. findings.OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.Field, StringComparer.Ordinal)];

    /// <summary>What a member's answer comes to; null when it is content, or was told already.</summary>
    private static ResourceFinding? Of(CellComparison cell)
    {
        if (cell.Reason == PropagationReason.Ok || CheckedElsewhere.Contains(cell.Reason))
        {
            return null;
        }

        var refused = cell.Compared && cell.Reason is PropagationReason.CreationFailed or PropagationReason.UpdateFailed or PropagationReason.TypeNotServed;
        return new ResourceFinding(
            refused ? FindingSeverity.Error : FindingSeverity.Warning,
            cell.Reason.ToString(),
            "spec.template",
            string.Empty,
            cell.Message,
            refused
                ? "Correct the template, or override the field for this cluster."
                : $"See Compare-FederatedResource and Test-KubeFedCluster {cell.Cluster}.")
        {
            Cluster = cell.Cluster,
        };
    }
}
