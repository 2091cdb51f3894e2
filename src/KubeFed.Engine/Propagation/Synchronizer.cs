namespace KubeFed.Engine.Propagation;

/// <summary>One-shot synchronisation: reads, plans, acts, reports, writes status.</summary>
public sealed class Synchronizer(Federation federation)
{
    /// <summary>Streams one outcome per resource and cluster as each is known. A failing item never stops the others.</summary>
    /// <exception cref="FederationException">Nothing could be started: no control plane, an unknown type name.</exception>
    public IAsyncEnumerable<SyncOutcome> RunAsync(SyncRequest request, IEngineSink sink, CancellationToken cancellationToken) =>
        throw new NotImplementedException(federation.SystemNamespace);
}
