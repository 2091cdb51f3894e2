using KubeFed.Engine.Propagation;

namespace KubeFed.PowerShell.Commands;

/// <summary>Counts what a plan would do.</summary>
internal sealed class SyncTally
{
    private static readonly PlanAction[] s_told =
        [PlanAction.Create, PlanAction.Update, PlanAction.Adopt, PlanAction.Delete, PlanAction.Unmanage, PlanAction.Abandon];

    private readonly Dictionary<PlanAction, int> _counts = [];
    private readonly HashSet<string> _clusters = new(StringComparer.Ordinal);

    private int _refused;

    /// <summary>What can't be done is no part of the plan, whatever it would have been.</summary>
    public void Add(SyncOutcome outcome)
    {
        if (!outcome.Succeeded)
        {
            _refused++;
            return;
        }

        _counts[outcome.Action] = _counts.GetValueOrDefault(outcome.Action) + 1;
        if (outcome.Cluster is not null && s_told.Contains(outcome.Action))
        {
            _clusters.Add(outcome.Cluster);
        }
    }

    /// <summary><c>Sync: 3 Create, 1 Delete in 3 clusters</c>, or that there is nothing to do; and how much can't be done.</summary>
    public override string ToString()
    {
        var parts = s_told.Where(_counts.ContainsKey).Select(action => $"{_counts[action]} {action}").ToList();
        var noun = _clusters.Count == 1 ? "cluster" : "clusters";
        var plan = parts.Count == 0 ? "Sync: nothing to write" : $"Sync: {string.Join(", ", parts)} in {_clusters.Count} {noun}";
        return _refused == 0 ? plan : $"{plan}; {_refused} can't be done";
    }
}
