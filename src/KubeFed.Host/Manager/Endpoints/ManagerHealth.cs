using KubeFed.Engine.Control;
using KubeFed.Engine.Control.Leadership;

namespace KubeFed.Host.Manager.Endpoints;

/// <summary>Whether a controller manager is alive, and whether it is ready. What it looks at becomes known bit by bit while the process starts.</summary>
/// <remarks>P-105: KubeFed's health endpoint said OK whatever happened, and there was none for readiness (C-5).</remarks>
internal sealed class ManagerHealth(TimeProvider time)
{
    private readonly ControllerPulse _pulse = new(time);
    private volatile FederationController? _controller;
    private volatile LeaderElection? _election;
    private volatile LeadershipTiming _timing = LeadershipTiming.Default;
    private volatile bool _started;

    /// <summary>The host has answered: as a stand-by the process is ready.</summary>
    /// <param name="election">Null for a process that leads without asking.</param>
    /// <param name="timing">Of the election.</param>
    internal void Started(LeaderElection? election, LeadershipTiming timing)
    {
        (_election, _timing) = (election, timing);
        _started = true;
    }

    /// <summary>This process does the work from now on.</summary>
    internal void Leads(FederationController controller) => _controller = controller;

    /// <summary>What a restart would mend.</summary>
    internal HealthAnswer Live(string endpoint) => new(endpoint, [new("ping", null), .. Election(), .. Controller()]);

    /// <summary>Whether it does what it is there for: a leader decides from the truth, a stand-by stands by.</summary>
    internal HealthAnswer Ready(string endpoint) =>
        new(endpoint, [.. Live(endpoint).Checks, new("startup", _started ? null : "the host has not answered yet"), .. Sync()]);

    private IEnumerable<HealthCheck> Election()
    {
        if (_election?.State is not { } state)
        {
            yield break;
        }

        var silent = _timing.LeaseDuration + _timing.RenewDeadline;
        yield return new("leader-election", _controller is not null && !state.Leads ? "the lease was not renewed in time"
            : state.SinceAttempt > silent ? $"the lease was not looked at for {state.SinceAttempt.Value.TotalSeconds:0} s" : null);
    }

    private IEnumerable<HealthCheck> Controller()
    {
        if (_controller?.State is { } state)
        {
            yield return new("controller", _pulse.Problem(state));
        }
    }

    private IEnumerable<HealthCheck> Sync()
    {
        if (_controller?.State is { } state)
        {
            var waits = state.Unsynced.Count == 0 ? "the host has not been read yet" : $"waiting for {string.Join(", ", state.Unsynced)}";
            yield return new("sync", state.IsSynced ? null : waits);
        }
        else if (_started && _election?.State.Leads != false)
        {
            // It is the leader, or needs no lease to be, and a stand-by no longer.
            yield return new("sync", "the work has not begun");
        }
    }
}
