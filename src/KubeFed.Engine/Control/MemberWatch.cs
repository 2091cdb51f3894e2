using System.Collections.Concurrent;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Watching;

namespace KubeFed.Engine.Control;

/// <summary>
/// One member as a controller sees it: its connection, the watches of its copies, how it fares. Nothing in here is shared with another member, and a member
/// that is away keeps its watches (P-21).
/// </summary>
/// <param name="name">The cluster.</param>
/// <param name="events">Told of what happens here.</param>
internal sealed class MemberWatch(string name, IMemberEvents events)
{
    private readonly ConcurrentDictionary<string, CopyWatch> _copies = new(StringComparer.Ordinal);
    private readonly CreationGuards _guards = new();
    private MemberCluster? _cluster;
    private IKubeClient? _connected;
    private ObservedClient? _client;
    private MemberFault? _unhealthy;
    private (MemberFault Fault, long At)? _lost;
    private (string Text, DateTimeOffset Since)? _trouble;

    public string Name => name;

    /// <summary>As registered.</summary>
    public MemberCluster Cluster => _cluster ?? throw new InvalidOperationException($"{name} has not been seen yet.");

    /// <summary>The connection as it is now; null while there is none.</summary>
    public IKubeClient? Client => _client;

    /// <summary>Why there is no connection; null when there is one.</summary>
    public FederationException? Malformed { get; private set; }

    public CancellationTokenSource Stopping { get; } = CancellationTokenSource.CreateLinkedTokenSource(events.Setting.Stop);

    /// <summary>Nobody has begun to look after its health.</summary>
    public bool IsNew { get; set; }

    public int WatchedTypes => _copies.Count(copy => copy.Value.IsTrue);

    /// <summary>What last went wrong; null when nothing is wrong.</summary>
    public (string Text, DateTimeOffset Since)? Trouble
    {
        get
        {
            var now = Malformed?.Message
                ?? _unhealthy?.Message
                // Only its own ToArray takes all entries at one moment, while others come and go.
                ?? _copies.ToArray().OrderBy(copy => copy.Key, StringComparer.Ordinal)
                    .Select(copy => copy.Value.Trouble is { } trouble ? $"{copy.Key}: {trouble.Message}" : null)
                    .FirstOrDefault(text => text is not null);
            if (now is null)
            {
                return _trouble = null;
            }

            return _trouble is { } known && known.Text == now ? known : _trouble = (now, events.Setting.Time.GetUtcNow());
        }
    }

    /// <summary>Takes in how the cluster is registered. With another connection than before its watches begin anew (P-2).</summary>
    public void Register(MemberCluster cluster, Func<MemberCluster, IKubeClient> connect)
    {
        _cluster = cluster;
        IKubeClient? connected = null;
        try
        {
            connected = cluster.Suspension is null ? connect(cluster) : null;
            Malformed = null;
        }
        catch (FederationException error)
        {
            Malformed = error;
        }
        catch (KubeConfigException error)
        {
            Malformed = new FederationException("ClusterConfigInvalid", FederationProblem.NotReady, error.Message, error) { Target = name };
        }

        if (ReferenceEquals(connected, _connected))
        {
            return;
        }

        foreach (var type in _copies.Keys)
        {
            Unwatch(type);
        }

        _connected = connected;
        _lost = null;
        _client = connected is null ? null : new ObservedClient(connected, events.Setting.Time, Wrote);
    }

    /// <summary>Watches just these types; those that are watched already in the same way go on undisturbed (P-21, C-51).</summary>
    public void Watch(IReadOnlyDictionary<string, (FederatedType Type, CopyQuery Query)> wanted, FederationIdentity? self)
    {
        foreach (var (type, copies) in _copies)
        {
            if (!wanted.TryGetValue(type, out var still) || still.Query != copies.Query)
            {
                Unwatch(type);
            }
        }

        if (_client is not { } client)
        {
            return;
        }

        foreach (var (type, query) in wanted.Values.Where(entry => !_copies.ContainsKey(entry.Type.Name)))
        {
            var setting = events.Setting with { Stop = Stopping.Token };
            var copies = new CopyWatch(
                setting, events.Options, type, query, self, change => events.CopyChanged(this, type, change), () => events.ViewTurned(this, type));
            _copies[type.Name] = copies;
            copies.Start(client);
        }
    }

    /// <summary>A way through one run.</summary>
    public MemberLane OpenLane(CancellationToken reading)
    {
        if (Cluster.Suspension is { } suspension)
        {
            return MemberLane.Suspended(Cluster, suspension);
        }

        if (Away() is { } why || _client is not { } client)
        {
            return MemberLane.Closed(Cluster, Away() ?? NotYet);
        }

        return MemberLane.Watched(Cluster, client, ViewAsync, _guards, Lost, reading);
    }

    /// <summary>What is known of the copies of a type.</summary>
    public CopyWatch? Copies(string type) => _copies.GetValueOrDefault(type);

    /// <summary>The member, or this type in it, is known to be out of reach, and it will be told when it no longer is; so nobody need ask for it.</summary>
    public bool IsAway(string type) =>
        _cluster?.Suspension is not null || Malformed is not null || _unhealthy is not null || Copies(type) is not { IsTrue: true };

    /// <summary>What the health check has settled on; null for a member that is well.</summary>
    public void Settle(MemberFault? unhealthy)
    {
        var turned = unhealthy is null != _unhealthy is null;
        _unhealthy = unhealthy;
        if (unhealthy is null)
        {
            _lost = null;
        }

        if (turned)
        {
            events.MemberTurned(this);
        }
    }

    public void Stop()
    {
        Stopping.Cancel();
        _copies.Clear();
    }

    /// <summary>Own writes that no watch has confirmed in time.</summary>
    public IEnumerable<(string Type, ObjectKey Target)> Expire(TimeSpan age) =>
        _copies.SelectMany(copies => copies.Value.Expire(age).Select(key => (copies.Key, key)));

    private static MemberFault NotYet { get; } = new(PropagationReason.ClusterNotReady, "the cluster has no connection yet", Cluster: true);

    private Task<MemberView> ViewAsync(FederatedType type) => Copies(type.Name)?.ViewAsync()
        ?? Task.FromResult(MemberView.Unreadable(type.Target, NotYet with { Cluster = false }));

    private MemberFault? Away()
    {
        if (Malformed is { } malformed)
        {
            return MemberFault.OfRead(malformed);
        }

        if (_unhealthy is { } unhealthy)
        {
            return unhealthy;
        }

        // A member that just let a call time out is not asked again by every resource that follows, but by the first after a while.
        return _lost is { } lost && events.Setting.Time.GetElapsedTime(lost.At) < events.Options.InitialBackoff ? lost.Fault : null;
    }

    private void Lost(MemberFault fault) => _lost = (fault, events.Setting.Time.GetTimestamp());

    private void Unwatch(string type)
    {
        if (_copies.TryRemove(type, out var copies))
        {
            copies.Stop();
        }
    }

    private void Wrote(ObservedWrite write)
    {
        foreach (var copies in _copies.Values)
        {
            if ((copies.Query.Target.Group, copies.Query.Target.Plural) == (write.Resource.Group, write.Resource.Plural))
            {
                copies.Wrote(write);
            }

            if (write.Resource.QualifiedName == KnownResources.CustomResourceDefinitions.QualifiedName)
            {
                copies.Defined();
            }
        }

        events.MemberWritten(this, write);
    }
}

/// <summary>What members tell their controller.</summary>
internal interface IMemberEvents
{
    WatchSetting Setting { get; }

    ControllerOptions Options { get; }

    /// <summary>A copy came, changed or went.</summary>
    void CopyChanged(MemberWatch member, FederatedType type, InformerEvent<MemberVersion> change);

    /// <summary>All copies of a type are known, or no longer.</summary>
    void ViewTurned(MemberWatch member, FederatedType type);

    /// <summary>The member became well, or unwell.</summary>
    void MemberTurned(MemberWatch member);

    /// <summary>The member took a write.</summary>
    void MemberWritten(MemberWatch member, ObservedWrite write);
}
