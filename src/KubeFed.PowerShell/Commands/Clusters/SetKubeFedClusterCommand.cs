using System.Collections;

namespace KubeFed.PowerShell.Commands;

/// <summary>Changes the labels of registered clusters.</summary>
[Cmdlet(VerbsCommon.Set, "KubeFedCluster", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Cluster))]
public sealed class SetKubeFedClusterCommand : FederationCmdlet
{
    /// <summary>Names of clusters; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Labels to set; a label with the value $null is removed.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNull]
    public IDictionary Label { get; set; } = new Hashtable();

    /// <summary>Writes the changed clusters.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var labels = LabelInput.Read(Label);
        var names = new NameFilter(Name);
        if (!TryRun(Name, operation => ClusterWork.FindAsync(operation, names), out var clusters))
        {
            return;
        }

        foreach (var cluster in clusters)
        {
            var what = string.Join(", ", labels.Select(label => label.Value is null ? $"{label.Key}-" : $"{label.Key}={label.Value}"));
            if (ShouldProcess($"cluster {cluster.Name}", $"Set labels {what}")
                && TryRun(cluster.Name, operation => operation.Federation.Clusters.LabelAsync(cluster.Name, labels, operation.Stop), out var changed)
                && PassThru)
            {
                WriteObject(ClusterMap.ToOutput(changed, Now));
            }
        }
    }
}
