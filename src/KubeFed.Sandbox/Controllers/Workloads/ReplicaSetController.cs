using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Controllers.Workloads;

/// <summary>Keeps as many pods as a ReplicaSet asks for, and counts them in its status.</summary>
internal sealed class ReplicaSetController(ClusterState cluster, ObjectWriter writer, OwnedPods pods)
{
    public void Reconcile(StoredObject live)
    {
        var json = live.Parse();
        var wanted = json.At("spec").Number("replicas") ?? 0;
        var active = pods.Active(live);
        for (var missing = wanted - active.Count; missing > 0; missing--)
        {
            pods.Create(live, json);
        }

        // Pods that never got a node go first, then the newest.
        foreach (var pod in active.OrderBy(pod => pod.IsRunning).ThenByDescending(pod => pod.Object.ResourceVersion).Take((int)Math.Max(0, active.Count - wanted)))
        {
            pods.Delete(pod);
        }

        var now = pods.Active(live);
        var ready = now.Count(pod => pod.IsRunning);
        writer.Put(
            cluster.Catalog.BuiltIn("ReplicaSet"),
            live,
            copy =>
            {
                var status = new JsonObject { ["replicas"] = now.Count };
                Put(status, "fullyLabeledReplicas", now.Count);
                Put(status, "readyReplicas", ready);
                Put(status, "availableReplicas", ready);
                status["observedGeneration"] = json.At("metadata").Number("generation");
                copy["status"] = status;
            },
            "status");
    }

    /// <summary>Writes a count the way servers do: not at all when it is zero.</summary>
    public static void Put(JsonObject status, string name, long count)
    {
        if (count != 0)
        {
            status[name] = count;
        }
    }
}
