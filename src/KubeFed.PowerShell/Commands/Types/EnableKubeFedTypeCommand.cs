using KubeFed.Engine.Api;
using KubeFed.Engine.Types;

namespace KubeFed.PowerShell.Commands;

/// <summary>Enables API types for propagation: generates their federated CRDs and registers them.</summary>
[Cmdlet(VerbsLifecycle.Enable, "KubeFedType", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(FederatedType))]
public sealed class EnableKubeFedTypeCommand : FederationCmdlet
{
    /// <summary>API types by plural, kind, short name or plural.group, as the host serves them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The API version to propagate; without it, the one the host prefers.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TargetVersion { get; set; }

    /// <summary>The API group of the federated kind.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string FederatedGroup { get; set; } = KubeFedNames.TypesGroup;

    /// <summary>The API version of the federated kind.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string FederatedVersion { get; set; } = KubeFedNames.TypesVersion;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            var enabled = TryChange(
                $"type {name} in {Open.Name}",
                "Enable",
                (operation, dryRun) => operation.Federation.Types.EnableAsync(
                    new EnableRequest
                    {
                        Name = name,
                        TargetVersion = TargetVersion,
                        FederatedGroup = FederatedGroup,
                        FederatedVersion = FederatedVersion,
                        DryRun = dryRun,
                    },
                    operation.Sink,
                    operation.Stop),
                result => result.Changes,
                out var result);
            if (enabled)
            {
                WriteObject(TypeMap.ToOutput(result.Type, Now, result.Changes));
            }
        }
    }
}
