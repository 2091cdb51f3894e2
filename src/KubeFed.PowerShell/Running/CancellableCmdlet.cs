using KubeFed.Engine;

namespace KubeFed.PowerShell.Running;

/// <summary>
/// A cmdlet whose work runs on the thread pool while the pipeline thread writes what it yields: PowerShell lets no other thread write. Ctrl+C cancels the
/// work, and so does a pipeline that wants no more (<c>Select-Object -First 1</c>).
/// </summary>
public abstract class CancellableCmdlet : PSCmdlet, IDisposable
{
    /// <summary>
    /// How long a stopped cmdlet waits for its work to tidy up: end what is under way, record what was done. Work that needs longer goes on in the
    /// background for as long as the engine grants it; the prompt does not wait for that.
    /// </summary>
    private static readonly TimeSpan s_tidyUp = TimeSpan.FromMilliseconds(1500);

    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;

    /// <summary>Whether <c>-WhatIf</c> is in force, as a parameter or as a preference.</summary>
    private protected bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out var bound)
        ? bound is SwitchParameter { IsPresent: true }
        : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference", false));

    /// <summary>Whether the first error ends the command, by <c>-ErrorAction</c> or by the preference.</summary>
    private protected bool StopsAtErrors
    {
        get
        {
            var action = MyInvocation.BoundParameters.TryGetValue("ErrorAction", out var bound) ? bound : GetVariableValue("ErrorActionPreference");
            return LanguagePrimitives.TryConvertTo<ActionPreference>(action, out var chosen) && chosen == ActionPreference.Stop;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the cmdlet holds, once its work has ended.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            AfterWork(_stop);
        }
    }

    /// <summary>Disposes of something that the work may still use for a moment.</summary>
    private protected void AfterWork(IDisposable held) => _work.ContinueWith(
        (_, state) => ((IDisposable)state!).Dispose(), held, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <inheritdoc/>
    protected sealed override void StopProcessing() => _stop.Cancel();

    /// <summary>Runs work and writes what it yields. An exception of the work becomes an error record.</summary>
    /// <returns>Whether the work came to its end.</returns>
    private protected bool TryWork(object? target, Func<IOperationSink, CancellationToken, Task> work)
    {
        try
        {
            Drain(work);
            return true;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (Exception error) when (error is not PipelineStoppedException and not RuntimeException)
        {
            WriteError(ErrorRecords.From(error, target));
            return false;
        }
    }

    /// <summary>As above, for work that yields one value.</summary>
    private protected bool TryWork<T>(object? target, Func<IOperationSink, CancellationToken, Task<T>> work, out T result)
    {
        var value = default(T)!;
        var done = TryWork(target, async (sink, stop) => { value = await work(sink, stop).ConfigureAwait(false); });
        result = value;
        return done;
    }

    /// <summary>Runs something quick that reads the user's input; what is wrong with it ends the cmdlet.</summary>
    private protected T OrThrow<T>(Func<T> read, object? target = null)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is not PipelineStoppedException and not RuntimeException)
        {
            ThrowTerminatingError(ErrorRecords.From(error, target));
            throw;
        }
    }

    private void Drain(Func<IOperationSink, CancellationToken, Task> work)
    {
        var mailbox = new PipelineMailbox(TimeProvider.System);
        using var progress = new ProgressWriter(this);
        var token = _stop.Token;
        var running = Task.Run(
            async () =>
            {
                try
                {
                    await work(mailbox, token).ConfigureAwait(false);
                }
                finally
                {
                    mailbox.Complete();
                }
            },
            CancellationToken.None);
        _work = running;
        using var onStop = token.Register(() => Task.Delay(s_tidyUp, TimeProvider.System).ContinueWith(_ => mailbox.Complete(), TaskScheduler.Default));
        try
        {
            while (mailbox.TryTake(out var message))
            {
                Write(message, progress);
            }
        }
        catch
        {
            // The pipeline wants no more. What the work was doing must not go on behind the user's back, nor its end be cut off.
            _stop.Cancel();
            ((IAsyncResult)running).AsyncWaitHandle.WaitOne(s_tidyUp);
            progress.Abandon();
            throw;
        }
        finally
        {
            AfterWork(mailbox);
        }

        // Once stopped, the mailbox may have been closed before the work has ended.
        if (!running.IsCompleted && token.IsCancellationRequested)
        {
            progress.Abandon();
            throw new OperationCanceledException(token);
        }

        running.GetAwaiter().GetResult();
    }

    private void Write(PipelineMessage message, ProgressWriter progress)
    {
        switch (message)
        {
            case PipelineMessage.Object one:
                WriteObject(one.Value);
                break;
            case PipelineMessage.Reached reached:
                reached.Source.SetResult();
                break;
            case PipelineMessage.Error error:
                WriteError(ErrorRecords.From(error.Exception, error.Target));
                break;
            case PipelineMessage.Warning warning:
                WriteWarning(warning.Text);
                break;
            case PipelineMessage.Verbose verbose:
                WriteVerbose(verbose.Text);
                break;
            case PipelineMessage.Progress step:
                progress.Write(step.Value);
                break;
            default:
                throw new InvalidOperationException($"{message.GetType().Name} is not a message a cmdlet can write.");
        }
    }
}
