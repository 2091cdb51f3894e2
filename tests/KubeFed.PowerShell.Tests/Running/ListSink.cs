using System.Collections.Concurrent;
using KubeFed.Engine;
using KubeFed.PowerShell.Running;

namespace KubeFed.PowerShell.Tests.Running;

/// <summary>Keeps what a cmdlet's work yields, in place of a pipeline.</summary>
internal sealed class ListSink : IOperationSink
{
    public ConcurrentQueue<object> Objects { get; } = [];

    public ConcurrentQueue<Exception> Errors { get; } = [];

    public ConcurrentQueue<string> Warnings { get; } = [];

    public ValueTask ObjectAsync(object value, CancellationToken cancellationToken)
    {
        Objects.Enqueue(value);
        return ValueTask.CompletedTask;
    }

    public ValueTask WrittenAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Error(Exception error, object? target) => Errors.Enqueue(error);

    public void Error(FederationException error) => Errors.Enqueue(error);

    public void Verbose(string message)
    {
    }

    public void Warning(string message) => Warnings.Enqueue(message);

    public void Progress(EngineProgress progress)
    {
    }
}
