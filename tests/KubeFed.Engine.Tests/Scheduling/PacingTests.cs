using FsCheck;
using FsCheck.Fluent;
using KubeFed.Engine.Scheduling;

namespace KubeFed.Engine.Tests.Scheduling;

public class PacingTests
{
    [Fact]
    public void Scaling_up_is_done_at_once() =>
        Assert.Equal("A5 B5", Step(total: 10, atLeast: 0, maxUnavailable: 1, new PaceState("A", 0, 0, 5), new PaceState("B", 0, 0, 5)));

    [Fact]
    public void Scaling_down_is_done_at_once() =>
        Assert.Equal("A2 B2", Step(total: 4, atLeast: 0, maxUnavailable: 1, new PaceState("A", 5, 5, 2), new PaceState("B", 5, 5, 2)));

    [Fact]
    public void Replicas_that_serve_move_as_many_at_a_time_as_may_be_missing() =>
        Assert.Equal("A8 B2", Step(total: 10, atLeast: 0, maxUnavailable: 2, new PaceState("A", 10, 10, 5), new PaceState("B", 0, 0, 5)));

    [Fact]
    public void The_next_step_waits_for_the_last_one() =>
        Assert.Equal("A8 B2", Step(total: 10, atLeast: 0, maxUnavailable: 2, new PaceState("A", 8, 8, 5), new PaceState("B", 2, 0, 5)));

    [Fact]
    public void Replicas_that_do_not_run_move_at_once() =>
        Assert.Equal("A5 B5", Step(total: 10, atLeast: 0, maxUnavailable: 1, new PaceState("A", 10, 5, 5), new PaceState("B", 0, 0, 5)));

    [Fact]
    public void The_minimum_stays_available_whatever_may_be_missing() =>
        Assert.Equal("A9 B1", Step(total: 10, atLeast: 9, maxUnavailable: 5, new PaceState("A", 10, 10, 5), new PaceState("B", 0, 0, 5)));

    [Fact] // P-83
    public void Every_walk_reaches_its_plan_never_writes_more_than_the_total_and_keeps_the_floor_available() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var total = random.Next(1, 60);
            var (now, target) = (Split(random, total), Split(random, total));
            var most = random.Next(1, 10);
            for (var steps = 0; !now.SequenceEqual(target); steps++)
            {
                var states = now.Select((replicas, index) => new PaceState(((char)('A' + index)).ToString(), replicas, replicas, target[index])).ToArray();
                var written = Pacing.Step(states, total, 0, most);
                now = [.. states.Select(state => written[state.Cluster])];
                var available = states.Sum(state => Math.Min(state.Ready, written[state.Cluster]));
                if (now.Sum() > total || available < total - most || steps > total)
                {
                    return false;
                }
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static long[] Split(Random random, int total)
    {
        var parts = new long[4];
        for (var index = 0; index < total; index++)
        {
            parts[random.Next(parts.Length)]++;
        }

        return parts;
    }

    private static string Step(long total, long atLeast, long maxUnavailable, params PaceState[] states) =>
        PlanNotation.Text(Pacing.Step(states, total, atLeast, maxUnavailable));
}
