namespace KubeFed.Engine.Scheduling;

/// <summary>KubeFed's own arithmetic, quirks included: rounding always up, totals exceeded to probe for capacity, a minimum stage that ignores maximums .</summary>
/// <remarks>rsp.md 3.2 to 3.5.</remarks>
internal static class CompatiblePlanning
{
    /// <returns>The replicas no cluster took.</returns>
    public static long Run(IReadOnlyList<Candidate> candidates, long total, bool rebalance)
    {
        var remaining = GiveMinimums(candidates, total);
        if (!rebalance)
        {
            remaining = KeepRunning(candidates, remaining);
        }

        remaining = ShareOut(candidates, remaining);
        ParkOverflow(candidates, remaining, rebalance);
        return remaining;
    }

    private static long GiveMinimums(IReadOnlyList<Candidate> candidates, long remaining)
    {
        foreach (var candidate in candidates)
        {
            var minimum = candidate.Preference.MinReplicas;
            var given = Math.Min(minimum, remaining);
            var limit = given < minimum ? PlanLimit.Total : PlanLimit.None;
            if (candidate.State.Capacity is { } capacity && capacity < given)
            {
                (given, limit) = (capacity, PlanLimit.Capacity);
            }

            remaining -= given;
            if (minimum != 0 || given != 0)
            {
                candidate.Take(new(PlanRule.Minimum, 0, given) { Wanted = minimum, Limit = limit });
            }
        }

        return remaining;
    }

    private static long KeepRunning(IReadOnlyList<Candidate> candidates, long remaining)
    {
        foreach (var candidate in candidates)
        {
            if (candidate.State.Current is not { } current || current <= candidate.Planned)
            {
                continue;
            }

            var (target, limit) = (current, PlanLimit.None);
            if (candidate.Preference.MaxReplicas is { } maximum && maximum < target)
            {
                (target, limit) = (maximum, PlanLimit.Maximum);
            }

            if (candidate.State.Capacity is { } capacity && capacity < target)
            {
                (target, limit) = (capacity, PlanLimit.Capacity);
            }

            var extra = target - candidate.Planned;
            if (extra > remaining)
            {
                (extra, limit) = (remaining, PlanLimit.Total);
            }

            extra = Math.Max(0, extra);
            remaining -= extra;
            candidate.Preallocated = extra;
            candidate.Take(new(PlanRule.KeepRunning, candidate.Planned, candidate.Planned + extra) { Wanted = current, Limit = limit });
        }

        return remaining;
    }

    private static long ShareOut(IReadOnlyList<Candidate> candidates, long remaining)
    {
        var open = candidates;
        for (var (round, changed) = (1, true); changed && remaining > 0; round++)
        {
            changed = false;
            var weights = open.Aggregate(Int128.Zero, (sum, candidate) => sum + candidate.Preference.Weight);
            if (weights <= 0)
            {
                break;
            }

            var pool = remaining;
            var stillOpen = new List<Candidate>(open.Count);
            foreach (var candidate in open)
            {
                var start = candidate.Planned;
                if (GiveShare(candidate, new() { Round = round, Pool = pool, Weight = candidate.Preference.Weight, WeightSum = weights }, remaining, ref changed))
                {
                    stillOpen.Add(candidate);
                }

                remaining -= candidate.Planned - start;
                changed |= candidate.Planned > start;
            }

            open = stillOpen;
        }

        return remaining;
    }

    /// <returns>Whether the cluster can take more.</returns>
    private static bool GiveShare(Candidate candidate, PlanStep sharing, long remaining, ref bool changed)
    {
        // 128 bits: the total is 31 bits but weights may use all of 64, where KubeFed's product would wrap around.
        var exact = (((Int128)sharing.Pool * sharing.Weight) + sharing.WeightSum - 1) / sharing.WeightSum;
        var share = (long)Int128.Min(exact, remaining);
        var used = Math.Min(share, candidate.Preallocated);
        candidate.Preallocated -= used;
        changed |= used > 0;

        var before = candidate.Planned;
        var after = before + share - used;
        if (exact != 0)
        {
            candidate.Take(sharing with
            {
                Rule = PlanRule.RoundedUpShare,
                Before = before,
                After = after,
                Wanted = (long)Int128.Min(exact, long.MaxValue),
                AlreadyKept = used,
                Limit = share < exact ? PlanLimit.Total : PlanLimit.None,
            });
        }

        var open = true;
        if (candidate.Preference.MaxReplicas is { } maximum && after > maximum)
        {
            candidate.Take(sharing with { Rule = PlanRule.CutToMaximum, Before = after, After = maximum, Limit = PlanLimit.Maximum });
            (after, open) = (maximum, false);
        }

        if (candidate.State.Capacity is { } capacity && after > capacity)
        {
            candidate.Overflow = after - capacity;
            candidate.Take(sharing with { Rule = PlanRule.CutToCapacity, Before = after, After = capacity, Limit = PlanLimit.Capacity });
            open = false;
        }

        return open;
    }

    private static void ParkOverflow(IReadOnlyList<Candidate> candidates, long remaining, bool rebalance)
    {
        foreach (var candidate in candidates)
        {
            var wanted = candidate.Overflow;
            if (wanted == 0)
            {
                continue;
            }

            candidate.Overflow = rebalance ? wanted : Math.Min(wanted, remaining);
            if (candidate.Overflow != 0)
            {
                candidate.Note(new(PlanRule.ParkOverflow, candidate.Planned, candidate.Planned + candidate.Overflow) { Wanted = wanted });
            }
        }
    }
}
