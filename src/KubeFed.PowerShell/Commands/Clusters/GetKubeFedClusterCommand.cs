namespace KubeFed.PowerShell.Commands;

/// <summary>Lists the registered clusters.</summary>
[Cmdlet(VerbsCommon.Get, "KubeFedCluster")]
[OutputType(typeof(Cluster))]
public sealed class GetKubeFedClusterCommand : FederationCmdlet
{
    /// <summary>Names of clusters; wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Labels the clusters must have, as kubectl writes selectors: <c>env=prod,tier in (a,b)</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var names = new NameFilter(Name);
        TryRun(Name, operation => ClusterWork.ListAsync(operation, names, LabelSelector));
    }
}
