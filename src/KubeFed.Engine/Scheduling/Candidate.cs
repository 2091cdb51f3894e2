namespace KubeFed.Engine.Scheduling;

/// <summary>A cluster while it is being planned; lives for one call.</summary>
internal sealed class Candidate(ClusterState state, PreferenceSource source, ClusterPreference preference, uint hash)
{
    private readonly List<PlanStep> _steps = new(3);

    public ClusterState State { get; } = state;

    public ClusterPreference Preference { get; } = preference;

    public uint Hash { get; } = hash;

    public long Planned { get; private set; }

    public long Overflow { get; set; }

    /// <summary>Kept running replicas that have not been counted against a share yet.</summary>
    public long Preallocated { get; set; }

    /// <summary>Notes a step and moves to its result.</summary>
    public void Take(in PlanStep step)
    {
        _steps.Add(step);
        Planned = step.After;
    }

    /// <summary>Notes a step that says something of the overflow.</summary>
    public void Note(in PlanStep step) => _steps.Add(step);

    public ClusterPlan Finish(int order) => new()
    {
        Cluster = State.Name,
        Current = State.Current,
        Capacity = State.Capacity,
        Planned = Planned,
        Overflow = Overflow,
        Source = source,
        Preference = Preference,
        Order = order,
        Steps = _steps,
    };
}
