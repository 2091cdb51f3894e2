using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Watching;
using Microsoft.Extensions.Logging;

namespace KubeFed.Engine.Control;

/// <summary>What a watch of copies depends on; when any of it changes, the watch is started anew.</summary>
/// <param name="Target">What is propagated.</param>
/// <param name="WithStatus">Whole objects are read, because their status is collected (E-120).</param>
/// <param name="Namespace">Null for all.</param>
internal sealed record CopyQuery(ApiResource Target, bool WithStatus, string? Namespace);

/// <summary>
/// The copies of one type in one member, kept true by a watch: versions only. Its troubles are its own: a member that does not serve the type, refuses, or
/// hangs, costs the cells of this type in this member, and nobody waits for it longer than a short patience (P-49, P-101, P-104).
/// </summary>
internal sealed class CopyWatch
{
    private readonly WatchSetting _setting;
    private readonly ControllerOptions _options;
    private readonly FederatedType _type;
    private readonly FederationIdentity? _self;
    private readonly WatchLoop<MemberVersion> _loop;
    private ApiResource _resource;
    private volatile TaskCompletionSource _defined = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="setting">Clock, log, end.</param>
    /// <param name="options">Patience and backoff.</param>
    /// <param name="type">Whose copies.</param>
    /// <param name="query">How they are watched.</param>
    /// <param name="self">Who we are.</param>
    /// <param name="changed">Told of each copy that changed or went.</param>
    /// <param name="turned">Told when what is known of all copies has come, gone, or come back.</param>
    public CopyWatch(
        WatchSetting setting,
        ControllerOptions options,
        FederatedType type,
        CopyQuery query,
        FederationIdentity? self,
        Action<InformerEvent<MemberVersion>> changed,
        Action turned)
    {
        (_setting, _options, _type, Query, _self, _resource) = (setting, options, type, query, self, query.Target);
        _loop = new WatchLoop<MemberVersion>(setting, copy => copy.ResourceVersion)
        {
            Changed = change =>
            {
                if (change.Change == InformerChange.Synced)
                {
                    turned();
                }
                else
                {
                    changed(change);
                }
            },
            Troubled = _ => turned(),
        };
    }

    public CopyQuery Query { get; }

    /// <summary>The copies are known, and nothing is wrong.</summary>
    public bool IsTrue => _loop.IsTrue;

    public KubeException? Trouble => _loop.Trouble;

    public IReadOnlyList<ObjectKey> Keys() => _loop.Keys();

    public void Start(IKubeClient client) => _loop.Guard(() => WatchAsync(client));

    public void Stop() => _loop.Stop();

    /// <summary>The copies as they are known; whoever asks early waits as long as patience since the start goes.</summary>
    public Task<MemberView> ViewAsync() => _loop.IsSettled ? Task.FromResult(View()) : WaitAsync();

    /// <summary>A write of ours, so that what follows need not wait for the watch to tell it.</summary>
    public void Wrote(ObservedWrite write)
    {
        // What a deletion leaves is told by the watch alone: some servers answer with an object that is gone.
        if (write.Now is { } now)
        {
            var kept = now.Label(KubeFedNames.ManagedLabel) is null ? null : Keep(now);
            _loop.Wrote(write.Key, now.ResourceVersion, kept);
        }
    }

    /// <summary>The member got a definition, so that it may serve the type from now on.</summary>
    public void Defined() => _defined.TrySetResult();

    public IReadOnlyList<ObjectKey> Expire(TimeSpan age) => _loop.Expire(age);

    private async Task<MemberView> WaitAsync()
    {
        await _loop.SettleAsync(_options.Patience).ConfigureAwait(false);
        return View();
    }

    private MemberView View() => _loop.Trouble is { } trouble ? MemberView.Unreadable(_resource, MemberFault.OfRead(trouble))
        : _loop.IsTrue ? MemberView.Watched(_resource, _loop.Find)
        : MemberView.Unreadable(
            _resource, new MemberFault(PropagationReason.ClusterNotReady, "the cluster has not answered yet", Cluster: false));

    private MemberVersion Keep(KubeObject value) => MemberVersion.Of(value, Query.WithStatus, _self);

    /// <summary>Watches the type in the version the member serves; where it serves none, asks again later and later (P-53).</summary>
    private async Task WatchAsync(IKubeClient client)
    {
        var pause = _options.InitialBackoff;
        while (true)
        {
            KubeApiException? missing = null;
            using var round = CancellationTokenSource.CreateLinkedTokenSource(_loop.Stopping);
            var query = new ListQuery
            {
                Namespace = Query.Target.Namespaced ? Query.Namespace : null,
                LabelSelector = KubeFedNames.ManagedLabel,
                MetadataOnly = !Query.WithStatus,
            };
            try
            {
                await _loop.RunAsync(client, _resource, query, Keep, Missing, round.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (missing is not null && !_loop.Stopping.IsCancellationRequested)
            {
                // Another version may be served.
            }

            if (_resource == Query.Target && await ServedAsync(client).ConfigureAwait(false) is { } served)
            {
                _resource = served;
                continue;
            }

            _resource = Query.Target;
            _loop.Report(missing);
            pause = await PauseAsync(pause).ConfigureAwait(false);

            bool Missing(KubeException error)
            {
                if (error is KubeApiException { IsNotFound: true } notFound)
                {
                    missing = notFound;
                    round.Cancel();
                }

                return missing is not null;
            }
        }
    }

    /// <summary>Waits, or until the member got a definition.</summary>
    /// <returns>How long to wait the next time.</returns>
    private async Task<TimeSpan> PauseAsync(TimeSpan pause)
    {
        var defined = _defined.Task;
        if (await Task.WhenAny(Task.Delay(pause, _setting.Time, _loop.Stopping), defined).ConfigureAwait(false) == defined)
        {
            _defined = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _options.InitialBackoff;
        }

        _loop.Stopping.ThrowIfCancellationRequested();
        return pause * 2 < _options.MaximalBackoff ? pause * 2 : _options.MaximalBackoff;
    }

    private async Task<ApiResource?> ServedAsync(IKubeClient client)
    {
        try
        {
            return await new ServedVersions(Task.FromResult(client), _loop.Stopping).FindAsync(_type.Target).ConfigureAwait(false);
        }
        catch (KubeException error)
        {
            // Then it counts as not served until it is asked again.
            _setting.Logger.LogDebug(
                "{Cluster}: which versions of {Type} it serves could not be found out: {Reason}", client.Settings.Name, _type.Name, error.Message);
            return null;
        }
    }
}
