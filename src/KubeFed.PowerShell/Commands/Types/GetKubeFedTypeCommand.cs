namespace KubeFed.PowerShell.Commands;

/// <summary>Lists the API types that are enabled for propagation.</summary>
[Cmdlet(VerbsCommon.Get, "KubeFedType")]
[OutputType(typeof(FederatedType))]
public sealed class GetKubeFedTypeCommand : FederationCmdlet
{
    /// <summary>Types by plural, kind, short name or plural.group; wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypeCompleter))]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => TryRun(Name, async operation =>
    {
        foreach (var type in await TypeWork.FindAsync(operation, Name).ConfigureAwait(false))
        {
            await operation.Sink.ObjectAsync(TypeMap.ToOutput(type, operation.Now), operation.Stop).ConfigureAwait(false);
        }
    });
}
