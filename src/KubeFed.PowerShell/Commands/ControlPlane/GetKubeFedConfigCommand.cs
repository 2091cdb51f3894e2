namespace KubeFed.PowerShell.Commands;

/// <summary>Shows the configuration of a control plane.</summary>
/// <remarks>A-50 to A-52.</remarks>
[Cmdlet(VerbsCommon.Get, "KubeFedConfig")]
[OutputType(typeof(KubeFedConfig))]
public sealed class GetKubeFedConfigCommand : FederationCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (TryRun(Open.KubeFedNamespace, operation => operation.Federation.ControlPlane.ReadConfigAsync(operation.Stop), out var config))
        {
            WriteObject(SettingsMap.ToOutput(config, Open, Now));
        }
    }
}
