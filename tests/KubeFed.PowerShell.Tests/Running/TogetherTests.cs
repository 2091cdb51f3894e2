using System.Threading.Channels;
using KubeFed.PowerShell.Running;

namespace KubeFed.PowerShell.Tests.Running;

public class TogetherTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_comes_within_a_moment_comes_together_and_a_member_that_hangs_keeps_nobody_waiting_P_72()
    {
        var time = new HandTime();
        var answers = Channel.CreateUnbounded<string>();
        await using var batches = Together.BatchAsync(answers.Reader.ReadAllAsync(Token), time, Token).GetAsyncEnumerator(Token);
        answers.Writer.TryWrite("c2");
        answers.Writer.TryWrite("c1");
        var first = batches.MoveNextAsync().AsTask();
        while (answers.Reader.Count > 0)
        {
            await Task.Delay(1, Token);
        }

        Assert.False(first.IsCompleted);
        time.Fire();
        Assert.True(await first);
        Assert.Equal(["c2", "c1"], batches.Current);
        answers.Writer.TryWrite("c3");
        Assert.True(await batches.MoveNextAsync());
        Assert.Equal(["c3"], batches.Current);
        answers.Writer.Complete();
        Assert.False(await batches.MoveNextAsync());
    }

    [Fact]
    public async Task All_there_is_comes_without_waiting()
    {
        var answers = Channel.CreateUnbounded<string>();
        answers.Writer.TryWrite("c1");
        answers.Writer.TryWrite("c2");
        answers.Writer.Complete();
        Assert.Equal([["c1", "c2"]], await Together.BatchAsync(answers.Reader.ReadAllAsync(Token), new HandTime(), Token).ToListAsync(Token));
    }

    [Fact]
    public async Task An_error_is_met_by_the_reader()
    {
        var answers = Channel.CreateUnbounded<string>();
        answers.Writer.Complete(new InvalidOperationException("broken"));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await Together.BatchAsync(answers.Reader.ReadAllAsync(Token), new HandTime(), Token).ToListAsync(Token));
        Assert.Equal("broken", error.Message);
    }

    /// <summary>A clock whose one timer is fired by hand.</summary>
    private sealed class HandTime : TimeProvider
    {
        private Action? _fire;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _fire = () => callback(state);
            return new Unused();
        }

        public void Fire() => _fire!();

        private sealed class Unused : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
