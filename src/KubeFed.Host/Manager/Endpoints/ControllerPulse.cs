using KubeFed.Engine.Control;

namespace KubeFed.Host.Manager.Endpoints;

/// <summary>Tells a controller that works from one that hangs: resources have long been due, and no run ends any more.</summary>
/// <remarks>P-105. A long queue alone is no fault: a restart would only lengthen it.</remarks>
internal sealed class ControllerPulse(TimeProvider time)
{
    /// <summary>Far more than a run may take; a member that hangs is given up after seconds.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private long _runs = -1;
    private long _since;

    /// <returns>What is wrong; null when nothing is.</returns>
    internal string? Problem(ControllerState state)
    {
        if (!state.IsRunning)
        {
            return state.Started is null ? null : "the controller has ended";
        }

        lock (_lock)
        {
            if (state.Runs != _runs || state.OldestDue is null)
            {
                (_runs, _since) = (state.Runs, time.GetTimestamp());
            }

            var quiet = time.GetElapsedTime(_since);
            return state.OldestDue > s_patience && quiet > s_patience ? $"resources are due, and no run has ended for {quiet.TotalMinutes:0} minutes" : null;
        }
    }
}
