using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Scheduling.State;

/// <summary>Reads one workload's state from members. A member that fails is a finding, never an exception.</summary>
/// <remarks>rsp.md section 2.</remarks>
internal sealed class WorkloadReader(Federation federation, MemberNodes nodes, SchedulingSettings settings)
{
    /// <summary>Older records say nothing of now: without controllers nobody refreshes them, and the member itself is asked.</summary>
    private static readonly TimeSpan _fresh = TimeSpan.FromMinutes(2);

    /// <summary>Members that gave no answer in this run; the next workload need not wait for them again.</summary>
    private readonly ConcurrentDictionary<string, string> _silent = new(StringComparer.Ordinal);

    /// <summary>Reads the copy of <paramref name="resource"/> in one cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="resource">The federated object.</param>
    /// <param name="shape">Where its type keeps replicas.</param>
    /// <param name="estimate">Whether the room on nodes is to be estimated (Fair mode).</param>
    /// <param name="wasFull">Whether the cluster was found full lately, so that the estimate is worth reading all pods for.</param>
    /// <param name="cancellationToken">Stops the reads.</param>
    public async Task<ClusterReading> ReadAsync(
        MemberCluster cluster, FederatedResource resource, ScaleShape shape, bool estimate, bool wasFull, CancellationToken cancellationToken)
    {
        if (cluster.Suspension is { } suspension)
        {
            return new(cluster) { Failure = suspension.ToString() };
        }

        var health = BadHealth(cluster);
        if (health is not null && federation.Time.GetUtcNow() - health.LastProbeTime < _fresh)
        {
            return new(cluster) { Failure = $"its health check says {Words(health)}", FailingSince = health.LastTransitionTime };
        }

        if (_silent.TryGetValue(cluster.Name, out var silence))
        {
            return new(cluster) { Failure = silence, FailingSince = health?.LastTransitionTime };
        }

        try
        {
            var member = await federation.Members.ConnectAsync(cluster, cancellationToken).ConfigureAwait(false);
            return await ReadAsync(member, new(cluster), resource, shape, estimate, wasFull, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is KubeException or FederationException)
        {
            if (error is KubeConnectionException)
            {
                _silent[cluster.Name] = error.Message;
            }

            return new(cluster) { Failure = error.Message, FailingSince = health?.LastTransitionTime };
        }
    }

    /// <summary>The recorded condition that speaks against a cluster; an offline one has no Ready condition at all (P-22).</summary>
    private static ClusterCondition? BadHealth(MemberCluster cluster) =>
        cluster.Conditions.FirstOrDefault(condition => (condition.Type == "Ready" && condition.Status == "False") || (condition.Type is "Offline" or "ConfigMalformed" && condition.Status == "True"));

    private static string Words(ClusterCondition condition) => condition.Message.Length > 0 ? condition.Message : $"{condition.Type} is {condition.Status}: {condition.Reason}";

    private static long Number(KubeObject value, IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            if (JsonPointer.Parse(path).TryFind(value.Json, out var node) && node is not null)
            {
                return node.AsInteger() ?? throw new FederationException(
                    "InvalidReplicas", FederationProblem.Invalid, $"{value}: {path}: Invalid value: {node.ToJsonString()}: must be an integer");
            }
        }

        return 0;
    }

    /// <remarks>R-22; matchExpressions are honoured (P-88).</remarks>
    private static string SelectorOf(KubeObject copy, ScaleShape shape)
    {
        JsonPointer.Parse(shape.SelectorPath).TryFind(copy.Json, out var node);
        if (node is JsonValue text && text.TryGetValue<string>(out var written))
        {
            return LabelSelector.Parse(written).ToString();
        }

        if (node is not JsonObject { Count: > 0 } map)
        {
            throw new FederationException("MissingSelector", FederationProblem.Invalid, $"missing selector on object: {copy} has no {shape.SelectorPath}")
            {
                Remedy = "Give the template a selector for its pods, so that those that find no node can be counted.",
            };
        }

        // A ReplicationController's selector is the map of labels itself.
        var selector = map.ContainsKey("matchLabels") || map.ContainsKey("matchExpressions") ? map : new JsonObject { ["matchLabels"] = map.DeepClone() };
        return LabelSelector.FromJson(selector, shape.SelectorPath).ToString();
    }

    private async Task<ClusterReading> ReadAsync(
        IKubeClient member,
        ClusterReading reading,
        FederatedResource resource,
        ScaleShape shape,
        bool estimate,
        bool wasFull,
        CancellationToken cancellationToken)
    {
        var copy = await member.FindAsync(resource.Type.Target, resource.TargetKey, cancellationToken).ConfigureAwait(false);
        if (copy is null)
        {
            // "Not found" is said of the object and of the type alike.
            return reading with { Served = await ServesAsync(member, resource.Type.Target, cancellationToken).ConfigureAwait(false) };
        }

        // What the last sync found to be another federation's runs for that one (P-56).
        var record = PropagationStatus.Read(resource.Object).Find(reading.Name);
        if (copy.Label(KubeFedNames.ManagedLabel) != "true" || record?.Reason == PropagationReason.OwnedByOtherFederation)
        {
            return reading;
        }

        var replicas = Number(copy, [shape.ReplicasPath]);
        var ready = Number(copy, shape.ReadyPaths);
        reading = reading with { Replicas = replicas, Ready = ready };
        if (replicas != ready)
        {
            var query = new ListQuery { Namespace = copy.Namespace, LabelSelector = SelectorOf(copy, shape) };
            var pods = await member.ListAsync(KnownResources.Pods, query, cancellationToken).ConfigureAwait(false);
            var analysis = PodAnalysis.Of(pods.Items, federation.Time.GetUtcNow(), settings.UnschedulableThreshold);
            reading = reading with { Pods = analysis, Ready = analysis.RunningAndReady };
        }

        return estimate
            ? reading with { Room = await nodes.RoomAsync(member, reading.Name, copy, shape, wasFull || reading.Pods is { UnschedulableNow: > 0 }, cancellationToken).ConfigureAwait(false) }
            : reading;
    }

    private static async Task<bool> ServesAsync(IKubeClient member, ApiResource target, CancellationToken cancellationToken) =>
        target == KnownResources.Deployments || target == KnownResources.ReplicaSets
        || await member.Discovery.FindAsync(target.Gvk, cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>The selector of a copy as a predicate on pods.</summary>
    internal static Func<KubeObject, bool> OwnPods(KubeObject copy, ScaleShape shape)
    {
        var selector = LabelSelector.Parse(SelectorOf(copy, shape));
        return pod => pod.Namespace == copy.Namespace && selector.Matches(pod);
    }
}
