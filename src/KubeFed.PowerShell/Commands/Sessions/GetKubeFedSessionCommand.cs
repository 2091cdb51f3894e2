namespace KubeFed.PowerShell.Commands;

/// <summary>Lists the runspace's sessions.</summary>
[Cmdlet(VerbsCommon.Get, "KubeFedSession")]
[OutputType(typeof(Session))]
public sealed class GetKubeFedSessionCommand : PSCmdlet
{
    /// <summary>Names of contexts; wildcards are allowed.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var names = new NameFilter(Name);
        foreach (var session in SessionStore.All.Where(session => names.Matches(session.Name)))
        {
            WriteObject(session);
        }

        foreach (var missing in names.Unmatched)
        {
            var error = new InputException("SessionNotFound", $"There is no session with the context '{missing}'.", missing)
            {
                Remedy = "Open one with Connect-KubeFed.",
            };
            WriteError(ErrorRecords.From(error, missing));
        }
    }
}
