namespace KubeFed.PowerShell.Commands;

/// <summary>Lets suspended clusters take part in propagation again.</summary>
[Cmdlet(VerbsLifecycle.Resume, "KubeFedCluster", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Cluster))]
public sealed class ResumeKubeFedClusterCommand : FederationCmdlet
{
    /// <summary>Names of clusters; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[] Name { get; set; } = [];

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
                "Resume",
                (operation, dryRun) => operation.Federation.Clusters.ResumeAsync(cluster.Name, dryRun, operation.Sink, operation.Stop),
                result => result.Changes,
                out var result);
            if (changed && PassThru)
            {
                WriteObject(ClusterMap.ToOutput(result.Cluster, Now, result.Changes));
            }
        }
    }
}
