using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Desired;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Commands;

/// <summary>Lists what differs per cluster: as it is declared, or, with -Cluster, as clusters get it.</summary>
[Cmdlet(VerbsCommon.Get, "FederatedOverride")]
[OutputType(typeof(Override))]
public sealed class GetFederatedOverrideCommand : FederationCmdlet
{
    /// <summary>Types by plural, kind, short name or plural.group; wildcards are allowed. Without it, all enabled types.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypeCompleter))]
    public string[]? Type { get; set; }

    /// <summary>Names of resources; wildcards are allowed.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ResourceCompleter))]
    public string[]? Name { get; set; }

    /// <summary>The namespaces to look in; wildcards are allowed. Without it, all.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Ns")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string[]? Namespace { get; set; }

    /// <summary>
    /// Clusters to show the overrides for, as they get them: those of matching selectors, then their own, in the order they are carried out, with values in
    /// place of templates. Wildcards are allowed.
    /// </summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[]? Cluster { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => TryRun(Name, async operation =>
    {
        var clusters = Cluster is null ? null : await ClusterWork.FindAsync(operation, new NameFilter(Cluster)).ConfigureAwait(false);
        await ResourceWork.ForEachAsync(
            operation,
            Type,
            Name,
            new NamespaceFilter(Namespace),
            labelSelector: null,
            resource => WriteAsync(operation, resource, clusters)).ConfigureAwait(false);
    });

    private static async Task WriteAsync(Operation operation, EngineResource resource, IReadOnlyList<MemberCluster>? clusters)
    {
        foreach (var shown in clusters is null ? OverrideMap.Stored(resource) : clusters.SelectMany(cluster => Effective(operation, resource, cluster)))
        {
            await operation.Sink.ObjectAsync(shown, operation.Stop).ConfigureAwait(false);
        }
    }

    private static IEnumerable<Override> Effective(Operation operation, EngineResource resource, MemberCluster cluster)
    {
        var overrides = OverrideSet.Of(resource).For(ClusterFacts.Of(cluster));
        if (overrides.Error is null)
        {
            return OverrideMap.Effective(resource, cluster.Name, overrides);
        }

        operation.Sink.Error(new FederationException(
            "InvalidOverride",
            FederationProblem.Invalid,
            $"{resource.Type.Federated.Kind} {resource.Key} can't be overridden for {cluster.Name}: {overrides.Error}")
        {
            Target = $"{resource.Key}",
            Remedy = "Correct the entry; Get-FederatedOverride without -Cluster lists all entries as they are declared.",
        });
        return [];
    }
}
