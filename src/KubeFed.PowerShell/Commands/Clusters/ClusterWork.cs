using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.PowerShell.Commands;

/// <summary>What the cluster cmdlets have in common.</summary>
internal static class ClusterWork
{
    public static async Task ListAsync(Operation operation, NameFilter names, string? labelSelector)
    {
        var now = operation.Now;
        foreach (var cluster in await FindAsync(operation, names, labelSelector).ConfigureAwait(false))
        {
            await operation.Sink.ObjectAsync(ClusterMap.ToOutput(cluster, now), operation.Stop).ConfigureAwait(false);
        }
    }

    /// <summary>The registered clusters that were named; a literal name that is not registered becomes an error record.</summary>
    public static async Task<IReadOnlyList<MemberCluster>> FindAsync(
        Operation operation, NameFilter names, string? labelSelector = null, bool mayBeMissing = false)
    {
        var selector = labelSelector is null ? null : LabelSelector.Parse(labelSelector);
        var clusters = await operation.Federation.Clusters.ListAsync(operation.Stop).ConfigureAwait(false);
        if (clusters.Count == 0)
        {
            // An empty list may only mean that the control plane is elsewhere; its absence is then the thing to say.
            await operation.Federation.ControlPlane.ReadConfigAsync(operation.Stop).ConfigureAwait(false);
        }

        var found = clusters.Where(cluster => names.Matches(cluster.Name) && selector?.Matches(cluster.Labels) != false).ToList();
        foreach (var missing in mayBeMissing ? [] : names.Unmatched)
        {
            operation.Sink.Error(NotFound(missing, clusters));
        }

        return found;
    }

    /// <summary>The contexts of the given files, or of the session; call it on the pipeline's thread.</summary>
    public static IContextSource Contexts(PSCmdlet cmdlet, OpenSession session, string[]? files) =>
        files is null ? session.Contexts : SessionOpener.Load([.. files.Select(cmdlet.GetUnresolvedProviderPathFromPSPath)]);

    public static FederationException NotFound(string name, IReadOnlyList<MemberCluster> clusters) => new(
        "ClusterNotFound",
        FederationProblem.NotFound,
        $"The cluster '{name}' is not registered. "
            + (clusters.Count == 0 ? "No cluster is." : $"Registered are: {string.Join(", ", clusters.Select(c => c.Name))}."))
    {
        Target = name,
        Remedy = $"Register it with Join-KubeFedCluster -Name {name}.",
    };
}
