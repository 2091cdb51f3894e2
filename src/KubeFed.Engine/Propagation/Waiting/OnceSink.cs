using System.Collections.Concurrent;

namespace KubeFed.Engine.Propagation.Waiting;

/// <summary>For an operation that is repeated: what it says every time is passed on once, and its progress, which is not that of the whole, not at all.</summary>
internal sealed class OnceSink(IEngineSink inner) : IEngineSink
{
    private readonly ConcurrentDictionary<string, bool> _said = new(StringComparer.Ordinal);

    public void Verbose(string message) => inner.Verbose(message);

    public void Warning(string message)
    {
        if (_said.TryAdd(message, true))
        {
            inner.Warning(message);
        }
    }

    public void Progress(EngineProgress progress)
    {
    }

    public void Error(FederationException error)
    {
        if (_said.TryAdd(error.Message, true))
        {
            inner.Error(error);
        }
    }
}
