using KubeFed.Kubernetes.Objects;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

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
    public string[] Name { get; set; } = ["*"];

    /// <summary>The namespace; without it, the context's for a literal name, and all for a wildcard.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Ns")]
    public string? Namespace { get; set; }

    /// <summary>The member clusters to look in; wildcards are allowed. Without it, all registered ones.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[]? Cluster { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => TryRun(Name, RunAsync);

    private async Task RunAsync(Operation operation)
    {
        var type = await operation.Federation.Types.ResolveAsync(Type, operation.Stop).ConfigureAwait(false);
        var clusters = (await ClusterWork.FindAsync(operation, new NameFilter(Cluster)).ConfigureAwait(false)).Select(cluster => cluster.Name).ToList();
        var @namespace = string.IsNullOrEmpty(Namespace) ? null : Namespace;
        foreach (var name in Name)
        {
            if (WildcardPattern.ContainsWildcardCharacters(name))
            {
                await ResourceWork.ForEachAsync(
                    operation,
                    [type.Name],
                    [name],
                    type.IsNamespaceType ? null : @namespace,
                    labelSelector: null,
                    resource => CopiesAsync(operation, resource, clusters)).ConfigureAwait(false);
                continue;
            }

            var key = ResourceWork.Key(type, name, @namespace, operation.Session.Namespace);
            await CopiesAsync(operation, new EngineResource(type, KubeObject.Create(type.Federated, key)), clusters).ConfigureAwait(false);
        }
    }

    private static async Task CopiesAsync(Operation operation, EngineResource resource, IReadOnlyList<string> clusters)
    {
        await foreach (var copy in operation.Federation.Resources.CopiesAsync(resource, clusters, operation.Stop).ConfigureAwait(false))
        {
            await operation.Sink.ObjectAsync(CopyMap.ToOutput(resource, copy, operation.Now), operation.Stop).ConfigureAwait(false);
        }
    }
}
