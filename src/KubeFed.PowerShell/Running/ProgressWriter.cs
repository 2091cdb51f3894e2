using KubeFed.Engine;

namespace KubeFed.PowerShell.Running;

/// <summary>Shows progress under one activity, and always takes it off the screen again, whatever the end.</summary>
internal sealed class ProgressWriter(Cmdlet cmdlet) : IDisposable
{
    // Stable, so that a later step replaces an earlier one; below 1000 are PowerShell's own.
    private const int ActivityId = 6174;

    private string? _activity;

    public void Write(EngineProgress progress)
    {
        _activity = progress.Activity;
        cmdlet.WriteProgress(new ProgressRecord(ActivityId, progress.Activity, progress.Status.Length > 0 ? progress.Status : " ")
        {
            PercentComplete = progress.Total > 0 ? (int)Math.Clamp(100L * progress.Done / progress.Total, 0, 100) : -1,
        });
    }

    /// <summary>The pipeline is stopping and takes no more records; the host clears its screen itself.</summary>
    public void Abandon() => _activity = null;

    public void Dispose()
    {
        if (_activity is not null)
        {
            cmdlet.WriteProgress(new ProgressRecord(ActivityId, _activity, " ") { RecordType = ProgressRecordType.Completed });
        }
    }
}
