using KubeFed.Engine.Propagation.Health;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>One resource on its way through a run: its plan and the results of its cells as they come in, from any thread.</summary>
/// <param name="plan">What is decided.</param>
/// <param name="stored">The federated object as last written, for the host writes at the end.</param>
/// <param name="cells">How many cells will report.</param>
internal sealed class ResourceRun(ResourcePlan plan, KubeObject stored, int cells)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CellResult> _results = new(StringComparer.Ordinal);
    private int _pending = cells;
    private int _postponed;
    private int _decided;
    private bool _givenUp;

    public ResourcePlan Plan { get; } = plan;

    public KubeObject Stored { get; } = stored;

    /// <summary>Held while the host is written to, so that an early record can't come after a later one.</summary>
    public SemaphoreSlim Recording { get; } = new(1);

    /// <summary>What is known so far, of postponed cells that they are; all there is to know once <see cref="IsDone"/>.</summary>
    public IReadOnlyList<CellResult> Results
    {
        get
        {
            lock (_lock)
            {
                return [.. _results.Values];
            }
        }
    }

    /// <summary>The record at the end is made; nothing may follow it.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Every cell has reported for good.</summary>
    public bool IsDone
    {
        get
        {
            lock (_lock)
            {
                return _pending == 0;
            }
        }
    }

    /// <summary>The run was stopped before it came to any cell, so that there is nothing to record.</summary>
    public bool IsUntouched
    {
        get
        {
            lock (_lock)
            {
                return _givenUp && _decided == 0;
            }
        }
    }

    /// <summary>Adds a result that belongs to no cell, such as that of an unknown cluster.</summary>
    public void Add(CellResult result)
    {
        lock (_lock)
        {
            _results[result.Cluster] = result;
        }
    }

    /// <summary>A cell reports for good; null when it was given up because the run was stopped. True when it is time to record.</summary>
    public bool Complete(string cluster, CellResult? result, bool wasPostponed)
    {
        lock (_lock)
        {
            if (result is not null)
            {
                _results[cluster] = result;
                _decided++;
            }
            else
            {
                _givenUp = true;
            }

            _pending--;
            _postponed -= wasPostponed ? 1 : 0;
            return IsTime;
        }
    }

    /// <summary>A cell is put off because its cluster keeps everybody waiting. True when all others are done and had better be recorded.</summary>
    public bool Postpone(CellResult meanwhile)
    {
        lock (_lock)
        {
            _results[meanwhile.Cluster] = meanwhile;
            _postponed++;
            return IsTime;
        }
    }

    /// <summary>Nothing but postponed cells is left; a record before the end is worth its write only when some cell has something to say.</summary>
    private bool IsTime => _pending == _postponed && (_pending == 0 || _decided > 0);

    /// <summary>Whether no copy is left anywhere, so that the finalizer may go (E-93 to E-97, P-37); never when a cell was given up unseen.</summary>
    /// <param name="registered">All registered clusters, also those the run did not look at.</param>
    public bool IsGoneEverywhere(IEnumerable<string> registered)
    {
        lock (_lock)
        {
            if (_givenUp)
            {
                return false;
            }
        }

        return !Remaining(registered).Any();
    }

    /// <summary>The registered clusters in which nobody saw that no copy is left.</summary>
    /// <param name="registered">All registered clusters, also those the run did not look at.</param>
    public IReadOnlyList<string> Unseen(IEnumerable<string> registered)
    {
        var seen = Results
            .Where(result => result.Action != PlanAction.Abandon && result.Health != ObjectHealth.Unseen)
            .Select(result => result.Cluster)
            .ToHashSet(StringComparer.Ordinal);
        return [.. registered.Where(name => !seen.Contains(name)).Order(StringComparer.Ordinal)];
    }

    /// <summary>The clusters a deletion waits for, with why: a copy is there, or may be and could not be asked for.</summary>
    /// <param name="registered">All registered clusters, also those the run did not look at.</param>
    public IEnumerable<(string Cluster, string Why)> Remaining(IEnumerable<string> registered)
    {
        var results = Results.ToDictionary(r => r.Cluster, StringComparer.Ordinal);
        foreach (var name in registered.Order(StringComparer.Ordinal))
        {
            if (!results.TryGetValue(name, out var result))
            {
                if (Plan.MayHoldCopy(name))
                {
                    yield return (name, "not looked at in this run");
                }
            }
            else if (result.Listed)
            {
                yield return (name, result.Reason == PropagationReason.Ok ? "its copy is to be removed" : result.Reason.ToString());
            }
        }
    }
}
