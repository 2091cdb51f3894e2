using KubeFed.Engine.Types;

namespace KubeFed.PowerShell.Commands;

/// <summary>Stops the propagation of API types. Copies in members stay.</summary>
[Cmdlet(VerbsLifecycle.Disable, "KubeFedType", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class DisableKubeFedTypeCommand : FederationCmdlet
{
    /// <summary>Enabled types by plural, kind, short name or plural.group; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypeCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Removes the generated CRD too; refused while federated objects of the type exist.</summary>
    [Parameter]
    public SwitchParameter DeleteCrd { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!TryRun(Name, operation => TypeWork.FindAsync(operation, Name), out var types))
        {
            return;
        }

        foreach (var type in types)
        {
            TryChange(
                $"type {type.Name} in {Open.Name}",
                DeleteCrd ? "Disable and delete the CRD" : "Disable",
                (operation, dryRun) => operation.Federation.Types.DisableAsync(
                    new DisableRequest { Name = type.Name, DeleteCrd = DeleteCrd, DryRun = dryRun }, operation.Sink, operation.Stop),
                result => result.Changes,
                out _);
        }
    }
}
