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
    private readonly ConcurrentDictionary<string, Lazy<Task<MemberView>>> _views = new(StringComparer.Ordinal);
    private readonly SyncScope _scope;
    private readonly CancellationToken _reading;
    private readonly Task<IKubeClient>? _connecting;
    private readonly ServedVersions? _versions;
    private MemberFault? _down;

    public MemberLane(MemberCluster cluster, Task<IKubeClient> connecting, SyncScope scope, CancellationToken reading)
        : this(cluster, scope, reading) => (_connecting, _versions) = (connecting, new ServedVersions(connecting, reading));

    private MemberLane(MemberCluster cluster, SyncScope scope, CancellationToken reading) => (Cluster, _scope, _reading) = (cluster, scope, reading);

    public MemberCluster Cluster { get; }

    public string Name => Cluster.Name;

    /// <exception cref="InvalidOperationException">The cluster is suspended; nobody may ask it anything.</exception>
    public Task<IKubeClient> Connecting => _connecting ?? throw new InvalidOperationException($"{Name} is suspended and has no connection.");

    public CreationGuards Guards { get; } = new();

    /// <summary>The lane of a suspended member: no connection is made, and every cell is told why.</summary>
    public static MemberLane Suspended(MemberCluster cluster, Suspension suspension, SyncScope scope) => new(cluster, scope, CancellationToken.None)
    {
        _down = new MemberFault(
            PropagationReason.ClusterSuspended,
            $"the cluster is {suspension}; once it is resumed, the next sync makes up for what it missed",
            Cluster: true),
    };

    /// <summary>The type's list, read once a run; the first caller starts it.</summary>
    public Task<MemberView> ViewAsync(FederatedType type) => _connecting is null
        ? Task.FromResult(MemberView.Unreadable(type.Target, _down!))
        : _views.GetOrAdd(type.Name, _ => new Lazy<Task<MemberView>>(() => MemberView.ReadAsync(_connecting, _versions!, type, _scope, _reading))).Value;

    /// <summary>One copy by its name, and the type in the version the member serves (P-53).</summary>
    /// <exception cref="KubeException">It could not be read.</exception>
    /// <exception cref="InvalidOperationException">The cluster is suspended; nobody may ask it anything.</exception>
    public Task<(ApiResource Resource, KubeObject? Found)> GetAsync(IKubeClient client, FederatedResource resource, CancellationToken cancellationToken) =>
        (_versions ?? throw new InvalidOperationException($"{Name} is suspended and has no connection."))
            .GetAsync(client, resource.Type.Target, resource.TargetKey, cancellationToken);

    /// <summary>Why the cluster is lost; null while it is not.</summary>
    public MemberState.Unavailable? Lost => Volatile.Read(ref _down) is { } down ? new MemberState.Unavailable(down.Reason, down.Message) : null;

    /// <summary>What is known of one copy, given its type's list; once the cluster is lost, that it is.</summary>
    public MemberState StateOf(MemberView view, FederatedResource resource) => Lost ?? view.StateOf(resource.TargetKey);

    /// <summary>Remembers that the cluster is lost, so that the rest of its work fails at once instead of one deadline at a time.</summary>
    public void Report(MemberFault? fault)
    {
        if (fault is { Cluster: true })
        {
            var lost = fault.Reason == PropagationReason.CredentialsRejected ? fault : fault with { Reason = PropagationReason.ClusterNotReady };
            Interlocked.CompareExchange(ref _down, lost, null);
        }
    }
}
