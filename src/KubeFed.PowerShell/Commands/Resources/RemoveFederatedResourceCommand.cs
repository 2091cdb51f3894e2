using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation;
using KubeFed.Kubernetes.Client;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Commands;

/// <summary>
/// Removes federated resources. The next sync deletes the copies in members, or, with -Orphan, lets go of them. With -Force that sync follows at once, for
/// these resources alone, and gives up the copies in clusters that can't be asked.
/// </summary>
[Cmdlet(VerbsCommon.Remove, "FederatedResource", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(SyncResult))]
public sealed class RemoveFederatedResourceCommand : FederationCmdlet
{
    private readonly List<SyncSelection> _forced = [];

    /// <summary>The type by plural, kind, short name or plural.group.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypeCompleter))]
    public string Type { get; set; } = string.Empty;

    /// <summary>Names of resources; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ResourceCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The resources' namespace; without it, the context's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Ns")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string? Namespace { get; set; }

    /// <summary>Leaves the copies in members, unmanaged.</summary>
    [Parameter]
    public SwitchParameter Orphan { get; set; }

    /// <summary>
    /// What members do with what depends on a copy, such as the ReplicaSets of a Deployment: Background and Foreground delete it after or before the copy,
    /// Orphan leaves it. Without it the members decide.
    /// </summary>
    [Parameter]
    [ValidateSet("Background", "Foreground", "Orphan")]
    public string? PropagationPolicy { get; set; }

    /// <summary>How many seconds members give a copy to end; 0 is at once. Without it the members decide.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long? GracePeriodSeconds { get; set; }

    /// <summary>
    /// Synchronises the resources at once, gives up their copies in clusters that can't be asked, and writes what became of each copy. A copy given up is
    /// unlabelled and left where it is when its cluster answers again.
    /// </summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private bool HasOptions => PropagationPolicy is not null || GracePeriodSeconds is not null;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (Orphan && HasOptions)
        {
            OrThrow<bool>(() => throw new InputException(
                "InvalidInput", "-Orphan leaves the copies, so that -PropagationPolicy and -GracePeriodSeconds have nothing to delete.", null)
            {
                Remedy = "Leave -Orphan out to delete the copies; -PropagationPolicy Orphan deletes them and leaves what depends on them.",
            });
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!TryRun(Name, FindAsync, out var resources))
        {
            return;
        }

        foreach (var resource in resources)
        {
            // What was declared with Set-FederatedResource -Orphan, or by kubefedctl, holds for this deletion too.
            var stay = Orphan || resource.Orphan;
            if (stay && HasOptions)
            {
                WriteWarning(
                    $"{resource.Type.Name} {resource.Key} leaves its copies when it is deleted (annotation {Engine.Api.KubeFedNames.OrphanAnnotation}), "
                    + $"so that '{Options()}' has nothing to delete. To delete the copies, run Set-FederatedResource with -Orphan:$false first.");
            }

            TryChange(
                $"{resource.Type.Name} {resource.Key} in {Open.Name}",
                (stay ? "Remove and leave the copies" : "Remove with all copies") + (HasOptions && !stay ? $" ({Options()})" : string.Empty)
                    + (Force ? ", giving up those in clusters that can't be asked" : string.Empty),
                async (operation, dryRun) =>
                {
                    var deletion = new ResourceDeletion
                    {
                        Orphan = Orphan,
                        Propagation = PropagationPolicy is null ? null : Enum.Parse<DeletionPropagation>(PropagationPolicy, ignoreCase: true),
                        GracePeriodSeconds = GracePeriodSeconds,
                        DryRun = dryRun,
                    };
                    await operation.Federation.Resources.DeleteAsync(resource.Type, resource.Key, deletion, operation.Stop).ConfigureAwait(false);
                    _forced.Add(new SyncSelection(resource.Type.Name, resource.Key.Name, resource.Key.Namespace));
                    return true;
                },
                out _);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!Force || _forced.Count == 0)
        {
            return;
        }

        var request = new SyncRequest { Selections = _forced, AbandonUnreachable = true, DryRun = IsWhatIf, AssumeDeleted = IsWhatIf };
        TryRun(Open.Name, operation => SyncWork.RunAsync(operation, request, new SyncTally()));
    }

    private string Options() => string.Join(
        ", ", new[] { PropagationPolicy, GracePeriodSeconds is { } seconds ? $"grace period {seconds} s" : null }.Where(option => option is not null));

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
