using KubeFed.Engine;

namespace KubeFed.PowerShell.Running;

/// <summary>Where a cmdlet's work puts what it has for the pipeline. Behind it stands a running cmdlet, or a list in a test.</summary>
internal interface IOperationSink : IEngineSink
{
    /// <summary>One object for the pipeline; waits while the pipeline is far behind.</summary>
    ValueTask ObjectAsync(object value, CancellationToken cancellationToken);

    /// <summary>
    /// Waits until all that was put here is written, and is cancelled where the pipeline ends over it: what the user is told before a change has to be able to
    /// prevent it.
    /// </summary>
    ValueTask WrittenAsync(CancellationToken cancellationToken);

    /// <summary>One item failed and the others go on.</summary>
    void Error(Exception error, object? target);
}
