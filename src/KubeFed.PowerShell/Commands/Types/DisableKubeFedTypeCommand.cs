using KubeFed.Engine.Types;

namespace KubeFed.PowerShell.Commands;

/// <summary>Stops the propagation of API types.</summary>
/// <remarks>cli.md section 5, P-50, P-128.</remarks>
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

    /// <summary>
    /// What becomes of federated resources that deleting would hang on: disabling is refused (Refuse), they stay (Keep), they stay and lose the finalizer
    /// (Release), or they are deleted with their copies (Delete). Copies stay in the first three.
    /// </summary>
    [Parameter]
    [ValidateSet("Refuse", "Keep", "Release", "Delete")]
    public string ResourcePolicy { get; set; } = "Refuse";

    /// <summary>Removes the generated CRD too; refused while federated objects of the type exist.</summary>
    [Parameter]
    public SwitchParameter DeleteCrd { get; set; }

    /// <summary>Does not wait for a controller that says it runs: one that was stopped cannot take that back.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

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
                    new DisableRequest
                    {
                        Name = type.Name,
                        Resources = Enum.Parse<Engine.Types.ResourcePolicy>(ResourcePolicy, ignoreCase: true),
                        DeleteCrd = DeleteCrd,
                        Force = Force,
                        DryRun = dryRun,
                    },
                    operation.Sink,
                    operation.Stop),
                result => result.Changes,
                out _);
        }
    }
}
