using System.Collections;
using KubeFed.Engine.Clusters;

namespace KubeFed.PowerShell.Commands;

/// <summary>Registers a cluster with the host.</summary>
[Cmdlet(VerbsCommon.Join, "KubeFedCluster", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Cluster))]
public sealed class JoinKubeFedClusterCommand : FederationCmdlet
{
    /// <summary>The names to register clusters under.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The joining cluster's kubeconfig context; without it, the context of the cluster's name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? ClusterContext { get; set; }

    /// <summary>Kubeconfig files of the joining cluster; without them, the session's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? ClusterKubeConfig { get; set; }

    /// <summary>Labels for the cluster, which selectors match.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    public IDictionary? Label { get; set; }

    /// <summary>What the host is called in the names of objects made in the member; without it, the host's context.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HostClusterName { get; set; }

    /// <summary>The host Secret that will hold the member's credentials; without it, a generated name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SecretName { get; set; }

    /// <summary>The member's address as the host reaches it, where that is not the kubeconfig's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ApiEndpoint { get; set; }

    /// <summary>Refuses when any of the objects to make exists already, instead of taking it over.</summary>
    [Parameter]
    public SwitchParameter ErrorOnExisting { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var labels = LabelInput.ReadValues(Label);
        foreach (var name in Name)
        {
            var joined = TryChange(
                $"cluster {name} to the federation in {Open.Name}",
                "Join",
                (operation, dryRun) => operation.Federation.Clusters.JoinAsync(
                    new JoinRequest
                    {
                        Name = name,
                        Member = Members().Find(ClusterContext ?? name),
                        HostClusterName = HostClusterName,
                        SecretName = SecretName,
                        ApiEndpoint = ApiEndpoint,
                        Labels = labels,
                        ErrorOnExisting = ErrorOnExisting,
                        DryRun = dryRun,
                    },
                    operation.Sink,
                    operation.Stop),
                result => result.Changes,
                out var result);
            if (joined)
            {
                WriteObject(ClusterMap.ToOutput(result.Cluster, Now, result.Changes));
            }
        }
    }

    private IContextSource Members() => ClusterKubeConfig is null
        ? Open.Contexts
        : SessionOpener.Load([.. ClusterKubeConfig.Select(GetUnresolvedProviderPathFromPSPath)]);
}
