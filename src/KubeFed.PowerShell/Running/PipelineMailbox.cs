using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using KubeFed.Engine;
using KubeFed.Kubernetes.Text;

namespace KubeFed.PowerShell.Running;

/// <summary>
/// The channel between the engine's threads and the pipeline thread. Objects are bounded: a producer waits while <paramref name="limit"/> of them lie
/// unread, so that <c>Select-Object -First 1</c> on a large fleet does not read the fleet. Messages pass at once and keep their place among the objects;
/// progress is dropped when it comes faster than ten times a second, except for the last step.
/// </summary>
internal sealed class PipelineMailbox(TimeProvider time, int limit = PipelineMailbox.DefaultLimit) : IOperationSink, IDisposable
{
    public const int DefaultLimit = 32;

    private static readonly TimeSpan s_progressInterval = TimeSpan.FromMilliseconds(100);

    private readonly Channel<PipelineMessage> _messages = Channel.CreateUnbounded<PipelineMessage>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim _room = new(limit, limit);
    private long _nextProgress = time.GetTimestamp();

    public async ValueTask ObjectAsync(object value, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
        _messages.Writer.TryWrite(new PipelineMessage.Object(value));
    }

    public async ValueTask WrittenAsync(CancellationToken cancellationToken)
    {
        // The rest of the work must not run on the pipeline thread, which completes this.
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_messages.Writer.TryWrite(new PipelineMessage.Reached(reached)))
        {
            await reached.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Error(Exception error, object? target) => _messages.Writer.TryWrite(new PipelineMessage.Error(error, target));

    public void Error(FederationException error) => Error(error, error.Target);

    public void Warning(string message) => _messages.Writer.TryWrite(new PipelineMessage.Warning(Printable.Of(message)));

    public void Verbose(string message) => _messages.Writer.TryWrite(new PipelineMessage.Verbose(Printable.Of(message)));

    public void Progress(EngineProgress progress)
    {
        var due = Interlocked.Read(ref _nextProgress);
        var now = time.GetTimestamp();
        var last = progress.Total > 0 && progress.Done >= progress.Total;
        var next = now + (long)(s_progressInterval.TotalSeconds * time.TimestampFrequency);
        if (last || (now >= due && Interlocked.CompareExchange(ref _nextProgress, next, due) == due))
        {
            _messages.Writer.TryWrite(new PipelineMessage.Progress(progress));
        }
    }

    /// <summary>No more will come; what lies here can still be taken.</summary>
    public void Complete() => _messages.Writer.TryComplete();

    /// <summary>
    /// The next message, or false when all was taken and no more will come. Blocks the calling thread, which is the pipeline's: a cmdlet has nowhere else
    /// to wait.
    /// </summary>
    public bool TryTake([NotNullWhen(true)] out PipelineMessage? message)
    {
        while (!_messages.Reader.TryRead(out message))
        {
            if (!_messages.Reader.WaitToReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult())
            {
                return false;
            }
        }

        if (message is PipelineMessage.Object)
        {
            _room.Release();
        }

        return true;
    }

    public void Dispose() => _room.Dispose();
}
