using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Controllers.Workloads;

/// <summary>Runs a Job's pods, which always succeed, until it is complete.</summary>
internal sealed class JobController(ClusterState cluster, ObjectWriter writer, OwnedPods pods)
{
    public void Reconcile(StoredObject live)
    {
        var json = live.Parse();
        if (IsComplete(json) || json.At("spec").Flag("suspend"))
        {
            return;
        }

        var parallel = json.At("spec").Number("parallelism") ?? 1;
        var succeeded = pods.All(live).Count(pod => pod.Phase == "Succeeded");
        var needed = json.At("spec").Number("completions") ?? Math.Max(parallel, succeeded);
        var active = pods.Active(live).Count;
        for (var i = active; i < Math.Min(parallel, needed - succeeded); i++)
        {
            pods.Create(live, json);
            active++;
        }

        writer.Put(
            cluster.Catalog.BuiltIn("Job"),
            live,
            copy =>
            {
                var status = copy.Ensure("status");
                status["startTime"] ??= cluster.Now;
                status.Remove("active");
                status.Remove("succeeded");
                ReplicaSetController.Put(status, "active", active);
                ReplicaSetController.Put(status, "succeeded", succeeded);
                if (needed > 0 && succeeded >= needed)
                {
                    status["completionTime"] = cluster.Now;
                    status["conditions"] = new JsonArray(new JsonObject
                    {
                        ["type"] = "Complete",
                        ["status"] = "True",
                        ["lastProbeTime"] = cluster.Now,
                        ["lastTransitionTime"] = cluster.Now,
                    });
                }
            },
            "status");
    }

    private static bool IsComplete(JsonObject job) =>
        (job.At("status.conditions") as JsonArray ?? []).Any(condition => condition.Text("type") is "Complete" or "Failed" && condition.Text("status") == "True");
}
