using System.Collections.Concurrent;
using KubeFed.Engine.Api;
using KubeFed.Engine.Api.Validation;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Engine.Propagation.Reading;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace KubeFed.Engine.Control;

/// <summary>
/// A controller at work: it holds what is watched, keeps the set of watches what configuration, types and clusters ask for, and has what is due done. What
/// leads to what is in its other part.
/// </summary>
internal sealed partial class ControlRun : IHostEvents, IMemberEvents, IRunEvents, IDisposable
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
        _scheduling = new SchedulingLoop(federation, options, Sink, _ => { });
        _instruments = new ControllerInstruments(HealthOfClusters, Depths);
        _host = new HostWatch(federation, this);
    }

    public WatchSetting Setting { get; }

    public ControllerOptions Options { get; }

    public IEngineSink Sink { get; }

    public int Parallelism => _basis.Config.Parallelism;

    /// <summary>Until stopped; then what is under way is ended and recorded.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var writing = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _federation.Time);
        using var onStop = _stop.Token.Register(() => writing.CancelAfter(Synchronizer.GracePeriod));
        _host.Start();
        var sources = new WatchedSources(_host, () => _basis, _members.GetValueOrDefault, new RememberedVersions(_host.Client));
        var dispatcher = new Dispatcher(_queue, new SyncLaunch(_federation, sources), _federation, Options, this);
        await Task.WhenAll(
            GuardAsync(DispatchAsync, _stop.Token),
            GuardAsync(ScheduleAsync, _stop.Token),
            GuardAsync(() => ForgetAsync(_stop.Token), _stop.Token)).ConfigureAwait(false);
        if (_defect is { } defect && !cancellationToken.IsCancellationRequested)
        {
            throw new FederationException("ControllerFailed", FederationProblem.Failed, $"The controller met a defect of its own: {defect.Message}", defect)
            {
                Remedy = "Start it again, and report this with its details.",
            };
        }

        // Decisions from half of the truth would take copies away.
        async Task DispatchAsync()
        {
            await SettleAsync(_stop.Token).ConfigureAwait(false);
            await dispatcher.RunAsync(_stop.Token, writing.Token).ConfigureAwait(false);
        }

        async Task ScheduleAsync()
        {
            await SettleAsync(_stop.Token).ConfigureAwait(false);
            await _scheduling.RunAsync(_stop.Token).ConfigureAwait(false);
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

    /// <summary>Configuration, types, clusters or tokens changed: the watches become what they ask for. All others go on (P-21, C-51).</summary>
    public void SettingChanged()
    {
        if (!_host.IsKnown)
        {
            return;
        }

        SyncBasis before, now;
        lock (_gate)
        {
            before = _basis;
            _basis = now = new SyncBasis(ReadConfig(before.Config), _self, ReadTypes(), ReadClusters());
            Rewatch(now);
        }

        _known.TrySetResult();
        Compare(before, now);
    }

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

    /// <summary>What is refused leaves what was before in force; nothing ends because of it (P-106).</summary>
    private ControlPlaneConfig ReadConfig(ControlPlaneConfig before)
    {
        if (_host.Config.Find(new ObjectKey(_federation.SystemNamespace, KubeFedNames.ConfigName)) is not { } found)
        {
            return Refuse("it is gone");
        }

        var errors = KubeFedConfigValidation.Check(found, before: null);
        if (errors.Count > 0 && before.Source.ResourceVersion != found.ResourceVersion)
        {
            return Refuse(string.Join("; ", errors));
        }

        _refused = null;
        return ControlPlaneConfigReader.Read(found);

        ControlPlaneConfig Refuse(string why)
        {
            if (_refused != why)
            {
                _refused = why;
                Sink.Warning($"KubeFedConfig {KubeFedNames.ConfigName} is not taken over, and what it said before stays in force: {why}.");
            }

            return before;
        }
    }

    private IReadOnlyList<FederatedType> ReadTypes() =>
        [.. _host.Types.Values().OrderBy(value => value.Name, StringComparer.Ordinal).Select(Types.FederatedTypeReader.Read)];

    private IReadOnlyList<MemberCluster> ReadClusters() =>
        [.. _host.Clusters.Values().OrderBy(value => value.Name, StringComparer.Ordinal).Select(MemberClusterReader.Read)];

    private void Rewatch(SyncBasis basis)
    {
        var scope = new SyncScope(new SyncRequest(), basis.Config, _federation.SystemNamespace, _self);
        var worked = basis.Types.Where(type => IsWorked(type, basis, scope)).ToList();
        var home = basis.Config.Scope == ControlPlaneScope.Namespaced ? _federation.SystemNamespace : null;

        // Namespaces place what is in them, whether they are propagated themselves or not.
        _host.Watch([.. worked, .. basis.Types.Where(type => type.IsNamespaceType && !worked.Contains(type))], home);
        _queue.Forget(key => !worked.Exists(type => type.Name == key.Type));
        var wanted = worked.ToDictionary(
            type => type.Name, type => (type, new CopyQuery(type.Target, scope.CollectsStatus(type), home)), StringComparer.Ordinal);
        foreach (var cluster in basis.Clusters)
        {
            var member = _members.GetOrAdd(cluster.Name, Begin);
            member.Register(cluster, Connect);
            member.Watch(wanted, _self);
            if (member.IsNew)
            {
                member.IsNew = false;
                BeginHealth(member);
            }
        }

        foreach (var gone in _members.Keys.Except(basis.Clusters.Select(cluster => cluster.Name), StringComparer.Ordinal))
        {
            if (_members.TryRemove(gone, out var member))
            {
                member.Stop();
            }
        }

        ReleaseTypes(basis);
    }

    /// <summary>
    /// Without its FederatedNamespaces a control plane of the whole cluster would take every copy for one whose namespace is not federated; as with KubeFed,
    /// such types rest meanwhile (section 5 of its controllers).
    /// </summary>
    private static bool IsWorked(FederatedType type, SyncBasis basis, SyncScope scope) =>
        type.PropagationEnabled
        && !type.Source.IsDeleting
        && scope.Reaches(type)
        && (type.IsNamespaceType
            || !type.Target.Namespaced
            || basis.Config.Scope == ControlPlaneScope.Namespaced
            || basis.Types.Any(other => other.IsNamespaceType));

    private MemberWatch Begin(string name) => new(name, this) { IsNew = true };

    private IKubeClient Connect(MemberCluster cluster) => _federation.Members.Connect(
        cluster, cluster.SecretName.Length == 0 ? null : _host.Secrets.Find(new ObjectKey(_federation.SystemNamespace, cluster.SecretName))?.Text);

    private void BeginHealth(MemberWatch member)
    {
        if (!Options.ChecksHealth)
        {
            return;
        }

        var loop = new HealthLoop(_federation, member, () => _basis.Config.Health, (_, probe) => _instruments.Probed(probe.Latency));
        _ = GuardAsync(() => loop.RunAsync(Sink, _logger, member.Stopping.Token), member.Stopping.Token);
    }

    /// <summary>A type that is being deleted waits for whoever propagates it to let go (C-55).</summary>
    private void ReleaseTypes(SyncBasis basis)
    {
        foreach (var type in basis.Types.Where(type => type.Source.IsDeleting && type.Source.Finalizers.Contains(KubeFedNames.TypeConfigFinalizer)))
        {
            _ = GuardAsync(() => ReleaseAsync(type), _stop.Token);
        }
    }

    private async Task ReleaseAsync(FederatedType type)
    {
        try
        {
            await Writing.Finalizers
                .RemoveAsync(_host.Client, CoreResources.FederatedTypeConfigs, type.Source, KubeFedNames.TypeConfigFinalizer, _stop.Token)
                .ConfigureAwait(false);
        }
        catch (KubeException error)
        {
            Sink.Warning($"FederatedTypeConfig {type.Name} could not be let go: {error.Message}");
        }
    }

    /// <summary>Forgets own writes that no watch tells of, and looks at what they were about.</summary>
    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Unconfirmed, _federation.Time, cancellationToken).ConfigureAwait(false);
            foreach (var key in _host.Expire(Unconfirmed))
            {
                Add(key);
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
        _logger.LogError(defect, "The controller ends because of a defect of its own");
        _defect ??= defect;
        if (!_stop.IsCancellationRequested)
        {
            _stop.Cancel();
        }
    }
}
