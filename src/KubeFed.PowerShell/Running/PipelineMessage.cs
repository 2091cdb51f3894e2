using KubeFed.Engine;

namespace KubeFed.PowerShell.Running;

/// <summary>What travels from the thread pool, where the engine runs, to the pipeline thread, which alone may write.</summary>
internal abstract record PipelineMessage
{
    public sealed record Object(object Value) : PipelineMessage;

    /// <summary>Nothing to write: the pipeline thread completes it when it has written what came before.</summary>
    public sealed record Reached(TaskCompletionSource Source) : PipelineMessage;

    public sealed record Error(Exception Exception, object? Target) : PipelineMessage;

    public sealed record Warning(string Text) : PipelineMessage;

    public sealed record Verbose(string Text) : PipelineMessage;

    public sealed record Progress(EngineProgress Value) : PipelineMessage;
}
