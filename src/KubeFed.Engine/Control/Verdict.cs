namespace KubeFed.Engine.Control;

/// <summary>What came of a key.</summary>
/// <param name="Failed">To be tried again, later and later.</param>
/// <param name="Again">When to look again although nothing failed; null when something will tell.</param>
internal readonly record struct Verdict(bool Failed, TimeSpan? Again)
{
    public static Verdict Settled { get; } = new(false, null);

    public static Verdict Failure { get; } = new(true, null);

    public static Verdict Recheck(TimeSpan after) => new(false, after);

    /// <summary>Of two about one key: the sooner.</summary>
    public Verdict And(Verdict other) => new(
        Failed || other.Failed, Again is { } one && other.Again is { } two ? (one < two ? one : two) : Again ?? other.Again);
}
