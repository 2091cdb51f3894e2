using KubeFed.Engine.Clusters;
using KubeFed.Kubernetes.Config;
using EngineChangeKind = KubeFed.Engine.ChangeKind;

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

    /// <summary>Kubeconfig files with that context; without them, the session's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? ClusterKubeConfig { get; set; }

    /// <summary>What the host was called when the cluster joined; without it, the host's context.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HostClusterName { get; set; }

    /// <summary>Takes the cluster's name out of the placements and overrides of all federated resources.</summary>
    [Parameter]
    public SwitchParameter RemoveReferences { get; set; }

    /// <summary>Goes on when the cluster cannot be reached or is not registered any more, and reports what was left there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var names = new NameFilter(Name);
        if (!TryRun(Name, operation => ClusterWork.FindAsync(operation, names, mayBeMissing: Force), out var clusters))
        {
            return;
        }

        // P-15: with -Force, what is not registered any more is done, or nearly so.
        foreach (var name in clusters.Select(cluster => cluster.Name).Concat(Force ? names.Unmatched : []))
        {
            Remove(name);
        }
    }

    private void Remove(string name)
    {
        var member = ClusterContext is null && ClusterKubeConfig is null
            ? null
            : OrThrow(() => ClusterWork.Contexts(this, Open, ClusterKubeConfig).Find(ClusterContext ?? name), name);
        if (IsWhatIf)
        {
            if (TryRun(name, operation => LeaveAsync(operation, name, member, dryRun: true), out var planned))
            {
                var deletions = planned.Changes.Count(change => change.Kind == EngineChangeKind.Delete);
                WritePlan($"Remove cluster {name}: {Copies(planned)}, {deletions} deletions in all");
                WritePlan($"cluster {name} from the federation in {Open.Name}", planned.Changes);
            }

            return;
        }

        if (ShouldProcess($"cluster {name} from the federation in {Open.Name}", "Remove")
            && TryRun(name, operation => LeaveAsync(operation, name, member, dryRun: false), out var result))
        {
            WriteObject(new RemovedCluster
            {
                Name = result.Name,
                Changes = ChangeMap.ToOutput(result.Changes),
                LeftBehind = [.. result.LeftBehind],
            });
        }
    }

    private string Copies(LeaveResult planned) => planned.Copies is not { } copies ? "its copies could not be counted"
        : CopyPolicy == "Keep" ? $"{copies} copies stay, labels and all"
        : CopyPolicy == "Orphan" ? $"{copies} copies stay and lose the managed label"
        : $"{copies} copies are deleted, but for namespaces that hold something else";

    private Task<LeaveResult> LeaveAsync(Operation operation, string name, ConnectionSettings? member, bool dryRun) => operation.Federation.Clusters.LeaveAsync(
        new LeaveRequest
        {
            Name = name,
            Member = member,
            HostClusterName = HostClusterName,
            Policy = Enum.Parse<LeavePolicy>(CopyPolicy, ignoreCase: true),
            RemoveReferences = RemoveReferences,
            Force = Force,
            DryRun = dryRun,
        },
        operation.Sink,
        operation.Stop);
}
