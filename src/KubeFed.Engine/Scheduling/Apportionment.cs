namespace KubeFed.Engine.Scheduling;

/// <summary>
/// Shares whole things out by weight, rounding to the nearest: each next one goes where weight / (2 x got + 1) is greatest (Webster, Sainte-Laguë).
/// </summary>
/// <remarks>
/// The plain largest-remainder method takes replicas away from a cluster when the total grows by one (the Alabama paradox: weights 6, 6, 2 give 4, 4, 2 of 10
/// but 5, 5, 1 of 11) and shuffles unaffected clusters when another one fills up. This method gives the same numbers whenever plain rounding of the shares
/// adds up to the total, and has neither fault: what a smaller total gave stays given, and a bound on one cluster only moves what that cluster loses.
/// </remarks>
internal static class Apportionment
{
    /// <summary>One that takes part.</summary>
    internal struct Claim
    {
        /// <summary>Zero gets nothing.</summary>
        public long Weight;

        /// <summary>What it has before sharing begins; not counted against its share.</summary>
        public long Base;

        /// <summary>What it has: at least the base at first, raised by <see cref="Fill"/>. What is above the base counts against its share.</summary>
        public long Value;

        /// <summary>The most it takes.</summary>
        public long Upper;

        public readonly bool Open => Weight > 0 && Value < Upper;
    }

    /// <summary>Adds up to <paramref name="amount"/>. Between equal claims the one with less goes first, then the earlier one.</summary>
    /// <returns>What nobody could take.</returns>
    public static long Fill(Span<Claim> claims, long amount)
    {
        Int128 room = 0;
        foreach (ref readonly var claim in claims)
        {
            room += claim.Open ? claim.Upper - claim.Value : 0;
        }

        if (room <= amount)
        {
            foreach (ref var claim in claims)
            {
                claim.Value = claim.Open ? claim.Upper : claim.Value;
            }

            return amount - (long)room;
        }

        if (amount > 8L * claims.Length)
        {
            amount -= Leap(claims, amount);
        }

        var queue = new PriorityQueue<int, Turn>(claims.Length, TurnOrder.Instance);
        for (var index = 0; index < claims.Length; index++)
        {
            Enqueue(queue, claims[index], index);
        }

        for (; amount > 0; amount--)
        {
            var index = queue.Dequeue();
            claims[index].Value++;
            Enqueue(queue, claims[index], index);
        }

        return 0;
    }

    private static void Enqueue(PriorityQueue<int, Turn> queue, in Claim claim, int index)
    {
        if (claim.Open)
        {
            queue.Enqueue(index, new Turn(claim.Weight, claim.Value - claim.Base, index));
        }
    }

    /// <summary>
    /// Gives most of the amount at once: finds how far an even level reaches and stays two short of it everywhere, so that rounding errors of the search
    /// cannot give anybody what is not due. Turn by turn the rest comes out exactly, because everything given here would be given anyway.
    /// </summary>
    /// <returns>What was given.</returns>
    private static long Leap(Span<Claim> claims, long amount)
    {
        var least = long.MaxValue;
        var reach = 0.0;
        foreach (ref var claim in claims)
        {
            if (claim.Open)
            {
                least = Math.Min(least, claim.Weight);
                reach = Math.Max(reach, Reach(claim, amount));
            }
        }

        var (low, high) = (0.0, (reach + 1) / least);
        for (var step = 0; step < 160; step++)
        {
            var middle = low + ((high - low) / 2);
            var given = Given(claims, middle, amount);
            if (given > amount)
            {
                high = middle;
            }
            else
            {
                low = middle;
                if (given >= amount - claims.Length)
                {
                    break;
                }
            }
        }

        long sum = 0;
        foreach (ref var claim in claims)
        {
            if (claim.Open)
            {
                var value = Math.Max(claim.Value, At(claim, low, amount) - 2);
                sum += value - claim.Value;
                claim.Value = value;
            }
        }

        return sum;
    }

    private static double Given(ReadOnlySpan<Claim> claims, double level, long amount)
    {
        var sum = 0.0;
        foreach (ref readonly var claim in claims)
        {
            sum += claim.Open ? Math.Max(0, At(claim, level, amount) - claim.Value) : 0;
        }

        return sum;
    }

    private static long At(in Claim claim, double level, long amount) =>
        claim.Base + (long)Math.Min(Math.Floor((level * claim.Weight) + 0.5), Reach(claim, amount));

    /// <summary>The most a claim can end with above its base; keeps "unbounded" out of the arithmetic.</summary>
    private static long Reach(in Claim claim, long amount) => Math.Min(claim.Upper, claim.Value + amount) - claim.Base;

    /// <summary>Whose turn it is: the greatest weight / (2 x got + 1).</summary>
    private readonly record struct Turn(long Weight, long Got, int Index);

    private sealed class TurnOrder : IComparer<Turn>
    {
        public static TurnOrder Instance { get; } = new();

        public int Compare(Turn a, Turn b)
        {
            var order = ((Int128)b.Weight * ((2 * a.Got) + 1)).CompareTo((Int128)a.Weight * ((2 * b.Got) + 1));
            order = order != 0 ? order : a.Got.CompareTo(b.Got);
            return order != 0 ? order : a.Index.CompareTo(b.Index);
        }
    }
}
