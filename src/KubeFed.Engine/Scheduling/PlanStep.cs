using System.Globalization;

namespace KubeFed.Engine.Scheduling;

/// <summary>The rule a step of a plan follows.</summary>
public enum PlanRule
{
    /// <summary>Neither an own entry nor <c>*</c>: nothing is given (R-40).</summary>
    NoPreference,

    /// <summary>The minimum, as far as total and capacity reach (rsp.md 3.2).</summary>
    Minimum,

    /// <summary>Running replicas stay because rebalance is off (rsp.md 3.3).</summary>
    KeepRunning,

    /// <summary>Compatible: a share by weight, rounded up (rsp.md 3.4).</summary>
    RoundedUpShare,

    /// <summary>Compatible: the share would exceed maxReplicas.</summary>
    CutToMaximum,

    /// <summary>Compatible: the share would exceed the capacity; the rest is overflow.</summary>
    CutToCapacity,

    /// <summary>Compatible: overflow that no other cluster took is written on top of the plan (rsp.md 3.5).</summary>
    ParkOverflow,

    /// <summary>Fair: the replicas by weight, rounded to the nearest.</summary>
    FairShare,

    /// <summary>Fair: running replicas of clusters without a weight stay while the total needs them.</summary>
    KeepUnweighted,
}

/// <summary>What bounds a number.</summary>
public enum PlanLimit
{
    None,
    Maximum,
    Capacity,

    /// <summary>There are more running replicas than wanted and none may be moved here.</summary>
    Running,

    /// <summary>No replicas are left to give.</summary>
    Total,
}

/// <summary>One step of one cluster's plan: data first, words on demand.</summary>
/// <param name="Rule">What was applied.</param>
/// <param name="Before">Replicas before.</param>
/// <param name="After">Replicas after (for <see cref="PlanRule.ParkOverflow"/>: what is written).</param>
public readonly record struct PlanStep(PlanRule Rule, long Before, long After)
{
    /// <summary>The round, from 1; zero outside rounds.</summary>
    public int Round { get; init; }

    /// <summary>What the rule asked for: minReplicas, running replicas, the rounded share or the overflow.</summary>
    public long Wanted { get; init; }

    /// <summary>Of the share, what kept replicas had taken already.</summary>
    public long AlreadyKept { get; init; }

    /// <summary>The replicas shared out in this round.</summary>
    public long Pool { get; init; }

    public long Weight { get; init; }

    /// <summary>The weights of all clusters that took part.</summary>
    public Int128 WeightSum { get; init; }

    public PlanLimit Limit { get; init; }

    /// <summary>The step in words.</summary>
    public string Explanation => Rule switch
    {
        PlanRule.NoPreference => "no entry of its own and no * entry: nothing",
        PlanRule.Minimum => Text($"minimum {Wanted}{Bound}: {Before} -> {After}"),
        PlanRule.KeepRunning => Text($"keep {Wanted} running{Bound}: {Before} -> {After}"),
        PlanRule.RoundedUpShare => Text($"round {Round}: {Pool} x {Weight}/{WeightSum} rounded up is {Wanted}{Bound}{Kept}: {Before} -> {After}"),
        PlanRule.CutToMaximum => Text($"round {Round}: cut to the maximum: {Before} -> {After}"),
        PlanRule.CutToCapacity => Text($"round {Round}: cut to the capacity, {Before - After} overflow: {Before} -> {After}"),
        PlanRule.ParkOverflow => Text($"overflow {Wanted}{(Wanted == After - Before ? string.Empty : Text($", of which {After - Before} found no other cluster"))}: {Before} -> {After}"),
        PlanRule.FairShare => Text($"fair share of {Pool} by weight {Weight}/{WeightSum}{Bound}: {Before} -> {After}"),
        PlanRule.KeepUnweighted => Text($"keep running although without weight{Bound}: {Before} -> {After}"),
        _ => Rule.ToString(),
    };

    public override string ToString() => Explanation;

    private string Kept => AlreadyKept == 0 ? string.Empty : Text($", {AlreadyKept} of it kept already");

    private string Bound => Limit switch
    {
        PlanLimit.Maximum => ", bound by the maximum",
        PlanLimit.Capacity => ", bound by the capacity",
        PlanLimit.Running => ", bound by what runs",
        PlanLimit.Total => ", bound by the total",
        _ => string.Empty,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
