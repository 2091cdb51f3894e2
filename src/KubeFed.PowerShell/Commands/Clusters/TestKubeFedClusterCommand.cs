namespace KubeFed.PowerShell.Commands;

/// <summary>Probes registered clusters.</summary>
[Cmdlet(VerbsDiagnostic.Test, "KubeFedCluster", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(ClusterHealth))]
public sealed class TestKubeFedClusterCommand : FederationCmdlet
{
    /// <summary>Names of clusters; wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Records the health and version found in the cluster's status on the host, where it changed.</summary>
    [Parameter]
    public SwitchParameter Record { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var names = new NameFilter(Name);
        var record = Record && ShouldProcess($"clusters of the federation in {Open.Name}", "Record health");
        TryRun(Name, operation => RunAsync(operation, names, record));
    }

    private static async Task RunAsync(Operation operation, NameFilter names, bool record)
    {
        var clusters = await ClusterWork.FindAsync(operation, names).ConfigureAwait(false);
        var probes = clusters.Select(cluster => operation.Federation.Clusters.CheckAsync(cluster, record, operation.Stop)).ToList();
        await foreach (var probe in Task.WhenEach(probes).WithCancellation(operation.Stop).ConfigureAwait(false))
        {
            var health = await probe.ConfigureAwait(false);
            await operation.Sink.ObjectAsync(ClusterMap.ToOutput(health), operation.Stop).ConfigureAwait(false);
        }
    }
}
