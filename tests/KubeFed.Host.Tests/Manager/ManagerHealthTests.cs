using KubeFed.Engine.Control;
using KubeFed.Engine.Control.Leadership;
using KubeFed.Host.Manager.Endpoints;

namespace KubeFed.Host.Tests.Manager;

/// <summary>P-105, C-5: what health endpoints say when something is wrong.</summary>
public sealed class ManagerHealthTests
{
    [Fact]
    public void What_failed_is_listed_with_its_reason_even_when_not_asked_for() => Assert.Equal(
        "[+]ping ok\n[-]sync failed: waiting for federatedconfigmaps.types.kubefed.io\nreadyz check failed\n",
        new HealthAnswer("readyz", [new("ping", null), new("sync", "waiting for federatedconfigmaps.types.kubefed.io")]).Text(verbose: false));

    [Fact]
    public void Before_the_host_has_answered_it_lives_but_is_not_ready()
    {
        var health = new ManagerHealth(TimeProvider.System);

        Assert.True(health.Live("livez").Passed);
        Assert.Equal("[+]ping ok\n[-]startup failed: the host has not answered yet\nreadyz check failed\n", health.Ready("readyz").Text(verbose: true));
    }

    [Fact]
    public void A_leader_whose_work_has_not_begun_is_not_ready()
    {
        var health = new ManagerHealth(TimeProvider.System);
        health.Started(election: null, LeadershipTiming.Default);

        Assert.True(health.Live("livez").Passed);
        Assert.Equal("[+]ping ok\n[+]startup ok\n[-]sync failed: the work has not begun\nreadyz check failed\n", health.Ready("readyz").Text(verbose: true));
    }

    [Fact]
    public void A_controller_hangs_when_something_is_long_due_and_no_run_ends()
    {
        var time = new Clock();
        var pulse = new ControllerPulse(time);
        var busy = new ControllerState { Started = time.GetUtcNow(), IsRunning = true, Runs = 5, OldestDue = TimeSpan.FromMinutes(20) };

        Assert.Null(pulse.Problem(busy));
        time.Now += TimeSpan.FromMinutes(4);
        Assert.Null(pulse.Problem(busy with { Runs = 6 })); // A long queue alone is no fault.
        time.Now += TimeSpan.FromMinutes(4);
        Assert.Null(pulse.Problem(busy with { Runs = 6 }));
        time.Now += TimeSpan.FromMinutes(2);
        Assert.Equal("resources are due, and no run has ended for 6 minutes", pulse.Problem(busy with { Runs = 6 }));
        Assert.Null(pulse.Problem(busy with { Runs = 6, OldestDue = null }));
    }

    [Fact]
    public void A_controller_that_has_not_begun_is_no_fault_and_one_that_has_ended_is()
    {
        var pulse = new ControllerPulse(TimeProvider.System);

        Assert.Null(pulse.Problem(ControllerState.Idle));
        Assert.Equal("the controller has ended", pulse.Problem(new ControllerState { Started = DateTimeOffset.UnixEpoch }));
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => Now.Ticks;
    }
}
