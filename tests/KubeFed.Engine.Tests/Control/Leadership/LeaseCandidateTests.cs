using System.Text.Json.Nodes;
using KubeFed.Engine.Control.Leadership;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Control.Leadership;

/// <summary>client-go's tools/leaderelection, attempt by attempt; P-105, C-21.</summary>
public sealed class LeaseCandidateTests : IDisposable
{
    private readonly Candidates _all = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_free_lease_is_created_with_every_field_it_has()
    {
        var first = _all.Add("one");

        Assert.Equal("Ours", await Candidates.TryAsync(first));

        Assert.True(first.Leads);
        Assert.Equal(Spec("2026-01-01T00:00:00.000000Z"), _all.Spec);
    }

    [Fact]
    public async Task A_renewal_is_one_request_and_moves_only_the_renew_time()
    {
        var first = _all.Add("one");
        await first.TryAsync(Token);
        _all.Fleet.Host.Requests.Clear();
        _all.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("Ours", await Candidates.TryAsync(first));

        Assert.Equal([$"replace leases {Candidates.Key}"], _all.Fleet.Host.Requests);
        Assert.Equal(Spec("2026-01-01T00:00:05.000000Z"), _all.Spec);
    }

    [Fact]
    public async Task A_stand_by_writes_nothing_while_the_holder_renews()
    {
        var (first, second) = (_all.Add("one"), _all.Add("two"));
        await first.TryAsync(Token);

        for (var round = 0; round < 20; round++)
        {
            Assert.Equal("Held", await Candidates.TryAsync(second));
            _all.Time.Advance(TimeSpan.FromSeconds(5));
            Assert.Equal("Ours", await Candidates.TryAsync(first));
        }

        Assert.False(second.Leads);
        Assert.Equal("one", second.State.Holder);
    }

    [Fact]
    public async Task A_silent_holder_is_succeeded_when_its_duration_has_passed_since_we_saw_its_record_change()
    {
        var (first, second) = (_all.Add("one"), _all.Add("two"));
        await first.TryAsync(Token);
        _all.Time.Advance(TimeSpan.FromSeconds(14)); // It has been silent for 14 s, but we have not been looking.

        Assert.Equal("Held", await Candidates.TryAsync(second));
        _all.Time.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal("Held", await Candidates.TryAsync(second));
        _all.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Ours", await Candidates.TryAsync(second));

        Assert.Equal("two", _all.Lease!.Spec!["holderIdentity"]!.GetValue<string>());
        Assert.Equal(1, _all.Lease!.Spec!["leaseTransitions"]!.GetValue<long>());
        Assert.Equal("2026-01-01T00:00:29.000000Z", _all.Lease!.Spec!["acquireTime"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    [InlineData(86400 * 365)]
    public async Task What_a_clock_shows_is_immaterial(int seconds)
    {
        var (first, second) = (_all.Add("one"), _all.Add("two", TimeSpan.FromSeconds(seconds)));
        await first.TryAsync(Token);

        Assert.Equal("Held", await Candidates.TryAsync(second));
        _all.Time.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal("Held", await Candidates.TryAsync(second));
        _all.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Ours", await Candidates.TryAsync(second));
    }

    [Fact]
    public async Task A_released_lease_is_taken_at_once_and_counts_as_a_transition()
    {
        var (first, second) = (_all.Add("one"), _all.Add("two"));
        await first.TryAsync(Token);
        await second.TryAsync(Token);

        Assert.True(await first.ReleaseAsync(Token));
        Assert.False(first.Leads);
        Assert.StartsWith("""{"holderIdentity":"","leaseDurationSeconds":1,""", _all.Spec, StringComparison.Ordinal);

        Assert.Equal("Ours", await Candidates.TryAsync(second));
        Assert.Equal(1, _all.Lease!.Spec!["leaseTransitions"]!.GetValue<long>());
    }

    [Fact]
    public async Task Releasing_what_is_not_ours_does_nothing()
    {
        var (first, second) = (_all.Add("one"), _all.Add("two"));
        await first.TryAsync(Token);
        await second.TryAsync(Token);
        var before = _all.Spec;

        Assert.False(await second.ReleaseAsync(Token));

        Assert.Equal(before, _all.Spec);
    }

    [Fact]
    public async Task Of_two_that_write_at_once_the_second_gets_a_conflict_and_does_not_lead()
    {
        var (first, second) = (_all.Add("one"), _all.Add("two"));
        await first.TryAsync(Token);
        await first.ReleaseAsync(Token);
        _all.Fleet.Host.Fault = Between("replace", () => second.TryAsync(Token));

        Assert.Equal(nameof(KubeApiException), await Candidates.TryAsync(first));

        Assert.False(first.Leads);
        Assert.True(second.Leads);
    }

    [Fact]
    public async Task Of_two_that_create_at_once_one_leads()
    {
        var (first, second) = (_all.Add("one"), _all.Add("two"));
        _all.Fleet.Host.Fault = Between("create", () => second.TryAsync(Token));

        Assert.Equal(nameof(KubeApiException), await Candidates.TryAsync(first));
        Assert.Equal("Held", await Candidates.TryAsync(first));
        Assert.Equal((false, true), (first.Leads, second.Leads));
    }

    [Fact]
    public async Task A_leader_that_finds_its_lease_in_other_hands_stops_leading_at_once()
    {
        var first = _all.Add("one");
        await first.TryAsync(Token);
        Overwrite("holderIdentity", "usurper");

        Assert.Equal("Taken", await Candidates.TryAsync(first));

        Assert.False(first.Leads);
        Assert.Equal("usurper", first.State.Holder);
    }

    [Fact]
    public async Task A_renewal_whose_answer_got_lost_is_no_transition()
    {
        var first = _all.Add("one");
        await first.TryAsync(Token);
        Overwrite("renewTime", "2026-01-01T00:00:04.000000Z"); // As our own write that we know nothing of would.

        Assert.Equal("Ours", await Candidates.TryAsync(first));

        Assert.Equal(0, _all.Lease!.Spec!["leaseTransitions"]!.GetValue<long>());
    }

    [Fact]
    public async Task A_leader_whose_lease_was_deleted_makes_it_again()
    {
        var first = _all.Add("one");
        await first.TryAsync(Token);
        _all.Fleet.Host.Remove(KnownResources.Leases, LeaderElection.LockName, Candidates.Key.Namespace);

        Assert.Equal("Ours", await Candidates.TryAsync(first));
        Assert.NotNull(_all.Lease);
    }

    [Fact]
    public async Task Leading_ends_with_the_renew_deadline_counted_from_when_the_last_renewal_began()
    {
        var first = _all.Add("one");
        _all.Fleet.Host.Fault = request =>
        {
            if (request.StartsWith("create", StringComparison.Ordinal))
            {
                _all.Time.Advance(TimeSpan.FromSeconds(4)); // The answer takes its time; the others' patience may have begun meanwhile.
            }

            return null;
        };
        await first.TryAsync(Token);

        _all.Time.Advance(TimeSpan.FromSeconds(5.9));
        Assert.True(first.Leads);
        _all.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.False(first.Leads);
    }

    [Fact]
    public async Task A_holder_that_does_not_say_for_how_long_gets_our_own_duration()
    {
        _all.Fleet.Host.Put(KnownResources.Leases, Candidates.Key, """{"spec":{"holderIdentity":"odd"}}""");
        var second = _all.Add("two");

        Assert.Equal("Held", await Candidates.TryAsync(second));
        _all.Time.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal("Held", await Candidates.TryAsync(second));
        _all.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Ours", await Candidates.TryAsync(second));
    }

    [Fact]
    public async Task What_else_a_lease_holds_is_left_alone()
    {
        _all.Fleet.Host.Put(
            KnownResources.Leases, Candidates.Key, """{"metadata":{"labels":{"team":"a"}},"spec":{"holderIdentity":"","strategy":"OldestEmulationVersion"}}""");

        Assert.Equal("Ours", await Candidates.TryAsync(_all.Add("one")));

        Assert.Equal("a", _all.Lease!.Label("team"));
        Assert.Equal("OldestEmulationVersion", _all.Lease!.Spec!["strategy"]!.GetValue<string>());
    }

    public void Dispose() => _all.Dispose();

    /// <summary>Lets something happen once between the decision and the write.</summary>
    internal static Func<string, Exception?> Between(string verb, Func<Task> happens)
    {
        var done = false;
        return request =>
        {
            if (!done && request.StartsWith(verb, StringComparison.Ordinal))
            {
                done = true;
                happens().GetAwaiter().GetResult();
            }

            return null;
        };
    }

    /// <summary>Of a lease the first candidate acquired when the clock began.</summary>
    private static string Spec(string renewed) =>
        $$"""{"holderIdentity":"one","leaseDurationSeconds":15,"acquireTime":"2026-01-01T00:00:00.000000Z","renewTime":"{{renewed}}","leaseTransitions":0}""";

    private void Overwrite(string field, JsonNode value)
    {
        var lease = _all.Lease!;
        lease.Spec![field] = value;
        _all.Fleet.Host.Put(KnownResources.Leases, Candidates.Key, lease.Json.ToJsonString());
    }
}
