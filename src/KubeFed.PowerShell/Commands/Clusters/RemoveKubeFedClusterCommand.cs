using KubeFed.Engine.Clusters;

namespace KubeFed.PowerShell.Commands;

/// <summary>Takes clusters out of the federation (unjoin).</summary>
[Cmdlet(VerbsCommon.Remove, "KubeFedCluster", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RemovedCluster))]
public sealed class RemoveKubeFedClusterCommand : FederationCmdlet
{
    /// <summary>Names of clusters; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>What becomes of the copies in the cluster: they stay (Keep), stay and are no longer managed (Orphan), or are deleted (Delete).</summary>
    [Parameter]
    [ValidateSet("Keep", "Orphan", "Delete")]
    public string CopyPolicy { get; set; } = "Keep";

    /// <summary>An administrator's context for the leaving cluster; without it, the stored credentials are used.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? ClusterContext { get; set; }

    /// <summary>What the host was called when the cluster joined; without it, the host's context.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HostClusterName { get; set; }

    /// <summary>Goes on when the cluster cannot be reached, and reports what was left there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

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
            var removed = TryChange(
                $"cluster {cluster.Name} from the federation in {Open.Name}",
                "Remove",
                (operation, dryRun) => operation.Federation.Clusters.LeaveAsync(
                    new LeaveRequest
                    {
                        Name = cluster.Name,
                        Member = ClusterContext is null ? null : Open.Contexts.Find(ClusterContext),
                        HostClusterName = HostClusterName,
                        Policy = Enum.Parse<LeavePolicy>(CopyPolicy, ignoreCase: true),
                        Force = Force,
                        DryRun = dryRun,
                    },
                    operation.Sink,
                    operation.Stop),
                result => result.Changes,
                out var result);
            if (removed)
            {
                WriteObject(new RemovedCluster
                {
                    Name = result.Name,
                    Changes = ChangeMap.ToOutput(result.Changes),
                    LeftBehind = [.. result.LeftBehind],
                });
            }
        }
    }
}
