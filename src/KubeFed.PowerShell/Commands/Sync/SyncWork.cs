using KubeFed.Engine.Propagation;

namespace KubeFed.PowerShell.Commands;

/// <summary>The work of Invoke-KubeFedSync.</summary>
internal static class SyncWork
{
    /// <summary>
    /// Resources that came down the pipeline one by one, put together in one run: only then are namespaces made before what lies in them, and each list is
    /// read once.
    /// </summary>
    public static SyncRequest Merge(IReadOnlyList<SyncRequest> requests) => requests.Count == 1 ? requests[0] : requests[0] with
    {
        Types = [],
        Names = [],
        Namespaces = [],
        Selections =
        [
            .. (from request in requests
                from type in OrAny(request.Types)
                from name in OrAny(request.Names)
                from @namespace in OrAny(request.Namespaces)
                select new SyncSelection(type, name, @namespace)).Distinct(),
        ],
    };

    /// <param name="operation">The federation, and where its outcomes go.</param>
    /// <param name="request">What to synchronise.</param>
    /// <param name="tally">Counts the outcomes.</param>
    /// <param name="passThru">Yields the resources afterwards instead of the outcomes.</param>
    /// <param name="warns">
    /// What can't be done is warned of instead of being an error: for a plan where an error would end the command, and the plan with it.
    /// </param>
    public static async Task RunAsync(Operation operation, SyncRequest request, SyncTally tally, bool passThru = false, bool warns = false)
    {
        await foreach (var outcome in operation.Federation.Sync.RunAsync(request, operation.Sink, operation.Stop).ConfigureAwait(false))
        {
            tally.Add(outcome);
            if (!passThru)
            {
                await operation.Sink.ObjectAsync(SyncMap.ToOutput(outcome), operation.Stop).ConfigureAwait(false);
            }

            if (!outcome.Succeeded && warns)
            {
                operation.Sink.Warning(new SyncFailure(outcome).Message);
            }
            else if (!outcome.Succeeded)
            {
                operation.Sink.Error(new SyncFailure(outcome), null);
            }
        }

        if (passThru)
        {
            await TellStoredAsync(operation, request).ConfigureAwait(false);
        }
    }

    /// <summary>The resources of a request as they are stored now; those that the sync let go of are gone.</summary>
    private static async Task TellStoredAsync(Operation operation, SyncRequest request)
    {
        await foreach (var resource in operation.Federation.Sync.CoveredAsync(request, operation.Stop).ConfigureAwait(false))
        {
            await operation.Sink.ObjectAsync(ResourceMap.ToOutput(resource, operation.Now), operation.Stop).ConfigureAwait(false);
        }
    }

    private static IReadOnlyList<string?> OrAny(IReadOnlyList<string?> words) => words.Count == 0 ? [null] : words;
}
