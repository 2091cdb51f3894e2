using System.Runtime.CompilerServices;

namespace KubeFed.Benchmarks;

/// <summary>The engine's one-shot sync. Declaring, changing and marking on the host is not timed: it is the user's part.</summary>
internal sealed class FederationRun(Arena arena, int round)
{
    private string Space { get; } = $"bench-sync-{round}";


    internal async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await arena.DeclareAsync(Space, cancellationToken);
        yield return await TimeAsync(Phase.Create, cancellationToken);
        yield return await TimeAsync(Phase.Nothing, cancellationToken);
        await arena.ChangeAsync(Space, cancellationToken);
        yield return await TimeAsync(Phase.Update, cancellationToken);
        await arena.DeleteAsync(Space, cancellationToken);
        yield return await TimeAsync(Phase.Delete, cancellationToken);
    }

    private Task<Measurement> TimeAsync(Phase phase, CancellationToken cancellationToken) =>
        Stopwatches.TimeAsync("kubefed sync", phase, () => arena.Writes, () => arena.SyncAsync(Space, cancellationToken));
}
