using KubeFed.Engine.Control.Leadership;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Engine.Tests.Control.Leadership;

/// <summary>The loop around the attempts: what begins and ends the work. C-3, C-20, P-105.</summary>
public sealed class LeaderElectionTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly FakeFleet _fleet;

    public LeaderElectionTests() => _fleet = new FakeFleet(time: _time).Installed();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Holder =>
        _fleet.Host.Peek(KnownResources.Leases, LeaderElection.LockName, Candidates.Key.Namespace)?.Spec?["holderIdentity"]?.GetValue<string>() ?? "nobody";

    [Fact]
    public async Task The_work_begins_on_the_leader_and_its_end_gives_the_lease_back()
    {
        var work = new Work();
        var run = Election("one").RunAsync(work.RunAsync, Token);
        await work.Begun.WaitAsync(Token);
        Assert.Equal("one", Holder);

        work.End();
        await run.WaitAsync(Token);

        Assert.Equal(string.Empty, Holder);
    }

    [Fact] // P-105: no gap of a lease's length between two controllers.
    public async Task A_stop_ends_the_work_then_gives_the_lease_back_and_the_stand_by_takes_it_at_its_next_look()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var (first, second) = (new Work { EndsWhenCancelled = false }, new Work());
        var run = Election("one").RunAsync(first.RunAsync, stop.Token);
        await first.Begun.WaitAsync(Token);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var other = Election("two").RunAsync(second.RunAsync, end.Token);

        await stop.CancelAsync();
        await first.Cancelled.WaitAsync(Token);
        Assert.Equal("one", Holder); // What is under way is still the leader's.
        first.End();
        await run.WaitAsync(Token);
        Assert.Equal(string.Empty, Holder);

        await PassAsync(() => second.Begun.IsCompleted, TimeSpan.FromSeconds(7));
        Assert.Equal("two", Holder);
        await end.CancelAsync();
        await other.WaitAsync(Token);
    }

    [Fact]
    public async Task A_leader_whose_work_takes_long_to_stop_goes_on_renewing()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var work = new Work { EndsWhenCancelled = false };
        var run = Election("one").RunAsync(work.RunAsync, stop.Token);
        await work.Begun.WaitAsync(Token);
        await stop.CancelAsync();

        var renewals = 0;
        _fleet.Host.Fault = request =>
        {
            renewals += request.StartsWith("replace", StringComparison.Ordinal) ? 1 : 0;
            return null;
        };
        await PassAsync(() => Volatile.Read(ref renewals) > 5, TimeSpan.FromMinutes(2));
        Assert.False(run.IsCompleted);
        work.End();
        await run.WaitAsync(Token);
    }

    [Fact] // C-3
    public async Task A_leader_that_cannot_renew_cancels_its_work_and_says_lost_lease_before_others_may_lead()
    {
        var election = Election("one");
        var work = new Work();
        var run = election.RunAsync(work.RunAsync, Token);
        await work.Begun.WaitAsync(Token);
        _fleet.Host.Fault = request => request.Contains("leases", StringComparison.Ordinal) ? FakeCluster.Refuse("replace", 500, "InternalError", "no") : null;
        var begin = _time.GetTimestamp();

        await PassAsync(() => run.IsCompleted, TimeSpan.FromMinutes(2));

        var error = await Assert.ThrowsAsync<FederationException>(() => run);
        Assert.Equal(("LeaseLost", "lost lease"), (error.Id, error.Message));
        Assert.True(work.Cancelled.IsCompleted);
        Assert.True(_time.GetElapsedTime(begin) < LeadershipTiming.Default.LeaseDuration);
        Assert.False(election.State.Leads);
    }

    [Fact]
    public async Task A_single_failed_renewal_costs_nothing()
    {
        var work = new Work();
        var run = Election("one").RunAsync(work.RunAsync, Token);
        await work.Begun.WaitAsync(Token);
        var failures = 0;
        _fleet.Host.Fault = request => request.StartsWith("replace", StringComparison.Ordinal) && Interlocked.Increment(ref failures) % 2 == 1
            ? FakeCluster.Refuse("replace", 503, "ServiceUnavailable", "no")
            : null;

        await PassAsync(() => Volatile.Read(ref failures) > 10, TimeSpan.FromMinutes(5));

        Assert.False(run.IsCompleted);
        work.End();
        await run.WaitAsync(Token);
    }

    [Fact]
    public async Task A_leader_that_is_succeeded_cancels_its_work_at_its_next_renewal()
    {
        var work = new Work();
        var run = Election("one").RunAsync(work.RunAsync, Token);
        await work.Begun.WaitAsync(Token);
        _fleet.Host.Put(KnownResources.Leases, Candidates.Key, """{"spec":{"holderIdentity":"usurper","leaseDurationSeconds":15}}""");

        await PassAsync(() => run.IsCompleted, TimeSpan.FromSeconds(10));

        var error = await Assert.ThrowsAsync<FederationException>(() => run);
        Assert.Equal("Lease kubefed-controller-manager: usurper has it. Start again; a Deployment does so by itself.", error.Remedy);
        Assert.Equal("usurper", Holder);
    }

    [Fact]
    public async Task Work_that_ignores_its_cancellation_is_not_waited_for_when_the_lease_is_lost()
    {
        var work = new Work { EndsWhenCancelled = false };
        var run = Election("one").RunAsync(work.RunAsync, Token);
        await work.Begun.WaitAsync(Token);
        _fleet.Host.Fault = _ => FakeCluster.Refuse("replace", 500, "InternalError", "no");

        await PassAsync(() => run.IsCompleted, TimeSpan.FromMinutes(1));

        await Assert.ThrowsAsync<FederationException>(() => run);
        work.End();
    }

    [Fact]
    public async Task Work_that_fails_gives_the_lease_back_and_its_error_on()
    {
        var run = Election("one").RunAsync(_ => throw new InvalidOperationException("broken"), Token);

        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidOperationException>(() => run.WaitAsync(Token))).Message);
        Assert.Equal(string.Empty, Holder);
    }

    [Fact]
    public async Task A_stand_by_that_is_stopped_ends_without_having_worked()
    {
        _fleet.Host.Put(KnownResources.Leases, Candidates.Key, """{"spec":{"holderIdentity":"other","leaseDurationSeconds":15}}""");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var work = new Work();
        var run = Election("one").RunAsync(work.RunAsync, stop.Token);

        await stop.CancelAsync();
        await run.WaitAsync(Token);

        Assert.False(work.Begun.IsCompleted);
        Assert.Equal("other", Holder);
    }

    [Fact]
    public async Task A_host_that_does_not_answer_at_first_is_asked_again()
    {
        var asked = 0;
        _fleet.Host.Fault = _ =>
        {
            Interlocked.Increment(ref asked);
            return FakeCluster.Refuse("get", 500, "InternalError", "no");
        };
        var work = new Work();
        var run = Election("one").RunAsync(work.RunAsync, Token);
        await PassAsync(() => Volatile.Read(ref asked) > 3, TimeSpan.FromMinutes(1));
        _fleet.Host.Fault = _ => null;

        await PassAsync(() => work.Begun.IsCompleted, TimeSpan.FromMinutes(1));

        work.End();
        await run.WaitAsync(Token);
    }

    public void Dispose() => _fleet.Dispose();

    private LeaderElection Election(string name) => new(_fleet.Federation, name, LeadershipTiming.Default);

    /// <summary>Lets time pass in small steps, each time with room for what it sets off, until something is so.</summary>
    private async Task PassAsync(Func<bool> until, TimeSpan most)
    {
        var step = TimeSpan.FromSeconds(0.25);
        for (var passed = TimeSpan.Zero; !until(); passed += step)
        {
            Assert.True(passed < most, $"still not so after {most}");
            await Task.Delay(2, Token);
            _time.Advance(step);
        }
    }

    /// <summary>Work that ends when it is told to.</summary>
    private sealed class Work
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool EndsWhenCancelled { get; init; } = true;

        public Task Begun => _begun.Task;

        public Task Cancelled => _cancelled.Task;

        public void End() => _end.TrySetResult();

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            await using var told = cancellationToken.Register(() =>
            {
                _cancelled.TrySetResult();
                if (EndsWhenCancelled)
                {
                    _end.TrySetResult();
                }
            });
            _begun.TrySetResult();
            await _end.Task;
        }
    }
}
