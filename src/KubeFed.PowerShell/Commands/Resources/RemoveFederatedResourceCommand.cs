using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Commands;

/// <summary>Removes federated resources. The next sync deletes the copies in members, or, with -Orphan, lets go of them.</summary>
[Cmdlet(VerbsCommon.Remove, "FederatedResource", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveFederatedResourceCommand : FederationCmdlet
{
    /// <summary>The type by plural, kind, short name or plural.group.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypeCompleter))]
    public string Type { get; set; } = string.Empty;

    /// <summary>Names of resources; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The resources' namespace; without it, the context's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Ns")]
    public string? Namespace { get; set; }

    /// <summary>Leaves the copies in members, unmanaged.</summary>
    [Parameter]
    public SwitchParameter Orphan { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!TryRun(Name, FindAsync, out var resources))
        {
            return;
        }

        foreach (var resource in resources)
        {
            TryChange(
                $"{resource.Type.Name} {resource.Key} in {Open.Name}",
                Orphan ? "Remove and leave the copies" : "Remove with all copies",
                async (operation, dryRun) =>
                {
                    await operation.Federation.Resources.DeleteAsync(resource.Type, resource.Key, Orphan, dryRun, operation.Stop).ConfigureAwait(false);
                    return true;
                },
                out _);
        }
    }

    private async Task<IReadOnlyList<EngineResource>> FindAsync(Operation operation)
    {
        var type = await operation.Federation.Types.ResolveAsync(Type, operation.Stop).ConfigureAwait(false);
        var found = new List<EngineResource>();
        foreach (var name in Name)
        {
            var @namespace = ResourceWork.Key(type, name, string.IsNullOrEmpty(Namespace) ? null : Namespace, operation.Session.Namespace).Namespace;
            await ResourceWork.ForEachAsync(operation, [type.Name], [name], type.IsNamespaceType ? null : @namespace, null, resource =>
            {
                found.Add(resource);
                return Task.CompletedTask;
            }).ConfigureAwait(false);
        }

        return found;
    }
}
