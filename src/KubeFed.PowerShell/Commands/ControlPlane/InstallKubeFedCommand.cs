using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Api;
using EngineScope = KubeFed.Engine.Api.ControlPlaneScope;

namespace KubeFed.PowerShell.Commands;

/// <summary>Puts what a control plane needs on the host: CRDs, its namespace and its configuration.</summary>
[Cmdlet(VerbsLifecycle.Install, "KubeFed", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(ControlPlane), typeof(Manifest))]
public sealed class InstallKubeFedCommand : FederationCmdlet
{
    /// <summary>Whether the control plane serves all namespaces or its own only.</summary>
    [Parameter]
    [ValidateSet("Cluster", "Namespaced")]
    public string Scope { get; set; } = "Cluster";

    /// <summary>Whether objects of the same name that members hold already are taken over.</summary>
    [Parameter]
    public bool AdoptResources { get; set; } = true;

    /// <summary>Gives the manifests of what would be applied to an empty host, and writes nothing.</summary>
    [Parameter]
    [Alias("PassThru")]
    public SwitchParameter AsManifest { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var request = new InstallRequest { Scope = Enum.Parse<EngineScope>(Scope, ignoreCase: true), AdoptResources = AdoptResources };
        if (AsManifest)
        {
            WriteObject(ControlPlaneManifests.All(Open.KubeFedNamespace, request).Select(ManifestMap.ToOutput), enumerateCollection: true);
            return;
        }

        var target = $"control plane {Open.KubeFedNamespace} in {Open.Name}";
        var installed = TryChange(
            target,
            "Install",
            (operation, dryRun) => operation.Federation.ControlPlane.InstallAsync(
                request with { DryRun = dryRun }, operation.Sink, operation.Stop),
            result => result.Changes,
            out var result);
        if (installed)
        {
            WriteObject(ControlPlaneMap.ToOutput(result, Open, Now));
        }
    }
}
