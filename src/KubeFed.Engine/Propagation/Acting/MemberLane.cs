using System.Collections.Concurrent;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// One member's own way through a run: its client, its lists, its health. Nothing here is shared with another member, so that one that is dead or slow
/// holds up nobody else (P-49, P-72, P-101).
/// </summary>
internal sealed class MemberLane
{
    private readonly Task<IKubeClient>? _connecting;
    private readonly ServedVersions? _versions;
    private readonly Func<FederatedType, Task<MemberView>> _view;
    private readonly ConcurrentDictionary<string, Task<MemberView>> _renewed = new(StringComparer.Ordinal);
    private MemberFault? _down;
    private Action<MemberFault>? _lose;

    private MemberLane(MemberCluster cluster, Task<IKubeClient>? connecting, ServedVersions? versions, Func<FederatedType, Task<MemberView>> view) =>
        (Cluster, _connecting, _versions, _view) = (cluster, connecting, versions, view);

    public MemberCluster Cluster { get; }

    public string Name => Cluster.Name;

    /// <exception cref="InvalidOperationException">The lane is closed; nobody may ask the cluster anything.</exception>
    public Task<IKubeClient> Connecting => _connecting ?? throw new InvalidOperationException($"{Name} is closed and has no connection.");

    public CreationGuards Guards { get; private init; } = new();

    /// <summary>The lane of a member that is asked for its lists, each once a run.</summary>
    public static MemberLane Reading(MemberCluster cluster, Task<IKubeClient> connecting, SyncScope scope, CancellationToken reading)
    {
        var versions = new ServedVersions(connecting, reading);
        var views = new ConcurrentDictionary<string, Lazy<Task<MemberView>>>(StringComparer.Ordinal);
        return new MemberLane(cluster, connecting, versions, type => views.GetOrAdd(
            type.Name, _ => new Lazy<Task<MemberView>>(() => MemberView.ReadAsync(connecting, versions, type, scope, reading))).Value);
    }

    /// <summary>The lane of a member that is watched: what its lists would show is known already, or will be soon.</summary>
    /// <param name="cluster">The member.</param>
    /// <param name="client">Its connection.</param>
    /// <param name="view">What is known of a type's copies.</param>
    /// <param name="guards">What is known of how it creates.</param>
    /// <param name="lose">Told when it turns out to be lost, for those who go on when this run is over.</param>
    /// <param name="reading">Ends every read.</param>
    public static MemberLane Watched(
        MemberCluster cluster,
        IKubeClient client,
        Func<FederatedType, Task<MemberView>> view,
        CreationGuards guards,
        Action<MemberFault> lose,
        CancellationToken reading)
    {
        var connecting = Task.FromResult(client);
        return new MemberLane(cluster, connecting, new ServedVersions(connecting, reading), view) { Guards = guards, _lose = lose };
    }

    /// <summary>The lane of a suspended member: no connection is made, and every cell is told why.</summary>
    public static MemberLane Suspended(MemberCluster cluster, Suspension suspension) => Closed(cluster, new MemberFault(
        PropagationReason.ClusterSuspended,
        $"the cluster is {suspension}; once it is resumed, the next sync makes up for what it missed",
        Cluster: true));

    /// <summary>The lane of a member that is known to be out of reach: nothing is asked of it, and every cell is told why.</summary>
    public static MemberLane Closed(MemberCluster cluster, MemberFault why) =>
        new(cluster, null, null, type => Task.FromResult(MemberView.Unreadable(type.Target, why))) { _down = why };

    /// <summary>The type's copies; the first caller may have to wait for them.</summary>
    public Task<MemberView> ViewAsync(FederatedType type) => _renewed.GetValueOrDefault(type.Name) ?? _view(type);

    /// <summary>Puts another view of the type's copies in the place of what was known, for the rest of the run.</summary>
    public void Renew(FederatedType type, Task<MemberView> view) => _renewed[type.Name] = view;

    /// <summary>One copy by its name, and the type in the version the member serves (P-53).</summary>
    /// <exception cref="KubeException">It could not be read.</exception>
    /// <exception cref="InvalidOperationException">The lane is closed; nobody may ask the cluster anything.</exception>
    public Task<(ApiResource Resource, KubeObject? Found)> GetAsync(IKubeClient client, FederatedResource resource, CancellationToken cancellationToken) =>
        (_versions ?? throw new InvalidOperationException($"{Name} is closed and has no connection."))
            .GetAsync(client, resource.Type.Target, resource.TargetKey, cancellationToken);

    /// <summary>Why the cluster is lost; null while it is not.</summary>
    public MemberState.Unavailable? Lost => Volatile.Read(ref _down) is { } down ? new MemberState.Unavailable(down.Reason, down.Message) : null;

    /// <summary>What is known of one copy, given its type's list; once the cluster is lost, that it is.</summary>
    public MemberState StateOf(MemberView view, FederatedResource resource) => Lost ?? view.StateOf(resource.TargetKey, Cluster.RecordsScaling);

    /// <summary>Remembers that the cluster is lost, so that the rest of its work fails at once instead of one deadline at a time.</summary>
    public void Report(MemberFault? fault)
    {
        if (fault is { Cluster: true })
        {
            var lost = fault.Reason == PropagationReason.CredentialsRejected ? fault : fault with { Reason = PropagationReason.ClusterNotReady };
            if (Interlocked.CompareExchange(ref _down, lost, null) is null)
            {
                _lose?.Invoke(lost);
            }
        }
    }
}
