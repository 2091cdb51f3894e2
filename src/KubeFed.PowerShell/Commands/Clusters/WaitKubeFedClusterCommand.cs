using KubeFed.Engine;
using KubeFed.Engine.Clusters;
using KubeFed.Kubernetes.Client;

namespace KubeFed.PowerShell.Commands;

/// <summary>Waits until clusters are ready, are not, or are gone.</summary>
[Cmdlet(VerbsLifecycle.Wait, "KubeFedCluster")]
[OutputType(typeof(Cluster))]
public sealed class WaitKubeFedClusterCommand : FederationCmdlet
{
    private readonly List<string> _names = [];

    /// <summary>Names of clusters; wildcards are allowed. Without any, all clusters.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[]? Name { get; set; }

    /// <summary>What to wait for: Ready, NotReady, or Removed.</summary>
    [Parameter]
    [ValidateSet("Ready", "NotReady", "Removed")]
    public string For { get; set; } = "Ready";

    /// <summary>For how many seconds; 0 looks once.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue / 1000)]
    public int Timeout { get; set; } = 60;

    /// <inheritdoc/>
    protected override void ProcessRecord() => _names.AddRange(Name ?? []);

    /// <summary>All at once at the end, so that the time-out is one for all of them and not one after the other.</summary>
    protected override void EndProcessing()
    {
        var wanted = Enum.Parse<ClusterWaitFor>(For, ignoreCase: true);
        TryRun(_names, operation => RunAsync(operation, wanted));
    }

    private async Task RunAsync(Operation operation, ClusterWaitFor wanted)
    {
        var filter = new NameFilter(_names.Count == 0 ? null : _names);
        var registered = await operation.Federation.Clusters.ListAsync(operation.Stop).ConfigureAwait(false);
        var names = registered.Select(cluster => cluster.Name).Where(filter.Matches).ToList();
        foreach (var missing in wanted == ClusterWaitFor.Removed ? [] : filter.Unmatched)
        {
            operation.Sink.Error(ClusterWork.NotFound(missing, registered));
        }

        var done = 0;
        await Task.WhenAll(names.Select(async name =>
        {
            try
            {
                var cluster = await operation.Federation.Clusters
                    .WaitAsync(name, wanted, TimeSpan.FromSeconds(Timeout), operation.Sink, operation.Stop)
                    .ConfigureAwait(false);
                if (cluster is not null)
                {
                    await operation.Sink.ObjectAsync(ClusterMap.ToOutput(cluster, operation.Now), operation.Stop).ConfigureAwait(false);
                }
            }
            catch (Exception error) when (error is KubeException or FederationException)
            {
                operation.Sink.Error(error, name);
            }

            operation.Sink.Progress(new EngineProgress("Waiting for clusters", name, Interlocked.Increment(ref done), names.Count));
        })).ConfigureAwait(false);
    }
}
