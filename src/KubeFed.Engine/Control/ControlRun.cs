using System.Collections.Concurrent;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Control.Events;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Engine.Propagation.Reading;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace KubeFed.Engine.Control;

/// <summary>
/// A controller at work: it begins, has what is due done, and ends. What is watched, what leads to what, and what can be seen of it, is in its other parts.
/// </summary>
internal sealed partial class ControlRun : IHostEvents, IMemberEvents, IRunEvents, ITypeEvents, IDisposable
{
    /// <summary>A watch that has not told our own write by then is believed instead of us.</summary>
    private static readonly TimeSpan Unconfirmed = TimeSpan.FromSeconds(5);

    private readonly Federation _federation;
    private readonly Action<SyncOutcome> _told;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop;
    private readonly Lock _gate = new();
    private readonly Lock _telling = new();
    private readonly HostWatch _host;
    private readonly ConcurrentDictionary<string, MemberWatch> _members = new(StringComparer.Ordinal);
    private readonly WorkQueue<WorkKey> _queue;
    private readonly SchedulingLoop _scheduling;
    private readonly TypeLoop _types;
    private readonly EventRecorder _events;
    private readonly ControllerInstruments _instruments;
    private readonly FederationIdentity? _self;
    private readonly DateTimeOffset _started;
    private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Exception? _defect;
    private volatile SyncBasis _basis;
    private volatile string? _refused;
    private long _runs;
    private long _memberWrites;
    private long _hostWrites;
    private long _failures;

    public ControlRun(
        Federation federation,
        ControllerOptions options,
        ControlPlaneConfig config,
        FederationIdentity? self,
        IEngineSink sink,
        Action<SyncOutcome> told,
        CancellationToken cancellationToken)
    {
        (_federation, Options, _told, _self) = (federation, options, told, self);
        Sink = new ControlSink(sink);
        _logger = federation.Options.Loggers.CreateLogger<FederationController>();
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _started = federation.Time.GetUtcNow();
        _basis = new SyncBasis(config, self, [], []);
        Setting = new WatchSetting(federation.Time, _logger, Fail, _stop.Token);
        _queue = new WorkQueue<WorkKey>(federation.Time, options.InitialBackoff, options.MaximalBackoff)
        {
            Added = (key, again) => _instruments!.Queued(QueueOf(key.Type), again),
        };
        _scheduling = new SchedulingLoop(federation, options, Sink, () => _basis.Config.WhyNotScheduling is null, _ => { });
        _instruments = new ControllerInstruments(HealthOfClusters, Depths);
        _events = new EventRecorder(federation.Host, federation.Time, options, Sink, _instruments.Recorded);
        _host = new HostWatch(federation, this);
        _types = new TypeLoop(federation, options, _host, this);
    }

    public WatchSetting Setting { get; }

    public ControllerOptions Options { get; }

    public IEngineSink Sink { get; }

    public int Parallelism => _basis.Config.Parallelism;

    IReadOnlyList<FederatedType> ITypeEvents.Types => _basis.Types;

    /// <summary>Until stopped; then what is under way is ended and recorded.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var writing = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _federation.Time);
        using var onStop = _stop.Token.Register(() => writing.CancelAfter(Synchronizer.GracePeriod));
        _host.Start();
        var sources = new WatchedSources(_host, () => _basis, _members.GetValueOrDefault, new RememberedVersions(_host.Client));
        var dispatcher = new Dispatcher(_queue, new SyncLaunch(_federation, sources), _federation, Options, this);
        using var quiet = new CancellationTokenSource();
        var recording = GuardAsync(() => _events.RunAsync(quiet.Token, writing.Token), quiet.Token);
        await Task.WhenAll(
            GuardAsync(() => OnceSettledAsync(stop => dispatcher.RunAsync(stop, writing.Token)), _stop.Token),
            GuardAsync(() => OnceSettledAsync(_scheduling.RunAsync), _stop.Token),
            GuardAsync(() => OnceSettledAsync(_types.RunAsync), _stop.Token),
            GuardAsync(() => TellUnsyncedAsync(_stop.Token), _stop.Token),
            GuardAsync(() => ForgetAsync(_stop.Token), _stop.Token)).ConfigureAwait(false);
        await _types.EndAsync(writing.Token).ConfigureAwait(false);
        await quiet.CancelAsync().ConfigureAwait(false);
        await recording.ConfigureAwait(false);
        if (_defect is { } defect && !cancellationToken.IsCancellationRequested)
        {
            throw new FederationException("ControllerFailed", FederationProblem.Failed, $"The controller met a defect of its own: {defect.Message}", defect)
            {
                Remedy = "Start it again, and report this with its details.",
            };
        }

        // Decisions from half of the truth would take copies away.
        async Task OnceSettledAsync(Func<CancellationToken, Task> work)
        {
            await SettleAsync(_stop.Token).ConfigureAwait(false);
            await work(_stop.Token).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (var member in _members.Values)
        {
            member.Stop();
        }

        _instruments.Dispose();
        _stop.Dispose();
    }

    public bool IsAway(string cluster, string type) => _members.GetValueOrDefault(cluster) is not { } member || member.IsAway(type);

    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        await _known.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        await _host.Namespaces.WhenSettled.WaitAsync(cancellationToken).ConfigureAwait(false);
        await _host.Preferences.WhenSettled.WaitAsync(cancellationToken).ConfigureAwait(false);
        foreach (var type in _host.Federated.Values)
        {
            await type.Loop.WhenSettled.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Tells what is still not known of the host, each time the configured timeout has passed, until all of it is (E-15, P-104).</summary>
    private async Task TellUnsyncedAsync(CancellationToken cancellationToken)
    {
        var settled = SettleAsync(cancellationToken);
        while (!settled.IsCompleted)
        {
            var timeout = _basis.Config.CacheSyncTimeout;
            await Task.WhenAny(settled, Task.Delay(timeout, _federation.Time, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (!settled.IsCompleted && _host.Unknown() is { Count: > 0 } unknown)
            {
                Sink.Error(new FederationException(
                    "CachesNotSynced",
                    FederationProblem.NotReady,
                    $"Nothing is propagated yet, because after {timeout.TotalSeconds:0.###} s this is still not known of the host: {string.Join("; ", unknown)}.")
                {
                    Remedy = "Check that the host serves these kinds, and that this account may list and watch them.",
                });
            }
        }

        await settled.ConfigureAwait(false);
    }

    /// <summary>Forgets own writes that no watch tells of, and looks at what they were about.</summary>
    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Unconfirmed, _federation.Time, cancellationToken).ConfigureAwait(false);
            foreach (var key in _host.Expire(Unconfirmed))
            {
                Sink.Verbose($"No watch has told our own write to {key.Type} {key.Key} for {Unconfirmed.TotalSeconds:0} s, so what it told last counts again.");
                Add(key);
            }

            foreach (var key in _host.Types.Expire(Unconfirmed))
            {
                _types.Add(key.Name);
            }

            foreach (var (type, target) in _members.Values.SelectMany(member => member.Expire(Unconfirmed)))
            {
                if (_host.Federated.GetValueOrDefault(type) is { } watched)
                {
                    Add(new WorkKey(type, watched.Type.FederatedOf(target)));
                }
            }
        }
    }

    private async Task GuardAsync(Func<Task> work, CancellationToken stop)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
#pragma warning disable CA1031 // Nothing is swallowed: the controller ends with it.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            Fail(defect);
        }
    }

    private void Fail(Exception defect)
    {
        if (_stop.IsCancellationRequested)
        {
            // What is under way may meet cancelled tokens and closed connections, and that the controller was stopped is why.
            var level = defect is KubeException or OperationCanceledException or ObjectDisposedException ? LogLevel.Debug : LogLevel.Error;
            _logger.Log(level, defect, "Something failed while the controller was being stopped");
            return;
        }

        _logger.LogError(defect, "The controller ends because of a defect of its own");
        _defect ??= defect;
        _stop.Cancel();
    }
}
