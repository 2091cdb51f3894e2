namespace KubeFed.PowerShell.Commands;

/// <summary>Closes sessions: those given, or the default one.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "KubeFed")]
[OutputType(typeof(void))]
public sealed class DisconnectKubeFedCommand : PSCmdlet
{
    /// <summary>The sessions to close.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public Session[]? Session { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var sessions = Session ?? (SessionStore.Default is { } current ? [current] : []);
        foreach (var session in sessions)
        {
            SessionStore.Close(session);
        }
    }
}
