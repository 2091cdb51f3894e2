namespace KubeFed.Engine.Control;

/// <content>What can be seen of it from outside.</content>
internal sealed partial class ControlRun
{
    private const string PreferenceQueue = "replicaschedulingpreference";

    public ControllerState State(bool running)
    {
        var counts = _queue.Count(key => key.Type);
        var unknown = _host.Unknown();
        return new ControllerState
        {
            Started = _started,
            IsRunning = running,
            IsSynced = running && unknown.Count == 0 && _known.Task.IsCompleted,
            Unsynced = unknown,
            Types =
            [
                .. _host.Federated.Values.Where(type => IsWorked(type.Type)).OrderBy(type => type.Type.Name, StringComparer.Ordinal).Select(type =>
                {
                    var (queued, inWork) = counts.GetValueOrDefault(type.Type.Name);
                    return new ControlledType(type.Type.Name, type.Loop.Count, queued, inWork);
                }),
            ],
            Clusters =
            [
                .. _members.Values.OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => new ControlledCluster
                {
                    Name = member.Name,
                    WatchedTypes = member.WatchedTypes,
                    Ready = member.Cluster.Ready,
                    Suspended = member.Cluster.Suspension is not null,
                    Trouble = member.Trouble?.Text,
                    TroubleSince = member.Trouble?.Since,
                }),
            ],
            Runs = Interlocked.Read(ref _runs),
            MemberWrites = Interlocked.Read(ref _memberWrites),
            HostWrites = Interlocked.Read(ref _hostWrites),
            Failures = Interlocked.Read(ref _failures),
            OldestDue = _queue.OldestDue,
        };
    }

    /// <summary>Nothing is due or in work, or will be within the time.</summary>
    public bool IsIdle(TimeSpan within) => _queue.IsIdle(within) && _scheduling.IsIdle(within) && _types.IsIdle(within) && _events.IsIdle;

    private IEnumerable<(string Cluster, string State)> HealthOfClusters() => _basis.Clusters.Select(cluster => (
        cluster.Name,
        cluster.Ready == true ? "ready" : cluster.Conditions.Any(condition => condition is { Type: "Offline", Status: "True" }) ? "offline" : "notready"));

    private IEnumerable<(string Queue, int Depth)> Depths()
    {
        var counts = _queue.Count(key => key.Type);
        foreach (var type in _host.Federated.Values.Where(type => IsWorked(type.Type)))
        {
            yield return (QueueOf(type.Type.Name), counts.GetValueOrDefault(type.Type.Name).Queued);
        }

        yield return (PreferenceQueue, _scheduling.Waiting);
    }

    /// <summary>KubeFed named its queues after the federated kind (C-100).</summary>
    private string QueueOf(string type) => _host.Federated.GetValueOrDefault(type)?.Type.Federated.Kind.ToLowerInvariant() ?? type;
}
