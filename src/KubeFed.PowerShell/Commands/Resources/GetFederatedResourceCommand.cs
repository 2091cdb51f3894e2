using KubeFed.Engine;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Commands;

/// <summary>Lists federated resources: what is declared on the host; or, with -Explain, why each goes where it goes.</summary>
[Cmdlet(VerbsCommon.Get, "FederatedResource")]
[OutputType(typeof(FederatedResource), typeof(PlacementExplanation))]
public sealed class GetFederatedResourceCommand : FederationCmdlet
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

    /// <summary>Labels of the federated object, as kubectl writes selectors.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <summary>Instead of the resources, a line for each of them and each cluster: whether it goes there, and why.</summary>
    [Parameter]
    public SwitchParameter Explain { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => TryRun(Name, Explain ? ExplainAsync : ListAsync);

    private Task ListAsync(Operation operation) =>
        ForEachAsync(operation, resource => operation.Sink.ObjectAsync(ResourceMap.ToOutput(resource, operation.Now), operation.Stop).AsTask());

    private async Task ExplainAsync(Operation operation)
    {
        var preview = await operation.Federation.Sync.PreviewAsync(operation.Sink, operation.Stop).ConfigureAwait(false);
        await ForEachAsync(operation, async resource =>
        {
            var placement = await preview.ExplainAsync(resource).ConfigureAwait(false);
            if (!placement.IsKnown)
            {
                operation.Sink.Error(new FederationException(
                    placement.Failure.ToString(), FederationProblem.Invalid, $"{resource.Type.Federated.Kind} {resource.Key}: {placement.Message}.")
                {
                    Target = resource.Key.ToString(),
                    Remedy = "Correct the placement: Set-FederatedResource -Cluster or -ClusterSelector.",
                });
            }

            foreach (var cluster in placement.Clusters)
            {
                await operation.Sink.ObjectAsync(PlacementMap.ToOutput(resource, cluster), operation.Stop).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
    }

    private Task ForEachAsync(Operation operation, Func<EngineResource, Task> each) =>
        ResourceWork.ForEachAsync(operation, Type, Name, new NamespaceFilter(Namespace), LabelSelector, each);
}
