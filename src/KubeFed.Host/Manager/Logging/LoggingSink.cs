using KubeFed.Engine;
using Microsoft.Extensions.Logging;

namespace KubeFed.Host.Manager.Logging;

/// <summary>Logs what the engine tells while it works.</summary>
internal sealed class LoggingSink(ILogger log) : IEngineSink
{
    public void Verbose(string message) => log.LogDebug("{Text}", message);

    public void Warning(string message) => log.LogWarning("{Text}", message);

    public void Progress(EngineProgress progress) =>
        log.LogDebug("{Activity}: {Status} ({Done}/{Total})", progress.Activity, progress.Status, progress.Done, progress.Total);

    public void Error(FederationException error) =>
        log.LogError("{Id}: {Text}{Remedy}", error.Id, error.Message, error.Remedy is null ? string.Empty : $" {error.Remedy}");
}
