using KubeFed.Engine.Control.Leadership;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Engine.Tests.Control.Leadership;

/// <summary>What fences a leader's requests; C-3.</summary>
public sealed class LeaseTermTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly TwoClocks _time = new();
    private readonly LeaseTerm _term;

    public LeaseTermTests() => _term = new LeaseTerm(_time);

    [Fact]
    public void Before_the_first_term_everything_may_leave() => Assert.Equal((null, null), (_term.Work.Closed, _term.Lease.Closed));

    [Fact]
    public void At_the_deadline_nothing_leaves_any_more_the_lease_s_own_requests_included()
    {
        _term.Renew(Moment.Now(_time), Deadline);
        _time.Both(Deadline - TimeSpan.FromMilliseconds(1));
        Assert.Equal((null, null), (_term.Work.Closed, _term.Lease.Closed));
        _time.Both(TimeSpan.FromMilliseconds(1));
        Assert.Equal(
            ("the lease was last renewed 10 s ago", "the lease was last renewed 10 s ago"), (_term.Work.Closed, _term.Lease.Closed));
    }

    [Fact]
    public void Time_that_only_the_wall_clock_saw_pass_counts_as_when_the_machine_was_suspended()
    {
        _term.Renew(Moment.Now(_time), Deadline);
        _time.WallOnly(TimeSpan.FromHours(1));
        Assert.False(_term.Leads);
        Assert.NotNull(_term.Work.Closed);
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(-1)]
    public void A_wall_clock_that_is_set_back_gives_no_time(int seconds)
    {
        _term.Renew(Moment.Now(_time), Deadline);
        _time.WallOnly(TimeSpan.FromSeconds(seconds));
        _time.Both(Deadline);
        Assert.NotNull(_term.Work.Closed);
        Assert.False(_term.Leads);
    }

    [Fact]
    public void A_renewal_counts_from_its_beginning()
    {
        var began = Moment.Now(_time);
        _time.Both(TimeSpan.FromSeconds(11));
        _term.Renew(began, Deadline);
        Assert.NotNull(_term.Work.Closed);
        _term.Renew(Moment.Now(_time), Deadline);
        Assert.Null(_term.Work.Closed);
    }

    [Fact]
    public void When_somebody_else_has_the_lease_nothing_leaves_whatever_time_is_left()
    {
        _term.Renew(Moment.Now(_time), Deadline);
        _term.Lose();
        Assert.Equal(("somebody else has the lease", "somebody else has the lease"), (_term.Work.Closed, _term.Lease.Closed));
    }

    [Fact]
    public void When_the_work_has_ended_the_lease_can_still_be_given_back_until_the_deadline()
    {
        _term.Renew(Moment.Now(_time), Deadline);
        _term.End();
        Assert.Equal(("the lease is being given back", null), (_term.Work.Closed, _term.Lease.Closed));
        Assert.False(_term.Leads);
        _time.Both(Deadline);
        Assert.NotNull(_term.Lease.Closed);
    }

    /// <summary>A monotonic and a wall clock that are moved apart by hand.</summary>
    private sealed class TwoClocks : TimeProvider
    {
        private readonly ManualTime _steady = new();
        private TimeSpan _ahead;

        public override long TimestampFrequency => _steady.TimestampFrequency;

        public override long GetTimestamp() => _steady.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => _steady.GetUtcNow() + _ahead;

        public void Both(TimeSpan passed) => _steady.Advance(passed);

        public void WallOnly(TimeSpan passed) => _ahead += passed;
    }
}
