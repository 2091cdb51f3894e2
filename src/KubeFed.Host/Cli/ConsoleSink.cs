using KubeFed.Engine;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Host.Cli;

/// <summary>Writes what the engine tells while it works to standard error, so that standard output holds results only.</summary>
/// <remarks>K-1: details from verbosity 2 on.</remarks>
internal sealed class ConsoleSink(TextWriter error, int verbosity) : IEngineSink
{
    private readonly Lock _lock = new();

    /// <summary>Items the engine reported as failed while it went on with the others.</summary>
    internal int Errors { get; private set; }

    public void Verbose(string message)
    {
        if (verbosity >= 2)
        {
            Write(message);
        }
    }

    public void Warning(string message) => Write($"Warning: {message}");

    public void Progress(EngineProgress progress)
    {
        if (verbosity >= 2)
        {
            Write($"{progress.Activity}: {progress.Status} ({progress.Done}/{progress.Total})");
        }
    }

    public void Error(FederationException error)
    {
        lock (_lock)
        {
            Errors++;
        }

        Write($"Error: {error.Message}");
        if (error.Remedy is not null)
        {
            Write(error.Remedy);
        }
    }

    private void Write(string line)
    {
        lock (_lock)
        {
            error.WriteLine(Printable.Of(line));
        }
    }
}
