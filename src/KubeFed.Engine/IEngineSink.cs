namespace KubeFed.Engine;

/// <summary>Where an operation tells what it is doing while it does it. Called from any thread, possibly several at once.</summary>
public interface IEngineSink
{
    /// <summary>One step, for whoever asked for detail.</summary>
    void Verbose(string message);

    /// <summary>Something the user should know although the operation goes on.</summary>
    void Warning(string message);

    void Progress(EngineProgress progress);

    /// <summary>One item failed and the others go on.</summary>
    void Error(FederationException error);
}

/// <summary>How far an operation is. <see cref="Total"/> is zero while unknown, and may grow while lists are still being read.</summary>
public sealed record EngineProgress(string Activity, string Status, int Done, int Total);

/// <summary>A sink that drops everything.</summary>
public sealed class NullSink : IEngineSink
{
    public static NullSink Instance { get; } = new();

    public void Verbose(string message)
    {
    }

    public void Warning(string message)
    {
    }

    public void Progress(EngineProgress progress)
    {
    }

    public void Error(FederationException error)
    {
    }
}
