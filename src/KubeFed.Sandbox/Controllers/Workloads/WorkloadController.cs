using KubeFed.Sandbox.Server;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Controllers.Workloads;

/// <summary>
/// Brings workloads to life: Deployments get ReplicaSets, ReplicaSets and Jobs get Pods, Pods get nodes and run. Changes only mark what to look at; the work is
/// done when the changes are drained, so that a thousand new pods update their owner once.
/// </summary>
internal sealed class WorkloadController : IController
{
    public const string Deployments = "deployments.apps";
    public const string ReplicaSets = "replicasets.apps";
    public const string StatefulSets = "statefulsets.apps";
    public const string DaemonSets = "daemonsets.apps";
    public const string Jobs = "jobs.batch";

    private readonly ClusterState _cluster;
    private readonly Scheduler _scheduler;
    private readonly ServiceIngress _services;
    private readonly (string StorageKey, Action<StoredObject> Reconcile)[] _order;
    private readonly Dictionary<string, HashSet<(string Namespace, string Name)>> _dirty = new(StringComparer.Ordinal);

    public WorkloadController(ClusterState cluster, ObjectWriter writer, ObjectDeleter deleter)
    {
        _cluster = cluster;
        var pods = new OwnedPods(cluster, writer, deleter);
        _scheduler = new Scheduler(cluster, writer, deleter);
        _services = new ServiceIngress(cluster, writer);
        _order =
        [
            (ReplicaSets, new ReplicaSetController(cluster, writer, pods).Reconcile),
            (StatefulSets, new StatefulSetController(cluster, writer, pods).Reconcile),
            (DaemonSets, new DaemonSetController(cluster, writer, pods).Reconcile),
            (Jobs, new JobController(cluster, writer, pods).Reconcile),
            (Deployments, new DeploymentController(cluster, writer, deleter).Reconcile),
        ];
        foreach (var (key, _) in _order)
        {
            _dirty[key] = [];
        }
    }

    public bool Concerns(Change change) => change.StorageKey is "pods" or "nodes" or "services" || _dirty.ContainsKey(change.StorageKey);

    public void Handle(Change change)
    {
        switch (change.StorageKey)
        {
            case "pods":
                _scheduler.Note(change);
                MarkOwners(change.Object);
                break;
            case "nodes":
                _scheduler.Note(change);
                foreach (var set in _cluster.Store.Read(DaemonSets).Objects)
                {
                    _dirty[DaemonSets].Add((set.Namespace, set.Name));
                }

                break;
            case "services":
                _services.Assign(change);
                break;
            default:
                MarkOwners(change.Object);
                if (change.Type != ChangeType.Deleted)
                {
                    _dirty[change.StorageKey].Add((change.Object.Namespace, change.Object.Name));
                }

                break;
        }
    }

    public bool Idle()
    {
        var worked = _scheduler.Run();
        if (worked)
        {
            return true;
        }

        foreach (var (key, reconcile) in _order)
        {
            if (_dirty[key].Count == 0)
            {
                continue;
            }

            var places = _dirty[key].ToList();
            _dirty[key].Clear();
            foreach (var (@namespace, name) in places)
            {
                if (_cluster.Store.Find(key, @namespace, name) is { IsDeleting: false } live)
                {
                    reconcile(live);
                }
            }

            return true;
        }

        return false;
    }

    private void MarkOwners(StoredObject value)
    {
        foreach (var owner in value.Owners)
        {
            if (owner.Controls && _cluster.Store.FindUid(owner.Uid) is { } place && _dirty.TryGetValue(place.StorageKey, out var marked))
            {
                marked.Add((place.Object.Namespace, place.Object.Name));
            }
        }
    }
}
