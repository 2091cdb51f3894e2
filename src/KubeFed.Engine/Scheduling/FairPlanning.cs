using static KubeFed.Engine.Scheduling.Apportionment;

namespace KubeFed.Engine.Scheduling;

/// <summary>
/// The same preferences with the surprises taken out: shares are rounded to the nearest (P-82), the sum never exceeds the total (P-83), a surplus of running
/// replicas is taken first from where most are too many (P-89), and the hash decides between equals only.
/// </summary>
/// <remarks>
/// A greater total never lowers a cluster, and a changed capacity moves only the replicas it takes or frees: every stage fills up what the stage before it
/// left, and <see cref="Apportionment"/> has both properties within a stage. As in KubeFed, weights share out what is left after the minimums.
/// </remarks>
internal static class FairPlanning
{
    /// <param name="candidates">In the order of service.</param>
    /// <returns>The replicas no cluster took.</returns>
    public static long Run(IReadOnlyList<Candidate> candidates, long total, bool rebalance)
    {
        var claims = new Claim[candidates.Count];
        var unplaced = GiveMinimums(candidates, claims, total, rebalance);
        return unplaced <= 0 ? 0 : ShareOut(candidates, claims, unplaced, rebalance);
    }

    private static long GiveMinimums(IReadOnlyList<Candidate> candidates, Claim[] claims, long total, bool rebalance)
    {
        for (var index = 0; index < claims.Length; index++)
        {
            var (bound, _) = Bound(candidates[index]);
            var minimum = candidates[index].Preference.MinReplicas;
            claims[index] = new() { Weight = minimum, Upper = Math.Min(minimum, bound) };
        }

        var (left, _) = FillKeeping(candidates, claims, total, keep: !rebalance);
        for (var index = 0; index < claims.Length; index++)
        {
            var candidate = candidates[index];
            var minimum = candidate.Preference.MinReplicas;
            if (minimum > 0)
            {
                var (bound, limit) = Bound(candidate);
                var value = claims[index].Value;
                limit = value >= minimum ? PlanLimit.None : value >= bound ? limit : PlanLimit.Total;
                candidate.Take(new(PlanRule.Minimum, 0, value) { Wanted = minimum, Limit = limit });
            }
        }

        return left;
    }

    private static long ShareOut(IReadOnlyList<Candidate> candidates, Claim[] claims, long pool, bool rebalance)
    {
        for (var index = 0; index < claims.Length; index++)
        {
            var candidate = candidates[index];
            claims[index] = new()
            {
                Weight = candidate.Preference.Weight,
                Base = candidate.Planned,
                Value = candidate.Planned,
                Upper = Math.Max(candidate.Planned, Bound(candidate).Value),
            };
        }

        var weights = claims.Aggregate(Int128.Zero, (sum, claim) => sum + claim.Weight);
        var (left, surplus) = FillKeeping(candidates, claims, pool, keep: !rebalance, KeepStep);
        for (var index = 0; index < claims.Length; index++)
        {
            var candidate = candidates[index];
            var value = claims[index].Value;
            if (value != candidate.Planned || candidate.Preference.Weight > 0)
            {
                var rule = candidate.Preference.Weight > 0 ? PlanRule.FairShare : PlanRule.KeepUnweighted;
                candidate.Take(new(rule, candidate.Planned, value)
                {
                    Pool = pool, Weight = candidate.Preference.Weight, WeightSum = weights, Limit = LimitOf(candidate, value, surplus),
                });
            }
        }

        return left;
    }

    /// <summary>
    /// Fills without moving what runs, where that can be helped. When what runs fits, all of it stays and the rest is shared out above it; when it does not,
    /// nobody gets more than it runs and the surplus goes where the shares want it least.
    /// </summary>
    private static (long Left, bool Surplus) FillKeeping(
        IReadOnlyList<Candidate> candidates, Claim[] claims, long amount, bool keep, Action<Candidate, long>? kept = null)
    {
        if (!keep)
        {
            return (Fill(claims, amount), false);
        }

        Int128 running = 0;
        for (var index = 0; index < claims.Length; index++)
        {
            running += Running(candidates[index], claims[index]) - claims[index].Value;
        }

        var surplus = running > amount;
        for (var index = 0; index < claims.Length; index++)
        {
            var stays = Running(candidates[index], claims[index]);
            if (surplus)
            {
                claims[index].Upper = stays;
            }
            else if (stays > claims[index].Value)
            {
                claims[index].Value = stays;
                kept?.Invoke(candidates[index], stays);
            }
        }

        return surplus ? (KeepUnweighted(claims, Fill(claims, amount)), true) : (Fill(claims, amount - (long)running), false);
    }

    /// <summary>Weighted clusters run less than the total: what runs without a weight stays, in proportion, rather than not at all.</summary>
    private static long KeepUnweighted(Claim[] claims, long left)
    {
        for (var index = 0; left > 0 && index < claims.Length; index++)
        {
            claims[index].Weight = claims[index].Upper - claims[index].Value;
            claims[index].Base = claims[index].Value;
        }

        return Fill(claims, left);
    }

    private static void KeepStep(Candidate candidate, long stays)
    {
        var current = candidate.State.Current ?? 0;
        var limit = stays < current ? Bound(candidate).Limit : PlanLimit.None;
        candidate.Take(new(PlanRule.KeepRunning, candidate.Planned, stays) { Wanted = current, Limit = limit });
    }

    private static long Running(Candidate candidate, in Claim claim) => Math.Max(claim.Value, Math.Min(candidate.State.Current ?? 0, claim.Upper));

    private static (long Value, PlanLimit Limit) Bound(Candidate candidate)
    {
        var bound = candidate.Preference.MaxReplicas is { } maximum ? (maximum, PlanLimit.Maximum) : (long.MaxValue, PlanLimit.None);
        if (candidate.State.Capacity is { } capacity && capacity < bound.Item1)
        {
            bound = (capacity, PlanLimit.Capacity);
        }

        return (Math.Max(0, bound.Item1), bound.Item2);
    }

    private static PlanLimit LimitOf(Candidate candidate, long value, bool surplus)
    {
        var (bound, limit) = Bound(candidate);
        return value >= bound ? limit : surplus && value == candidate.State.Current ? PlanLimit.Running : PlanLimit.None;
    }
}
