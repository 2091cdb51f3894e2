namespace KubeFed.Benchmarks;

/// <summary>What was done to all objects in one go.</summary>
internal enum Phase
{
    Create,

    /// <summary>Create what kubectl declared, so that the sync has the finalizers to add.</summary>
    CreateForeign,
    Nothing,

    /// <summary>Nothing to do, found out from the host's cache.</summary>
    NothingFromCache,
    Update,
    Delete,
}

/// <param name="Way">Who did it: <c>sync</c>, <c>bare loop</c>, <c>kubectl</c>.</param>
/// <param name="Phase">What was done.</param>
/// <param name="Elapsed">Wall time.</param>
/// <param name="Cpu">CPU time of this process; zero for others.</param>
/// <param name="Writes">Requests other than GET; negative where they were not counted.</param>
internal sealed record Measurement(string Way, Phase Phase, TimeSpan Elapsed, TimeSpan Cpu, long Writes);
