using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace KubeFed.PowerShell.Running;

/// <summary>
/// Answers of members, those together that come within a moment, so that whoever shows them can put them in order. A member that takes longer keeps nobody
/// else's waiting (P-72, P-101).
/// </summary>
internal static class Together
{
    internal static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    /// <summary>First all that came within two seconds, or sooner when that is all; then what comes late, as it comes.</summary>
    /// <param name="answers">As they come.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async IAsyncEnumerable<IReadOnlyList<T>> BatchAsync<T>(
        IAsyncEnumerable<T> answers, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var moment = Task.Delay(Moment, time, ending.Token);
        var pumping = PumpAsync(answers, channel.Writer, ending.Token);
        try
        {
            var batch = new List<T>();
            Task<bool> more;
            do
            {
                more = channel.Reader.WaitToReadAsync(cancellationToken).AsTask();
                if (batch.Count > 0 && (await Task.WhenAny(more, moment).ConfigureAwait(false) != more || moment.IsCompleted))
                {
                    yield return batch;
                    batch = [];
                }

                await more.ConfigureAwait(false);
                while (channel.Reader.TryRead(out var answer))
                {
                    batch.Add(answer);
                }
            }
            while (await more.ConfigureAwait(false));

            if (batch.Count > 0)
            {
                yield return batch;
            }
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await pumping.ConfigureAwait(false);
        }
    }

    /// <summary>Whatever ends the answers, an error too, ends the channel, and is met by who reads that.</summary>
    private static async Task PumpAsync<T>(IAsyncEnumerable<T> answers, ChannelWriter<T> output, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var answer in answers.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                output.TryWrite(answer);
            }

            output.Complete();
        }
#pragma warning disable CA1031 // Nothing is swallowed: the reader meets it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            output.Complete(error);
        }
    }
}
