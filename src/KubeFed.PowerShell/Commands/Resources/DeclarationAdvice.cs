using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Federate.Checking;
using KubeFed.Kubernetes.Client;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Commands;

/// <summary>
/// Warns of what a cmdlet declares and probably does not mean, before it is written, and each warning once for all resources that one invocation declares it
/// of.
/// </summary>
internal sealed class DeclarationAdvice
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private IReadOnlyList<MemberCluster>? _clusters;
    private bool _asked;

    /// <summary>Returns when what there is to be told has been written; cancelled where the user stops at a warning.</summary>
    /// <param name="operation">Where the warnings go.</param>
    /// <param name="resource">As it is to be stored.</param>
    /// <param name="overrides">What the cmdlet's parameters give; null when nothing.</param>
    /// <param name="placement">Whether its parameters say where resources go.</param>
    public async Task WarnAsync(Operation operation, EngineResource resource, IReadOnlyList<OverrideEntry>? overrides, bool placement)
    {
        // What is faulty is refused, which says enough.
        var targets = (overrides ?? []).Select(entry => entry.Target).ToList();
        if ((!placement && targets.Count == 0)
            || FederatedResourceValidation.Check(resource).Count > 0
            || await ClustersAsync(operation).ConfigureAwait(false) is not { } clusters)
        {
            return;
        }

        var warnings = placement ? DeclarationWarnings.OfPlacement(resource, clusters) : [];
        var news = warnings.Concat(DeclarationWarnings.OfOverrides(resource, targets, clusters)).Where(_told.Add).ToList();
        foreach (var warning in news)
        {
            operation.Sink.Warning(warning);
        }

        if (news.Count > 0)
        {
            await operation.Sink.WrittenAsync(operation.Stop).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Asked once for all resources. Null where nobody can say: manifests are converted without a control plane and without a host that answers, too.
    /// </summary>
    private async Task<IReadOnlyList<MemberCluster>?> ClustersAsync(Operation operation)
    {
        if (_asked)
        {
            return _clusters;
        }

        _asked = true;
        try
        {
            _clusters = await operation.Federation.Clusters.ListAsync(operation.Stop).ConfigureAwait(false);
        }
        catch (Exception error) when (error is KubeConnectionException or KubeApiException { IsForbidden: true } or FederationException)
        {
            operation.Sink.Verbose($"Whether the clusters are registered is not known: {error.Message}");
        }

        return _clusters;
    }
}
