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
    private readonly List<CellResult> _results = [];
    private int _pending = cells;

    public ResourcePlan Plan { get; } = plan;

    public KubeObject Stored { get; } = stored;

    /// <summary>Complete once the last cell has reported.</summary>
    public IReadOnlyList<CellResult> Results
    {
        get
        {
            lock (_lock)
            {
                return [.. _results];
            }
        }
    }

    /// <summary>Adds a result that belongs to no cell, such as that of an unknown cluster.</summary>
    public void Add(CellResult result)
    {
        lock (_lock)
        {
            _results.Add(result);
        }
    }

    /// <summary>A cell reports; null when it was given up because the run was stopped. True for the last one.</summary>
    public bool Complete(CellResult? result)
    {
        lock (_lock)
        {
            if (result is not null)
            {
                _results.Add(result);
            }

            return --_pending == 0;
        }
    }

    /// <summary>Whether no copy is left anywhere, so that the finalizer may go (E-93 to E-97, P-37).</summary>
    /// <param name="registered">All registered clusters, also those the run did not look at.</param>
    public bool IsGoneEverywhere(IEnumerable<string> registered)
    {
        var results = Results.ToDictionary(r => r.Cluster, StringComparer.Ordinal);
        return registered.All(name => results.TryGetValue(name, out var result) ? !result.Listed : !Plan.MayHoldCopy(name));
    }
}
