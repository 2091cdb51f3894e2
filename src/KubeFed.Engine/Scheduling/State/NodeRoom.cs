using System.Numerics;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Scheduling.State;

/// <summary>How many replicas of one workload a cluster's nodes can hold, from what they offer and what pods request.</summary>
/// <remarks>
/// P-83: knowing the room, nobody has to be asked for replicas that cannot run. The estimate honours cordons, readiness, taints, node selectors, requests
/// and pod counts; affinity, topology spread and volumes are left to the scheduler, whose pending pods correct it.
/// </remarks>
public static class NodeRoom
{
    /// <summary>Whether all nodes can take pods, so that there is no reason to look closer.</summary>
    public static bool AllUsable(IEnumerable<KubeObject> nodes, JsonObject? podSpec) => nodes.All(node => IsUsable(node, podSpec));

    /// <param name="nodes">All nodes.</param>
    /// <param name="pods">All pods of the cluster.</param>
    /// <param name="podSpec">The <c>spec</c> of the workload's pod template; null requests nothing.</param>
    /// <param name="isOwn">Whether a pod belongs to the workload.</param>
    /// <returns>The replicas that run or could run on usable nodes; null when nothing bounds them.</returns>
    public static long? Of(IReadOnlyCollection<KubeObject> nodes, IReadOnlyCollection<KubeObject> pods, JsonObject? podSpec, Func<KubeObject, bool> isOwn)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(pods);
        ArgumentNullException.ThrowIfNull(isOwn);
        var wanted = Requests(podSpec);
        var byNode = pods.Where(IsAlive).ToLookup(pod => pod.Spec.Text("nodeName") ?? string.Empty, StringComparer.Ordinal);
        long room = 0;
        foreach (var node in nodes.Where(node => IsUsable(node, podSpec)))
        {
            if (Slots(node, [.. byNode[node.Name]], wanted) is not { } slots)
            {
                return null;
            }

            room += slots + byNode[node.Name].Count(isOwn);
        }

        return room;
    }

    private static bool IsAlive(KubeObject pod) => !pod.IsDeleting && pod.Status.Text("phase") is not ("Succeeded" or "Failed");

    private static long? Slots(KubeObject node, IReadOnlyCollection<KubeObject> pods, Dictionary<string, BigInteger> wanted)
    {
        var offered = node.Status.Map("allocatable") ?? node.Status.Map("capacity");
        BigInteger? slots = Quantity.Read(offered?["pods"]) is { } most ? most.Units - pods.Count : null;
        foreach (var (resource, request) in wanted.Where(entry => entry.Value > 0))
        {
            var free = pods.Aggregate(Nano(offered?[resource]), (left, pod) => left - Requests(pod.Spec).GetValueOrDefault(resource));
            var fit = BigInteger.Max(free, 0) / request;
            slots = slots is null || fit < slots ? fit : slots;
        }

        return slots is null ? null : (long)BigInteger.Clamp(slots.Value, 0, int.MaxValue);
    }

    private static bool IsUsable(KubeObject node, JsonObject? podSpec)
    {
        var ready = node.Status.Maps("conditions").FirstOrDefault(condition => condition.Text("type") == "Ready");
        return !node.Spec.Flag("unschedulable")
            && (ready is null || ready.Text("status") == "True")
            && node.Spec.Maps("taints").All(taint => taint.Text("effect") == "PreferNoSchedule" || podSpec.Maps("tolerations").Any(toleration => Tolerates(toleration, taint)))
            && (podSpec.Map("nodeSelector") ?? []).All(entry => entry.Value is JsonValue value && value.TryGetValue<string>(out var text) && node.Label(entry.Key) == text);
    }

    private static bool Tolerates(JsonObject toleration, JsonObject taint) =>
        toleration.NonEmptyText("effect") is var effect && (effect is null || effect == taint.Text("effect"))
        && (toleration.NonEmptyText("key") is { } key
            ? key == taint.Text("key") && (toleration.Text("operator") == "Exists" || (toleration.Text("value") ?? string.Empty) == (taint.Text("value") ?? string.Empty))
            : toleration.Text("operator") == "Exists");

    /// <summary>The containers' sum, or an init container's request where that is more.</summary>
    private static Dictionary<string, BigInteger> Requests(JsonObject? podSpec)
    {
        var sums = new Dictionary<string, BigInteger>(StringComparer.Ordinal);
        foreach (var container in podSpec.Maps("containers"))
        {
            foreach (var (resource, request) in RequestsOf(container))
            {
                sums[resource] = sums.GetValueOrDefault(resource) + request;
            }
        }

        foreach (var (resource, request) in podSpec.Maps("initContainers").SelectMany(RequestsOf))
        {
            sums[resource] = BigInteger.Max(sums.GetValueOrDefault(resource), request);
        }

        return sums;
    }

    private static IEnumerable<KeyValuePair<string, BigInteger>> RequestsOf(JsonObject container) =>
        (container.Map("resources").Map("requests") ?? container.Map("resources").Map("limits") ?? [])
        .Select(entry => KeyValuePair.Create(entry.Key, Nano(entry.Value)));

    private static BigInteger Nano(JsonNode? node) => Quantity.Read(node)?.Nano ?? 0;
}
