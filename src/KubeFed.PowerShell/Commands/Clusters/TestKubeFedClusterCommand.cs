using KubeFed.Engine;
using KubeFed.Kubernetes.Client;

namespace KubeFed.PowerShell.Commands;

/// <summary>Looks at registered clusters: health, credentials, permissions, served types.</summary>
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

    /// <summary>
    /// Records the health and version found in the cluster's status on the host, where as many probes in a row as configured agree on a change.
    /// </summary>
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
        if (clusters.Count == 0)
        {
            return;
        }

        var config = await operation.Federation.ControlPlane.ReadConfigAsync(operation.Stop).ConfigureAwait(false);
        var types = await operation.Federation.Types.ListAsync(operation.Stop).ConfigureAwait(false);
        await Task.WhenAll(clusters.Select(async cluster =>
        {
            try
            {
                var report = await operation.Federation.Clusters.ExamineAsync(cluster, types, config, record, operation.Stop).ConfigureAwait(false);
                await operation.Sink.ObjectAsync(ClusterMap.ToOutput(report), operation.Stop).ConfigureAwait(false);
            }
            catch (Exception error) when (error is KubeException or FederationException)
            {
                // The host's refusal to show or to store something about one cluster is no reason not to look at the others.
                operation.Sink.Error(error, cluster.Name);
            }
        })).ConfigureAwait(false);
    }
}
