using System.Collections.Concurrent;

namespace KubeFed.Engine.Tests.Fakes;

public sealed class RecordingSink : IEngineSink
{
    public ConcurrentQueue<string> Warnings { get; } = new();

    public ConcurrentQueue<string> Details { get; } = new();

    public void Verbose(string message) => Details.Enqueue(message);

    public void Warning(string message) => Warnings.Enqueue(message);

    public void Progress(EngineProgress progress)
    {
    }

    public void Error(FederationException error) => Warnings.Enqueue(error.Message);
}
