using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Federate.Checking;
using KubeFed.Kubernetes.Client;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Commands;

/// <summary>Warns of what a cmdlet declares and probably does not mean, each warning once for all resources it declares it of.</summary>
/// <param name="operation">Where the warnings go.</param>
/// <param name="placement">Whether the cmdlet's parameters say where resources go.</param>
/// <param name="targets">Whose overrides the parameters give.</param>
internal sealed class DeclarationAdvice(Operation operation, bool placement, IReadOnlyList<OverrideTarget> targets)
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private IReadOnlyList<MemberCluster>? _clusters;

    public async Task WarnAsync(EngineResource resource)
    {
        if ((!placement && targets.Count == 0) || await ClustersAsync().ConfigureAwait(false) is not { } clusters)
        {
            return;
        }

        var warnings = placement ? DeclarationWarnings.OfPlacement(resource, clusters) : [];
        foreach (var warning in warnings.Concat(DeclarationWarnings.OfOverrides(resource, targets, clusters)).Where(_told.Add))
        {
            operation.Sink.Warning(warning);
        }
    }

    /// <summary>Null where nobody can say: manifests are converted without a control plane and without a host that answers, too.</summary>
    private async Task<IReadOnlyList<MemberCluster>?> ClustersAsync()
    {
        try
        {
            return _clusters ??= await operation.Federation.Clusters.ListAsync(operation.Stop).ConfigureAwait(false);
        }
        catch (Exception error) when (error is KubeConnectionException or KubeApiException { IsForbidden: true } or FederationException)
        {
            operation.Sink.Verbose($"Whether the clusters are registered is not known: {error.Message}");
            return null;
        }
    }
}
