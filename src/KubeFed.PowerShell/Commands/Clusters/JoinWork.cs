using KubeFed.Engine;
using KubeFed.Engine.Clusters;

namespace KubeFed.PowerShell.Commands;

/// <summary>The work of Join-KubeFedCluster: many clusters at once, none of which stops another.</summary>
internal static class JoinWork
{
    /// <summary>Writes each cluster as it has joined, and an error for each that has not.</summary>
    public static Task RunAsync(Operation operation, IReadOnlyList<JoinRequest> requests, int throttle) => EachAsync(
        operation,
        requests,
        throttle,
        async (_, result) => await operation.Sink
            .ObjectAsync(ClusterMap.ToOutput(result.Cluster, operation.Now, result.Changes), operation.Stop)
            .ConfigureAwait(false));

    /// <summary>What each join would change, in the order of the requests; those that would fail are errors.</summary>
    public static async Task<IReadOnlyList<JoinResult>> PlanAsync(Operation operation, IReadOnlyList<JoinRequest> requests, int throttle)
    {
        var planned = new JoinResult?[requests.Count];
        var dry = requests.Select(request => request with { DryRun = true }).ToList();
        await EachAsync(operation, dry, throttle, (index, result) =>
        {
            planned[index] = result;
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        return [.. planned.OfType<JoinResult>()];
    }

    private static async Task EachAsync(Operation operation, IReadOnlyList<JoinRequest> requests, int throttle, Func<int, JoinResult, Task> onJoined)
    {
        var done = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = throttle, CancellationToken = operation.Stop };
        await Parallel.ForAsync(0, requests.Count, options, async (index, stop) =>
        {
            var request = requests[index];
            try
            {
                var result = await operation.Federation.Clusters.JoinAsync(request, operation.Sink, stop).ConfigureAwait(false);
                await onJoined(index, result).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                operation.Sink.Error(error, request.Name);
            }

            operation.Sink.Progress(new EngineProgress("Joining clusters", request.Name, Interlocked.Increment(ref done), requests.Count));
        }).ConfigureAwait(false);
    }
}
