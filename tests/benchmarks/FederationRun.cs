using System.Runtime.CompilerServices;

namespace KubeFed.Benchmarks;

/// <summary>The engine's one-shot sync. Declaring, changing and marking on the host is not timed: it is the user's part.</summary>
internal sealed class FederationRun(Arena arena, int round)
{
    private string Space { get; } = $"bench-sync-{round}";

    internal async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await arena.DeclareAsync(Space, byKubectl: false, cancellationToken);
        yield return await TimeAsync(Phase.Create, Space, cancellationToken);
        yield return await TimeAsync(Phase.Nothing, Space, cancellationToken);
        yield return await TimeAsync(Phase.NothingFromCache, Space, cancellationToken);
        await arena.ChangeAsync(Space, cancellationToken);
        yield return await TimeAsync(Phase.Update, Space, cancellationToken);
        await arena.DeleteAsync(Space, cancellationToken);
        yield return await TimeAsync(Phase.Delete, Space, cancellationToken);

        var foreign = Space + "-foreign";
        await arena.DeclareAsync(foreign, byKubectl: true, cancellationToken);
        yield return await TimeAsync(Phase.CreateForeign, foreign, cancellationToken);
        await arena.DeleteAsync(foreign, cancellationToken);
        await arena.SyncAsync(foreign, cancellationToken);
    }

    private Task<Measurement> TimeAsync(Phase phase, string space, CancellationToken cancellationToken) =>
        Stopwatches.TimeAsync("kubefed sync", phase, () => arena.Writes, () => arena.SyncAsync(space, cancellationToken, phase == Phase.NothingFromCache));
}
