using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Controllers.Workloads;

/// <summary>Keeps one pod per node. A daemon pod is bound by its controller, so a cordoned node keeps it.</summary>
internal sealed class DaemonSetController(ClusterState cluster, ObjectWriter writer, OwnedPods pods)
{
    private const string GenerationLabel = "pod-template-generation";

    public void Reconcile(StoredObject live)
    {
        var json = live.Parse();
        var generation = TemplateHash.Of(json.At("spec.template"));
        var selector = json.At("spec.template.spec.nodeSelector") as JsonObject ?? [];
        var nodes = cluster.Store.Read("nodes").Objects
            .Where(node => selector.All(pair => node.Labels.TryGetValue(pair.Key, out var value) && value == selector.Text(pair.Key)))
            .Select(node => node.Name)
            .ToHashSet(StringComparer.Ordinal);
        var served = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pod in pods.Active(live))
        {
            var home = TargetOf(pod);
            if (!nodes.Contains(home) || pod.Object.Labels.GetValueOrDefault(GenerationLabel) != generation || !served.Add(home))
            {
                pods.Delete(pod);
            }
        }

        foreach (var node in nodes.Except(served).Order(StringComparer.Ordinal))
        {
            pods.Create(live, json, name: null, pod =>
            {
                pod.Ensure("metadata").Ensure("labels")[GenerationLabel] = generation;
                pod.Ensure("spec").Ensure("nodeSelector")["kubernetes.io/hostname"] = node;
                pod.Ensure("spec")["tolerations"] = new JsonArray(new JsonObject { ["operator"] = "Exists" });
            });
        }

        var now = pods.Active(live);
        var ready = now.Count(pod => pod.IsRunning);
        writer.Put(
            cluster.Catalog.BuiltIn("DaemonSet"),
            live,
            copy =>
            {
                var status = new JsonObject
                {
                    ["currentNumberScheduled"] = now.Count,
                    ["numberMisscheduled"] = 0,
                    ["desiredNumberScheduled"] = nodes.Count,
                    ["numberReady"] = ready,
                    ["observedGeneration"] = json.At("metadata").Number("generation"),
                };
                ReplicaSetController.Put(status, "updatedNumberScheduled", now.Count);
                ReplicaSetController.Put(status, "numberAvailable", ready);
                ReplicaSetController.Put(status, "numberUnavailable", nodes.Count - ready);
                copy["status"] = status;
            },
            "status");
    }

    private static string TargetOf(OwnedPod pod) => (pod.Object.Parse().At("spec.nodeSelector") as JsonObject).Text("kubernetes.io/hostname") ?? pod.Node;
}
