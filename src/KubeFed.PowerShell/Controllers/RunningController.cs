using System.Collections.Concurrent;
using KubeFed.Engine;
using KubeFed.Engine.Control;
using KubeFed.Engine.Propagation;

namespace KubeFed.PowerShell.Controllers;

/// <summary>A controller that runs in the background of a session, and the last of what it told.</summary>
internal sealed class RunningController : IEngineSink, IDisposable
{
    /// <summary>So many outcomes, and so many messages, are kept.</summary>
    private const int Kept = 1000;

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<SyncOutcome> _outcomes = new();
    private readonly ConcurrentQueue<string> _messages = new();
    private readonly FederationController _controller;
    private readonly bool _ownsSession;

    /// <param name="session">Whose federation it keeps true.</param>
    /// <param name="ownsSession">It is closed with the controller.</param>
    public RunningController(OpenSession session, bool ownsSession)
    {
        (Session, _ownsSession) = (session, ownsSession);
        _controller = session.Federation.Controller();
        Running = Task.Run(() => _controller.RunAsync(this, Tell, _stop.Token));
    }

    public OpenSession Session { get; }

    /// <summary>Ends when the controller does; faulted when it could not start, or met a defect.</summary>
    public Task Running { get; }

    public ControllerState State => _controller.State;

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<SyncOutcome> Outcomes => [.. _outcomes];

    /// <summary>Warnings and errors, the oldest first.</summary>
    public IReadOnlyList<string> Messages => [.. _messages];

    /// <summary>Done when it has begun to watch.</summary>
    /// <exception cref="FederationException">It could not be started.</exception>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        while (State.Started is null && !Running.IsCompleted)
        {
            await Task.Delay(20, cancellationToken).ConfigureAwait(false);
        }

        if (Running.IsFaulted)
        {
            await Running.ConfigureAwait(false);
        }
    }

    /// <summary>Ends it, once what is under way is recorded.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Running.ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
    }

    /// <summary>Once it has ended.</summary>
    public void Dispose()
    {
        _stop.Dispose();
        if (_ownsSession)
        {
            Session.Dispose();
        }
    }

    void IEngineSink.Verbose(string message)
    {
    }

    void IEngineSink.Warning(string message) => Keep(_messages, message);

    void IEngineSink.Progress(EngineProgress progress)
    {
    }

    void IEngineSink.Error(FederationException error) => Keep(_messages, error.Message);

    private static void Keep<T>(ConcurrentQueue<T> queue, T value)
    {
        queue.Enqueue(value);
        while (queue.Count > Kept)
        {
            queue.TryDequeue(out _);
        }
    }

    private void Tell(SyncOutcome outcome) => Keep(_outcomes, outcome);
}
