using KubeFed.Engine;

namespace KubeFed.PowerShell.Running;

/// <summary>What a cmdlet's work is given: the federation to ask, where to put what it finds, and when to stop.</summary>
internal sealed record Operation(OpenSession Session, IOperationSink Sink, CancellationToken Stop)
{
    public Federation Federation => Session.Federation;

    public DateTimeOffset Now => Federation.Time.GetUtcNow();
}
