namespace KubeFed;

/// <summary>What one cluster gets of a workload's replicas, and the rules that decided it.</summary>
public sealed class ClusterPlan
{
    /// <summary>The cluster.</summary>
    public required string Name { get; init; }

    /// <summary>The preference, <c>namespace/name</c>; in a plan from parameters, the key that was given.</summary>
    public required string Preference { get; init; }

    /// <summary><c>Compatible</c> or <c>Fair</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>Replicas that run and are ready; null when the workload is not there.</summary>
    public long? Current { get; init; }

    /// <summary>The most the cluster can run; null when nothing is known to limit it.</summary>
    public long? Capacity { get; init; }

    /// <summary>What the shares give; null for a cluster that was not planned for.</summary>
    public long? Planned { get; init; }

    /// <summary>What is asked of the cluster beyond its capacity; null for a cluster that was not planned for.</summary>
    public long? Overflow { get; init; }

    /// <summary>What is written; null when the cluster has no place in the placement.</summary>
    public long? Replicas { get; init; }

    /// <summary>The steps in words.</summary>
    public required string Rule { get; init; }

    /// <summary>The steps as data.</summary>
    public PlanStep[] Steps { get; init; } = [];

    /// <summary>The preference's total.</summary>
    public required long TotalReplicas { get; init; }

    /// <summary>Replicas of the total that no cluster could be given.</summary>
    public required long Unplaced { get; init; }

    /// <summary><c>c1: 5</c>.</summary>
    public override string ToString() => $"{Name}: {Replicas}";
}

/// <summary>One step of a cluster's plan.</summary>
public sealed class PlanStep
{
    /// <summary><c>Minimum</c>, <c>KeepRunning</c>, <c>RoundedUpShare</c>, <c>CutToMaximum</c>, <c>CutToCapacity</c>, <c>ParkOverflow</c>, <c>FairShare</c>, ...</summary>
    public required string Rule { get; init; }

    /// <summary>The round of sharing, from 1; zero outside rounds.</summary>
    public required int Round { get; init; }

    /// <summary>Replicas before the step.</summary>
    public required long Before { get; init; }

    /// <summary>Replicas after it.</summary>
    public required long After { get; init; }

    /// <summary>What bounded it: <c>None</c>, <c>Maximum</c>, <c>Capacity</c>, <c>Running</c> or <c>Total</c>.</summary>
    public required string Limit { get; init; }

    /// <summary>The step in words.</summary>
    public required string Text { get; init; }

    /// <summary>The step in words.</summary>
    public override string ToString() => Text;
}
