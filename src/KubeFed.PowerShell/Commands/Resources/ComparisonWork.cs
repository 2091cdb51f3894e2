using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Comparison;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Commands;

/// <summary>The work of Compare-FederatedResource: one resource after the other, its clusters by name.</summary>
internal sealed class ComparisonWork
{
    /// <summary>What concerns a cluster and not the resource; worth saying once.</summary>
    private static readonly PropagationReason[] s_ofCluster =
    [
        PropagationReason.ClusterNotReady, PropagationReason.ClientRetrievalFailed, PropagationReason.CredentialsRejected, PropagationReason.ClusterSuspended,
    ];

    private readonly Operation _operation;
    private readonly SyncPreview _preview;
    private readonly IReadOnlyCollection<string>? _clusters;
    private readonly bool _includeEqual;
    private readonly HashSet<string> _lost = new(StringComparer.Ordinal);

    private ComparisonWork(Operation operation, SyncPreview preview, IReadOnlyCollection<string>? clusters, bool includeEqual) =>
        (_operation, _preview, _clusters, _includeEqual) = (operation, preview, clusters, includeEqual);

    public static async Task<ComparisonWork> OpenAsync(Operation operation, IReadOnlyCollection<string>? clusters, bool includeEqual) => new(
        operation, await operation.Federation.Sync.PreviewAsync(operation.Sink, operation.Stop).ConfigureAwait(false), clusters, includeEqual);

    public async Task CompareAsync(EngineResource resource)
    {
        var answers = Together.BatchAsync(_preview.CompareAsync(resource, _clusters, _operation.Stop), _operation.Federation.Time, _operation.Stop);
        await foreach (var cells in answers.ConfigureAwait(false))
        {
            // Members answer in any order; whoever reads or compares the rows wants the same one every time.
            foreach (var cell in cells.OrderBy(cell => cell.Cluster, StringComparer.Ordinal))
            {
                Tell(cell);
                foreach (var field in cell.Fields.Where(field => _includeEqual || field.State != FieldState.Same))
                {
                    await _operation.Sink.ObjectAsync(DifferenceMap.ToOutput(cell, field), _operation.Stop).ConfigureAwait(false);
                }
            }
        }
    }

    private void Tell(CellComparison cell)
    {
        if (!cell.Compared && s_ofCluster.Contains(cell.Reason) && !_lost.Add(cell.Cluster))
        {
            return;
        }

        if (!cell.Compared && cell.Action == PlanAction.Error)
        {
            _operation.Sink.Error(new SyncFailure(Outcome(cell)), null);
        }
        else if (cell.Message.Length > 0)
        {
            _operation.Sink.Warning($"{cell.Resource.Type.Name} {cell.Resource.Key} in {cell.Cluster}: {DifferenceMap.Status(cell)}: {cell.Message}");
        }
    }

    private SyncOutcome Outcome(CellComparison cell) => new()
    {
        Type = cell.Resource.Type,
        Resource = cell.Resource.Key,
        Cluster = cell.Cluster,
        Action = cell.Action,
        Reason = cell.Reason,
        Message = cell.Message,
        Succeeded = false,
        DryRun = true,
        Time = _operation.Now,
    };
}
