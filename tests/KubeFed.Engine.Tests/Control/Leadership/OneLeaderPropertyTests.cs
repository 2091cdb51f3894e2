using FsCheck;
using FsCheck.Fluent;
using KubeFed.Engine.Control.Leadership;
using KubeFed.Engine.Tests.Fakes;

namespace KubeFed.Engine.Tests.Control.Leadership;

/// <summary>Whatever happens in whatever order: slow, failing and interleaved requests, clocks that show anything, processes that stop and start.</summary>
public sealed class OneLeaderPropertyTests
{
    [Fact] // C-3, P-105
    public void Of_three_candidates_two_never_lead_at_once()
    {
        var action = from who in Gen.Choose(0, 2)
                     from what in Gen.Frequency((6, Gen.Constant(What.Try)), (1, Gen.Constant(What.TryAndFail)), (1, Gen.Constant(What.Release)),
                         (1, Gen.Constant(What.Restart)), (2, Gen.Constant(What.Slow)), (3, Gen.Constant(What.Race)))
                     from other in Gen.Choose(0, 2)
                     from pause in Gen.Choose(0, 60)
                     select new Step(who, what, other, pause / 4.0);
        var runs = action.ListOf().Select(steps => steps.ToList());

        var led = 0;
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2_000).WithEndSize(120),
            Prop.ForAll(runs.ToArbitrary(), steps =>
            {
                var (holds, leaders) = Play(steps);
                led += leaders;
                return holds;
            }));
        Assert.True(led > 1_000, $"only {led} times did one lead: nothing was proved");
    }

    private static (bool Holds, int Leaders) Play(IReadOnlyList<Step> steps)
    {
        using var all = new Candidates();
        var skews = new[] { 0, 3600, -86400 };
        var candidates = skews.Select((skew, index) => all.Add($"c{index}", TimeSpan.FromSeconds(skew))).ToArray();
        var leaders = 0;
        var born = 0;
        foreach (var step in steps)
        {
            all.Time.Advance(TimeSpan.FromSeconds(step.Pause));
            var candidate = candidates[step.Who];
            all.Fleet.Host.Fault = Faults(all, candidates, step);
            switch (step.What)
            {
                case What.Restart:
                    candidates[step.Who] = all.Add($"c{step.Who}-{++born}");
                    break;
                case What.Release:
                    Ignoring(() => candidate.ReleaseAsync(CancellationToken.None));
                    break;
                default:
                    Ignoring(() => candidate.TryAsync(CancellationToken.None));
                    break;
            }

            var now = candidates.Count(one => one.Leads);
            leaders += now;
            if (now > 1)
            {
                return (false, leaders);
            }
        }

        return (true, leaders);
    }

    private static Func<string, Exception?> Faults(Candidates all, LeaseCandidate[] candidates, Step step) => step.What switch
    {
        What.TryAndFail => request => IsWrite(request) ? FakeCluster.Refuse("replace", 500, "InternalError", "no") : null,
        What.Slow => request =>
        {
            all.Time.Advance(TimeSpan.FromSeconds(step.Pause));
            return null;
        },
        What.Race when step.Other != step.Who => Racing(() => Ignoring(() => candidates[step.Other].TryAsync(CancellationToken.None))),
        _ => _ => null,
    };

    /// <summary>Another candidate has its whole turn between this one's decision and its write.</summary>
    private static Func<string, Exception?> Racing(Action other)
    {
        var done = false;
        return request =>
        {
            if (!done && IsWrite(request))
            {
                done = true;
                other();
            }

            return null;
        };
    }

    private static bool IsWrite(string request) =>
        request.StartsWith("replace", StringComparison.Ordinal) || request.StartsWith("create", StringComparison.Ordinal);

    /// <summary>A request that fails is what these runs are made of.</summary>
    private static void Ignoring(Func<Task> attempt)
    {
        try
        {
            attempt().GetAwaiter().GetResult();
        }
        catch (KubeFed.Kubernetes.Client.KubeException)
        {
            // The candidate itself must know what that means for it.
        }
    }

    private enum What
    {
        Try,
        TryAndFail,
        Release,
        Restart,
        Slow,
        Race,
    }

    private sealed record Step(int Who, What What, int Other, double Pause);
}
