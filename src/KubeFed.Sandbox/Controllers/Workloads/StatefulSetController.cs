using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Controllers.Workloads;

/// <summary>Keeps the numbered pods of a StatefulSet. Updates replace all pods at once; volumes are not simulated.</summary>
internal sealed class StatefulSetController(ClusterState cluster, ObjectWriter writer, OwnedPods pods)
{
    private const string RevisionLabel = "controller-revision-hash";

    public void Reconcile(StoredObject live)
    {
        var json = live.Parse();
        var wanted = json.At("spec").Number("replicas") ?? 0;
        var revision = $"{live.Name}-{TemplateHash.Of(json.At("spec.template"))}";
        foreach (var pod in pods.Active(live))
        {
            var number = int.TryParse(pod.Object.Name[(live.Name.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : -1;
            if (number < 0 || number >= wanted || pod.Object.Labels.GetValueOrDefault(RevisionLabel) != revision)
            {
                pods.Delete(pod);
            }
        }

        for (var i = 0; i < wanted; i++)
        {
            if (cluster.Store.Find("pods", live.Namespace, $"{live.Name}-{i}") is null)
            {
                var name = $"{live.Name}-{i}";
                pods.Create(live, json, name, pod =>
                {
                    var labels = pod.Ensure("metadata").Ensure("labels");
                    labels[RevisionLabel] = revision;
                    labels["statefulset.kubernetes.io/pod-name"] = name;
                });
            }
        }

        var now = pods.Active(live);
        var ready = now.Count(pod => pod.IsRunning);
        writer.Put(
            cluster.Catalog.BuiltIn("StatefulSet"),
            live,
            copy =>
            {
                var status = new JsonObject { ["observedGeneration"] = json.At("metadata").Number("generation"), ["replicas"] = now.Count };
                ReplicaSetController.Put(status, "readyReplicas", ready);
                ReplicaSetController.Put(status, "currentReplicas", now.Count);
                ReplicaSetController.Put(status, "updatedReplicas", now.Count);
                ReplicaSetController.Put(status, "availableReplicas", ready);
                status["currentRevision"] = revision;
                status["updateRevision"] = revision;
                status["collisionCount"] = 0;
                copy["status"] = status;
            },
            "status");
    }
}
