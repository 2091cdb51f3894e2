using KubeFed.Engine.Propagation;

namespace KubeFed.PowerShell.Commands;

/// <summary>The work of Invoke-KubeFedSync.</summary>
internal static class SyncWork
{
    /// <summary>Resources that came down the pipeline one by one, put together so that each type and namespace is read once.</summary>
    public static IReadOnlyList<SyncRequest> Merge(IReadOnlyList<SyncRequest> requests) => [.. requests
        .GroupBy(request => (string.Join(',', request.Types), string.Join(',', request.Namespaces)))
        .Select(group => group.First() with
        {
            Names = group.Any(request => request.Names.Count == 0) ? [] : [.. group.SelectMany(request => request.Names).Distinct(StringComparer.Ordinal)],
        })];

    public static async Task RunAsync(Operation operation, SyncRequest request, SyncTally tally)
    {
        await foreach (var outcome in operation.Federation.Sync.RunAsync(request, operation.Sink, operation.Stop).ConfigureAwait(false))
        {
            tally.Add(outcome);
            await operation.Sink.ObjectAsync(SyncMap.ToOutput(outcome), operation.Stop).ConfigureAwait(false);
            if (!outcome.Succeeded)
            {
                operation.Sink.Error(new SyncFailure(outcome), null);
            }
        }
    }
}
