using KubeFed.Engine.ControlPlane;

namespace KubeFed.PowerShell.Commands;

/// <summary>Removes a control plane from its host.</summary>
/// <remarks>A-128, K-82.</remarks>
[Cmdlet(VerbsLifecycle.Uninstall, "KubeFed", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = "Empty")]
[OutputType(typeof(RemovedControlPlane))]
public sealed class UninstallKubeFedCommand : FederationCmdlet
{
    /// <summary>Goes on although clusters, types and federated resources are there; their copies stay.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Abandon")]
    public SwitchParameter Abandon { get; set; }

    /// <summary>First removes federated resources with their copies, types, and what join made in the clusters.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Teardown")]
    public SwitchParameter Teardown { get; set; }

    /// <summary>Removes the CRDs too, KubeFed's own and those of the federated types; kept while another namespace has a control plane.</summary>
    [Parameter]
    public SwitchParameter DeleteCrd { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var removed = TryChange(
            $"control plane {Open.KubeFedNamespace} in {Open.Name}",
            Abandon ? "Uninstall and abandon what it federates" : Teardown ? "Uninstall and remove all it federates, copies included" : "Uninstall",
            (operation, dryRun) => operation.Federation.ControlPlane.UninstallAsync(
                new UninstallRequest { Abandon = Abandon, Teardown = Teardown, DeleteDefinitions = DeleteCrd, DryRun = dryRun },
                operation.Sink,
                operation.Stop),
            result => result.Changes,
            out var result);
        if (removed)
        {
            WriteObject(ControlPlaneMap.ToOutput(result, Open));
        }
    }
}
