using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;
using KubeFed.Sandbox.Schema;
using KubeFed.Sandbox.Server;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Controllers.Workloads;

/// <summary>
/// Puts pods on nodes that have room, and lets them run there; says why where none has. Job-like pods end well at once. Pods that wait are looked at again when
/// something that could help them happens.
/// </summary>
internal sealed class Scheduler(ClusterState cluster, ObjectWriter writer, ObjectDeleter deleter)
{
    private static readonly string[] OptionalTexts = ["reason", "message"];

    private readonly Dictionary<string, NodeRoom> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Node, PodNeed Need)> _placed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Namespace, string Name)> _waiting = new(StringComparer.Ordinal);
    private bool _tryAgain;
    private int _addresses;

    /// <summary>Takes note of a pod or node that came, changed or went.</summary>
    public void Note(Change change)
    {
        if (change.StorageKey == "nodes")
        {
            NoteNode(change);
            return;
        }

        var pod = new OwnedPod(change.Object);
        if (change.Type == ChangeType.Deleted || pod.IsFinished)
        {
            _waiting.Remove(change.Object.Uid);
            if (_placed.Remove(change.Object.Uid, out var place) && _nodes.TryGetValue(place.Node, out var node))
            {
                node.Release(place.Need);
                _tryAgain |= _waiting.Count > 0;
            }
        }
        else if (pod.Node.Length == 0)
        {
            _tryAgain |= _waiting.TryAdd(change.Object.Uid, (change.Object.Namespace, change.Object.Name));
        }
        else if (!_placed.ContainsKey(change.Object.Uid))
        {
            Occupy(change.Object.Uid, pod.Node, PodNeed.Of(change.Object.Parse()));
        }
    }

    /// <summary>Tries to place the pods that wait. True when it looked at any.</summary>
    public bool Run()
    {
        if (!_tryAgain)
        {
            return false;
        }

        _tryAgain = false;
        foreach (var (uid, (@namespace, name)) in _waiting.ToList())
        {
            if (cluster.Store.Find("pods", @namespace, name) is { IsDeleting: false } pod && pod.Uid == uid)
            {
                Place(pod);
            }
            else
            {
                _waiting.Remove(uid);
            }
        }

        return true;
    }

    private void NoteNode(Change change)
    {
        var name = change.Object.Name;
        if (change.Type == ChangeType.Deleted)
        {
            _nodes.Remove(name);
            foreach (var (uid, _) in _placed.Where(entry => entry.Value.Node == name).ToList())
            {
                _placed.Remove(uid);
                if (cluster.Store.FindUid(uid) is { } place)
                {
                    deleter.Delete(cluster.Catalog.BuiltIn("Pod"), place.Object, new DeleteRequest());
                }
            }

            return;
        }

        if (!_nodes.TryGetValue(name, out var room))
        {
            _nodes[name] = room = new NodeRoom(name);
            foreach (var (_, place) in _placed.Where(entry => entry.Value.Node == name))
            {
                room.Take(place.Need);
            }
        }

        _tryAgain |= room.Update(change.Object.Parse()) && _waiting.Count > 0;
    }

    private void Place(StoredObject pod)
    {
        var json = pod.Parse();
        var need = PodNeed.Of(json);
        var reasons = new SortedDictionary<string, int>(StringComparer.Ordinal);
        NodeRoom? best = null;
        foreach (var node in _nodes.Values)
        {
            if (node.Refusal(need) is { } reason)
            {
                reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            }
            else if (best is null || node.Load < best.Load || (node.Load == best.Load && string.CompareOrdinal(node.Name, best.Name) < 0))
            {
                best = node;
            }
        }

        var resource = cluster.Catalog.BuiltIn("Pod");
        if (best is null)
        {
            var message = $"0/{_nodes.Count} nodes are available: {string.Join(", ", reasons.Select(reason => $"{reason.Value} {reason.Key}"))}.";
            writer.Put(resource, pod, copy => Condition(copy.Ensure("status"), "PodScheduled", "False", "Unschedulable", message), "status");
            return;
        }

        _waiting.Remove(pod.Uid);
        Occupy(pod.Uid, best.Name, need);
        json.Ensure("spec")["nodeName"] = best.Name;
        Start(json, best.Name);
        writer.Commit(resource, json);
    }

    private void Occupy(string uid, string node, PodNeed need)
    {
        _placed[uid] = (node, need);
        if (_nodes.TryGetValue(node, out var room))
        {
            room.Take(need);
        }
    }

    private void Start(JsonObject pod, string node)
    {
        var status = pod.Ensure("status");
        var ends = pod.At("spec").Text("restartPolicy") is "Never" or "OnFailure";
        var ready = ends ? "False" : "True";
        status["phase"] = ends ? "Succeeded" : "Running";
        status["hostIP"] = "192.0.2.1";
        var address = ++_addresses;
        status["podIP"] = $"10.244.{address / 250 % 250}.{(address % 250) + 2}";
        status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = status.Text("podIP") });
        status["startTime"] = cluster.Now;
        var reason = ends ? "PodCompleted" : string.Empty;
        Condition(status, "Initialized", "True", reason, string.Empty);
        Condition(status, "Ready", ready, reason, string.Empty);
        Condition(status, "ContainersReady", ready, reason, string.Empty);
        Condition(status, "PodScheduled", "True", string.Empty, string.Empty);
        status["containerStatuses"] = new JsonArray([.. (pod.At("spec.containers") as JsonArray ?? []).OfType<JsonObject>().Select(container => new JsonObject
        {
            ["name"] = container.Text("name"),
            ["image"] = container.Text("image"),
            ["imageID"] = "sandbox://" + container.Text("image"),
            ["containerID"] = $"sandbox://{node}/{pod.At("metadata").Text("uid")}/{container.Text("name")}",
            ["ready"] = !ends,
            ["started"] = !ends,
            ["restartCount"] = 0,
            ["state"] = ends
                ? new JsonObject { ["terminated"] = new JsonObject { ["exitCode"] = 0, ["reason"] = "Completed", ["startedAt"] = cluster.Now, ["finishedAt"] = cluster.Now } }
                : new JsonObject { ["running"] = new JsonObject { ["startedAt"] = cluster.Now } },
        })]);
    }

    private void Condition(JsonObject status, string type, string value, string reason, string message)
    {
        Builtins.Definitions.SetCondition(status, type, value, reason, message, cluster.Now);
        var set = status.Items("conditions")!.OfType<JsonObject>().First(condition => condition.Text("type") == type);
        set["lastProbeTime"] = null;
        foreach (var empty in OptionalTexts.Where(field => string.IsNullOrEmpty(set.Text(field))))
        {
            set.Remove(empty);
        }
    }
}

/// <summary>What a pod asks of a node.</summary>
internal sealed record PodNeed(long MilliCpu, long Memory, IReadOnlyDictionary<string, string> NodeSelector, IReadOnlyList<JsonObject> Tolerations)
{
    public static PodNeed Of(JsonObject pod)
    {
        var (cpu, memory) = (default(Quantity), default(Quantity));
        foreach (var container in (pod.At("spec.containers") as JsonArray ?? []).OfType<JsonObject>())
        {
            var requests = container.At("resources.requests") as JsonObject;
            cpu += Quantity.Read(requests?["cpu"]) ?? default;
            memory += Quantity.Read(requests?["memory"]) ?? default;
        }

        var selector = pod.At("spec.nodeSelector") as JsonObject ?? [];
        return new PodNeed(
            cpu.Milli,
            memory.Units,
            selector.ToDictionary(pair => pair.Key, pair => selector.Text(pair.Key) ?? string.Empty, StringComparer.Ordinal),
            [.. (pod.At("spec.tolerations") as JsonArray ?? []).OfType<JsonObject>()]);
    }
}

/// <summary>What a node offers and what is left of it.</summary>
internal sealed class NodeRoom(string name)
{
    private long _cpu;
    private long _memory;
    private long _pods;
    private long _usedCpu;
    private long _usedMemory;
    private long _usedPods;
    private bool _cordoned;
    private bool _ready;
    private string _shape = string.Empty;
    private Dictionary<string, string> _labels = [];
    private List<JsonObject> _taints = [];

    public string Name { get; } = name;

    /// <summary>The fullest of its three dimensions, 0 to 1.</summary>
    public double Load => Math.Max((double)_usedPods / Math.Max(1, _pods), Math.Max((double)_usedCpu / Math.Max(1, _cpu), (double)_usedMemory / Math.Max(1, _memory)));

    /// <summary>Reads a node anew; true when pods may fare differently on it.</summary>
    public bool Update(JsonObject node)
    {
        var allocatable = node.At("status.allocatable") as JsonObject;
        _cpu = Quantity.Read(allocatable?["cpu"])?.Milli ?? 0;
        _memory = Quantity.Read(allocatable?["memory"])?.Units ?? 0;
        _pods = Quantity.Read(allocatable?["pods"])?.Units ?? 0;
        _cordoned = node.At("spec").Flag("unschedulable");
        _ready = (node.At("status.conditions") as JsonArray ?? []).Any(condition => condition.Text("type") == "Ready" && condition.Text("status") == "True");
        var labels = node.At("metadata.labels") as JsonObject ?? [];
        _labels = labels.ToDictionary(pair => pair.Key, pair => labels.Text(pair.Key) ?? string.Empty, StringComparer.Ordinal);
        _taints = [.. (node.At("spec.taints") as JsonArray ?? []).OfType<JsonObject>()];
        var shape = $"{_cpu} {_memory} {_pods} {_cordoned} {_ready} {string.Join(',', _labels)} {string.Join(',', _taints.Select(taint => taint.ToJsonString()))}";
        var changed = shape != _shape;
        _shape = shape;
        return changed;
    }

    public void Take(PodNeed need) => Add(need, 1);

    public void Release(PodNeed need) => Add(need, -1);

    /// <summary>Why a pod can't go here, in the scheduler's words; null when it can.</summary>
    public string? Refusal(PodNeed need)
    {
        if (_cordoned)
        {
            return "node(s) were unschedulable";
        }

        if (!_ready)
        {
            return "node(s) were not ready";
        }

        if (_taints.Any(taint => taint.Text("effect") is "NoSchedule" or "NoExecute" && !need.Tolerations.Any(toleration => Tolerates(toleration, taint))))
        {
            return "node(s) had taints that the pod didn't tolerate";
        }

        if (!need.NodeSelector.All(pair => _labels.TryGetValue(pair.Key, out var value) && value == pair.Value))
        {
            return "node(s) didn't match Pod's node affinity/selector";
        }

        return _usedPods + 1 > _pods ? "Too many pods"
            : _usedCpu + need.MilliCpu > _cpu ? "Insufficient cpu"
            : _usedMemory + need.Memory > _memory ? "Insufficient memory"
            : null;
    }

    private static bool Tolerates(JsonObject toleration, JsonObject taint)
    {
        var effect = toleration.Text("effect");
        if (!string.IsNullOrEmpty(effect) && effect != taint.Text("effect"))
        {
            return false;
        }

        var key = toleration.Text("key") ?? string.Empty;
        return toleration.Text("operator") == "Exists"
            ? key.Length == 0 || key == taint.Text("key")
            : key == taint.Text("key") && (toleration.Text("value") ?? string.Empty) == (taint.Text("value") ?? string.Empty);
    }

    private void Add(PodNeed need, int sign)
    {
        _usedCpu += sign * need.MilliCpu;
        _usedMemory += sign * need.Memory;
        _usedPods += sign;
    }
}
