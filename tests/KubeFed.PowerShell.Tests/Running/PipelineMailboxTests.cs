using KubeFed.Engine;
using KubeFed.PowerShell.Running;

namespace KubeFed.PowerShell.Tests.Running;

public sealed class PipelineMailboxTests
{
    private readonly SteppingTime _time = new();

    [Fact]
    public async Task Messages_come_out_in_order_and_end_when_completed()
    {
        using var mailbox = new PipelineMailbox(_time);
        await mailbox.ObjectAsync("one", CancellationToken.None);
        mailbox.Warning("two");
        await mailbox.ObjectAsync("three", CancellationToken.None);
        mailbox.Complete();

        Assert.Equal(["one", "two", "three"], Texts(mailbox));
        Assert.False(mailbox.TryTake(out _));
    }

    [Fact]
    public async Task What_waits_until_all_is_written_goes_on_when_the_pipeline_says_so_or_is_cancelled_with_it()
    {
        using var mailbox = new PipelineMailbox(_time);
        mailbox.Warning("first");
        var written = mailbox.WrittenAsync(CancellationToken.None).AsTask();
        Assert.True(mailbox.TryTake(out var warning));
        Assert.IsType<PipelineMessage.Warning>(warning);
        Assert.False(written.IsCompleted);
        Assert.True(mailbox.TryTake(out var mark));
        Assert.IsType<PipelineMessage.Reached>(mark).Source.SetResult();
        await written;

        using var stop = new CancellationTokenSource();
        var prevented = mailbox.WrittenAsync(stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => prevented);
        mailbox.Complete();
        await mailbox.WrittenAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_producer_waits_while_too_many_objects_lie_unread()
    {
        using var mailbox = new PipelineMailbox(_time, limit: 2);
        await mailbox.ObjectAsync(1, CancellationToken.None);
        await mailbox.ObjectAsync(2, CancellationToken.None);

        var third = mailbox.ObjectAsync(3, CancellationToken.None).AsTask();
        Assert.False(third.IsCompleted);
        mailbox.Warning("passes at once");

        Assert.True(mailbox.TryTake(out _));
        await third;
    }

    [Fact]
    public async Task A_producer_that_waits_is_freed_by_cancelling()
    {
        using var mailbox = new PipelineMailbox(_time, limit: 1);
        using var stop = new CancellationTokenSource();
        await mailbox.ObjectAsync(1, stop.Token);
        var second = mailbox.ObjectAsync(2, stop.Token).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    [Fact]
    public void Progress_is_thinned_to_ten_a_second_but_its_last_step_always_passes()
    {
        using var mailbox = new PipelineMailbox(_time);
        for (var done = 1; done <= 100; done++)
        {
            mailbox.Progress(new EngineProgress("Sync", "", done, 100));
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        mailbox.Complete();
        var steps = Drain(mailbox).OfType<PipelineMessage.Progress>().Select(message => message.Value.Done).ToList();
        Assert.InRange(steps.Count, 10, 12);
        Assert.Equal(100, steps[^1]);
    }

    private static IEnumerable<string> Texts(PipelineMailbox mailbox) => Drain(mailbox, count: 3).Select(message => message switch
    {
        PipelineMessage.Object one => (string)one.Value,
        PipelineMessage.Warning warning => warning.Text,
        _ => "?",
    });

    private static List<PipelineMessage> Drain(PipelineMailbox mailbox, int count = int.MaxValue)
    {
        var messages = new List<PipelineMessage>();
        while (messages.Count < count && mailbox.TryTake(out var message))
        {
            messages.Add(message);
        }

        return messages;
    }

    private sealed class SteppingTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
