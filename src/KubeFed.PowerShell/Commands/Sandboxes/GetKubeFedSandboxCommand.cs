using KubeFed.PowerShell.Sandboxes;

namespace KubeFed.PowerShell.Commands;

/// <summary>Lists the sandboxes that run in this process.</summary>
[Cmdlet(VerbsCommon.Get, "KubeFedSandbox")]
[OutputType(typeof(SandboxInfo))]
public sealed class GetKubeFedSandboxCommand : PSCmdlet
{
    /// <summary>Names of sandboxes; wildcards are allowed.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var names = new NameFilter(Name);
        foreach (var running in SandboxRegistry.Instance.All.Where(running => names.Matches(running.Name)))
        {
            WriteObject(running.ToOutput(TimeProvider.System.GetUtcNow()));
        }

        foreach (var missing in names.Unmatched)
        {
            WriteError(ErrorRecords.From(SandboxErrors.NotFound(missing), missing));
        }
    }
}
