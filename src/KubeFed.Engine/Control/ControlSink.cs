namespace KubeFed.Engine.Control;

/// <summary>
/// For work that never ends: what it says again and again is passed on once in a while, and progress, which has no end to measure by, not at all.
/// </summary>
internal sealed class ControlSink(IEngineSink inner) : IEngineSink
{
    /// <summary>So much is remembered; then everything may be said once more.</summary>
    private const int Memory = 1000;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    public void Verbose(string message) => inner.Verbose(message);

    public void Warning(string message)
    {
        if (IsNew(message))
        {
            inner.Warning(message);
        }
    }

    public void Progress(EngineProgress progress)
    {
    }

    public void Error(FederationException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (IsNew(error.Message))
        {
            inner.Error(error);
        }
    }

    private bool IsNew(string message)
    {
        lock (_lock)
        {
            if (_said.Count >= Memory)
            {
                _said.Clear();
            }

            return _said.Add(message);
        }
    }
}
