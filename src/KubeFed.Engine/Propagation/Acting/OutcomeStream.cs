using System.Threading.Channels;
using KubeFed.Engine.Api;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// Outcomes on their way to whoever reads them. While the run goes on there is room for so many: a reader that is slow slows the run down instead of filling
/// the memory. Once the run is stopped nothing waits for the reader any more, so that what has been done can be recorded in the time that is left, and a
/// reader that has gone away can't hold up the end; what then still comes is what was under way, and little.
/// </summary>
/// <param name="capacity">Outcomes that may wait for the reader.</param>
/// <param name="stop">Cancelled when the run is to end.</param>
internal sealed class OutcomeStream(int capacity, CancellationToken stop) : IOutcomes, IDisposable
{
    private readonly Channel<SyncOutcome> _outcomes = Channel.CreateUnbounded<SyncOutcome>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim _room = new(capacity);

    /// <summary>Hands one over, once there is room for it.</summary>
    public async ValueTask WriteAsync(SyncOutcome outcome)
    {
        try
        {
            await _room.WaitAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // From now on there is always room.
        }

        _outcomes.Writer.TryWrite(outcome);
    }

    public void Done(FederatedResource resource)
    {
        // Whoever reads a stream sees its end, and waits for no single resource.
    }

    /// <summary>Nothing more will come; an error is thrown to the reader after everything that came before it.</summary>
    public void Complete(Exception? error = null) => _outcomes.Writer.TryComplete(error);

    /// <summary>To be read once, to the end. It is not cancelled: what the work still reports after a cancellation has really been done.</summary>
    public async IAsyncEnumerable<SyncOutcome> ReadAsync()
    {
        await foreach (var outcome in _outcomes.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            _room.Release();
            yield return outcome;
        }
    }

    /// <summary>After the last write.</summary>
    public void Dispose() => _room.Dispose();
}

/// <summary>Where a run tells what becomes of its cells, from any thread.</summary>
internal interface IOutcomes
{
    ValueTask WriteAsync(SyncOutcome outcome);

    /// <summary>Nothing more will be done about this resource, nor told of it.</summary>
    void Done(FederatedResource resource);
}
