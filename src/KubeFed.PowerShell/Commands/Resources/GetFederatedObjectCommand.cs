using KubeFed.Engine;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Objects;
using EngineResource = KubeFed.Engine.Api.FederatedResource;
using EngineType = KubeFed.Engine.Api.FederatedType;

namespace KubeFed.PowerShell.Commands;

/// <summary>Shows the copies of federated resources, cluster by cluster, also where there is none.</summary>
[Cmdlet(VerbsCommon.Get, "FederatedObject")]
[OutputType(typeof(FederatedObject))]
public sealed class GetFederatedObjectCommand : FederationCmdlet
{
    /// <summary>The type by plural, kind, short name or plural.group.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypeCompleter))]
    public string Type { get; set; } = string.Empty;

    /// <summary>
    /// Names of resources. Wildcards are allowed and select among the federated resources; a literal name is looked for in members even when it is not
    /// federated, or no longer.
    /// </summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ResourceCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>
    /// The namespaces; wildcards are allowed, and select among the federated resources. Without it, the context's for a literal name, and all for a wildcard.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Ns")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string[]? Namespace { get; set; }

    /// <summary>The member clusters to look in; wildcards are allowed. Without it, all registered ones.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[]? Cluster { get; set; }

    /// <summary>
    /// Labels of the copies, as kubectl writes selectors. Only copies that carry them are shown; where there is no copy, there is then no row.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => TryRun(Name, RunAsync);

    private async Task RunAsync(Operation operation)
    {
        var type = await operation.Federation.Types.ResolveAsync(Type, operation.Stop).ConfigureAwait(false);
        var clusters = (await ClusterWork.FindAsync(operation, new NameFilter(Cluster)).ConfigureAwait(false)).Select(cluster => cluster.Name).ToList();
        var namespaces = new NamespaceFilter(Namespace);
        var placements = new CopyPlacements(operation);
        var federated = new List<EngineResource>();
        foreach (var name in Name)
        {
            // Where there may be several, they are selected among the federated ones, whether it is the names or the namespaces.
            if (NameFilter.IsWildcard(name) || (namespaces.Names.Count > 0 && namespaces.Only is null && !type.IsNamespaceType))
            {
                var place = type.IsNamespaceType ? new NamespaceFilter(null) : namespaces;
                await ResourceWork.ForEachAsync(operation, [type.Name], [name], place, labelSelector: null, resource =>
                {
                    federated.Add(resource);
                    return Task.CompletedTask;
                }).ConfigureAwait(false);
                continue;
            }

            var key = ResourceWork.Key(type, name, namespaces.Only, operation.Session.Namespace);
            var literal = new EngineResource(type, KubeObject.Create(type.Federated, key));
            if (LabelSelector is not null)
            {
                federated.Add(literal);
                continue;
            }

            await foreach (var copies in Together
                .BatchAsync(operation.Federation.Resources.CopiesAsync(literal, clusters, operation.Stop), operation.Federation.Time, operation.Stop)
                .ConfigureAwait(false))
            {
                foreach (var copy in copies.OrderBy(copy => copy.Cluster, StringComparer.Ordinal))
                {
                    await TellAsync(operation, placements, literal, copy).ConfigureAwait(false);
                }
            }
        }

        var query = new CopyQuery { Resources = [.. federated.DistinctBy(resource => resource.Key)], Clusters = clusters, LabelSelector = LabelSelector };
        await foreach (var lists in Together
            .BatchAsync(operation.Federation.Resources.CopiesAsync(query, operation.Stop), operation.Federation.Time, operation.Stop)
            .ConfigureAwait(false))
        {
            foreach (var list in lists.Where(list => list.Failure is not null).OrderBy(list => list.Cluster, StringComparer.Ordinal))
            {
                operation.Sink.Error(Unreadable(type, list.Cluster, list.Failure!));
            }

            // Members answer in any order; whoever reads or compares the rows wants the same one every time.
            var found = lists.SelectMany(list => list.Copies.Select(copy => (copy.Resource, Copy: new FederatedCopy(list.Cluster, copy.Object, null))))
                .ToLookup(pair => pair.Resource.Key, pair => pair);
            foreach (var resource in query.Resources)
            {
                foreach (var (_, copy) in found[resource.Key].OrderBy(pair => pair.Copy.Cluster, StringComparer.Ordinal))
                {
                    await TellAsync(operation, placements, resource, copy).ConfigureAwait(false);
                }
            }
        }
    }

    private static async Task TellAsync(Operation operation, CopyPlacements placements, EngineResource resource, FederatedCopy copy)
    {
        var (declared, placed) = copy.Object is null ? await placements.OfAsync(resource, copy.Cluster).ConfigureAwait(false) : (resource, null);
        await operation.Sink.ObjectAsync(CopyMap.ToOutput(declared, copy, placed, operation.Now), operation.Stop).ConfigureAwait(false);
        if (copy.Failure is { } failure)
        {
            operation.Sink.Error(Unreadable(resource.Type, copy.Cluster, failure));
        }
    }

    private static FederationException Unreadable(EngineType type, string cluster, Exception failure) => new(
        "ClusterUnreadable", FederationProblem.Failed, $"The {type.Target.Plural} of cluster '{cluster}' could not be read: {failure.Message}", failure)
    {
        Target = cluster,
        Remedy = (failure as FederationException)?.Remedy ?? $"See what is wrong with Test-KubeFedCluster -Name {cluster}.",
    };
}
