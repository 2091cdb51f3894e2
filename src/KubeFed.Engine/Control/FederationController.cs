using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Engine.Control;

/// <summary>Keeps a federation true until it is stopped: what a sync does once, for what changes, whenever it changes.</summary>
/// <remarks>
/// P-20 to P-26, P-49, P-100 to P-107. One controller at a time may run for a federation; choosing it is the caller's (a lease, or knowing it).
/// </remarks>
/// <param name="federation">The control plane.</param>
/// <param name="options">Its delays.</param>
public sealed class FederationController(Federation federation, ControllerOptions options)
{
    private volatile ControlRun? _run;
    private volatile bool _running;
    private volatile ControllerState? _last;
    private int _begun;

    public ControllerOptions Options { get; } = options;

    /// <summary>A snapshot; cheap, and safe to ask for from any thread at any time.</summary>
    public ControllerState State => _last ?? _run?.State(_running) ?? ControllerState.Idle;

    /// <summary>
    /// Runs until cancelled, and then ends what is under way, within <see cref="Synchronizer.GracePeriod"/>, and returns. Whatever goes wrong on the way is told
    /// and tried again. A controller runs once; for another run make another one.
    /// </summary>
    /// <param name="sink">Told of what concerns no single resource: watches that fail, clusters that come and go, configuration that is refused.</param>
    /// <param name="told">Given each outcome as it falls, one after the other; it must return soon. What is as it should be already is not told.</param>
    /// <param name="cancellationToken">Stops the controller.</param>
    /// <exception cref="FederationException">
    /// It could not be started: <c>ControlPlaneNotFound</c>, or <c>ControllerNotStarted</c> when the host does not answer; or, later, <c>ControllerFailed</c>: it
    /// met a defect of its own.
    /// </exception>
    /// <exception cref="InvalidOperationException">It has been run before.</exception>
    public async Task RunAsync(IEngineSink sink, Action<SyncOutcome> told, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(told);
        if (Interlocked.Exchange(ref _begun, 1) == 1)
        {
            throw new InvalidOperationException("A controller runs once.");
        }

        try
        {
            using var run = await BeginAsync(sink, told, cancellationToken).ConfigureAwait(false);
            (_run, _running) = (run, true);
            try
            {
                await run.RunAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _last = run.State(running: false);
                _running = false;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped before it had begun.
        }
    }

    /// <summary>For tests: nothing is due or in work, or will be within the time.</summary>
    internal bool IsIdle(TimeSpan within) => _run?.IsIdle(within) == true;

    private async Task<ControlRun> BeginAsync(IEngineSink sink, Action<SyncOutcome> told, CancellationToken cancellationToken)
    {
        try
        {
            var config = await federation.ControlPlane.ReadConfigAsync(cancellationToken).ConfigureAwait(false);
            var self = await FederationIdentity.FindAsync(federation, sink, cancellationToken).ConfigureAwait(false);
            return new ControlRun(federation, Options, config, self, sink, told, cancellationToken);
        }
        catch (KubeException error)
        {
            throw new FederationException("ControllerNotStarted", FederationProblem.Failed, $"The controller could not be started: {error.Message}", error)
            {
                Remedy = error.Remedy,
            };
        }
    }
}
