using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Commands;

/// <summary>
/// Shows, field by field, where the copies in members are not as declared, who made them so, and what the next sync would do. Writes nothing.
/// </summary>
/// <remarks>P-127.</remarks>
[Cmdlet(VerbsData.Compare, "FederatedResource", DefaultParameterSetName = NameSet)]
[OutputType(typeof(ResourceDifference))]
public sealed class CompareFederatedResourceCommand : FederationCmdlet
{
    private const string NameSet = "Name";
    private const string ObjectSet = "InputObject";

    private readonly List<ResourceSelection> _selections = [];
    private readonly List<FederatedResource> _drafts = [];

    /// <summary>Types by plural, kind, short name or plural.group; wildcards are allowed. Without it, all enabled types.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = NameSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypeCompleter))]
    public string[]? Type { get; set; }

    /// <summary>Names of resources; wildcards are allowed.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = NameSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ResourceCompleter))]
    public string[]? Name { get; set; }

    /// <summary>The namespaces to look in; wildcards are allowed. Without it, all.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = NameSet)]
    [Alias("Ns")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string[]? Namespace { get; set; }

    /// <summary>Labels of the federated object, as kubectl writes selectors.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <summary>
    /// A federated resource, from Get-FederatedResource; one that is only composed, as ConvertTo-FederatedResource writes it, is compared as if it were
    /// stored.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    [ValidateNotNull]
    public FederatedResource? InputObject { get; set; }

    /// <summary>The member clusters to look in; wildcards are allowed. Without it, all registered ones.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[]? Cluster { get; set; }

    /// <summary>Shows the declared fields that are as they should be as well.</summary>
    [Parameter]
    public SwitchParameter IncludeEqual { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is { Stored: false })
        {
            _drafts.Add(InputObject);
        }
        else if (InputObject is { } stored)
        {
            _selections.Add(new ResourceSelection([stored.Type], [stored.Name], stored.Namespace is null ? null : [stored.Namespace]));
        }
        else
        {
            _selections.Add(new ResourceSelection(Type, Name, Namespace));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // What all comparisons depend on is read once, so they are made together.
        if (_selections.Count + _drafts.Count > 0)
        {
            TryRun(Open.Name, RunAsync);
        }
    }

    private async Task RunAsync(Operation operation)
    {
        IReadOnlyCollection<string>? clusters = Cluster is null
            ? null
            : (await ClusterWork.FindAsync(operation, new NameFilter(Cluster)).ConfigureAwait(false)).Select(cluster => cluster.Name).ToList();
        if (clusters is { Count: 0 })
        {
            return;
        }

        var work = await ComparisonWork.OpenAsync(operation, clusters, IncludeEqual).ConfigureAwait(false);
        foreach (var selection in ResourceSelection.Merge(_selections))
        {
            var namespaces = new NamespaceFilter(selection.Namespaces);
            await ResourceWork.ForEachAsync(operation, selection.Types, selection.Names, namespaces, LabelSelector, work.CompareAsync)
                .ConfigureAwait(false);
        }

        foreach (var draft in _drafts)
        {
            await work.CompareAsync(await ResourceWork.DraftAsync(operation, draft).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }
}
