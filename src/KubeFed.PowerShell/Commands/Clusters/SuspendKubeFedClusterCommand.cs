namespace KubeFed.PowerShell.Commands;

/// <summary>Takes clusters out of propagation for a while: nothing is sent to them and nothing is taken away.</summary>
[Cmdlet(VerbsLifecycle.Suspend, "KubeFedCluster", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Cluster))]
public sealed class SuspendKubeFedClusterCommand : FederationCmdlet
{
    /// <summary>Names of clusters; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Why, for those who meet the suspension in a status; without it, the reason there is stays.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <summary>Writes the changed clusters.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var names = new NameFilter(Name);
        if (!TryRun(Name, operation => ClusterWork.FindAsync(operation, names), out var clusters))
        {
            return;
        }

        foreach (var cluster in clusters)
        {
            var changed = TryChange(
                $"cluster {cluster.Name}",
                "Suspend",
                (operation, dryRun) => operation.Federation.Clusters.SuspendAsync(cluster.Name, Reason, dryRun, operation.Sink, operation.Stop),
                result => result.Changes,
                out var result);
            if (changed && PassThru)
            {
                WriteObject(ClusterMap.ToOutput(result.Cluster, Now, result.Changes));
            }
        }
    }
}
