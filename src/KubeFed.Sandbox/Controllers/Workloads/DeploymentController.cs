using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Controllers.Workloads;

/// <summary>
/// Rolls a Deployment out: one ReplicaSet per template, the new one up and the old ones down within maxSurge and maxUnavailable, revisions counted as
/// annotations, and the whole told in the status.
/// </summary>
internal sealed class DeploymentController(ClusterState cluster, ObjectWriter writer, ObjectDeleter deleter)
{
    private const string Revision = "deployment.kubernetes.io/revision";
    private const string HashLabel = "pod-template-hash";

    public void Reconcile(StoredObject live)
    {
        var json = live.Parse();
        var sets = Sets(live);
        var hash = TemplateHash.Of(json.At("spec.template"));
        var current = sets.Find(set => set.Hash == hash);
        var paused = json.At("spec").Flag("paused");
        if (current is null && !paused)
        {
            CreateSet(live, json, hash, NextRevision(sets), First(json, sets));
            return;
        }

        if (current is not null && Number(current.Json, Revision) < sets.Max(set => Number(set.Json, Revision)))
        {
            // Back to an earlier template: its ReplicaSet becomes the newest revision.
            Annotate(current, NextRevision(sets));
            return;
        }

        if (current is not null && Annotation(json) != Annotation(current.Json))
        {
            live = writer.Put(
                cluster.Catalog.BuiltIn("Deployment"), live, copy => copy.Ensure("metadata").Ensure("annotations")[Revision] = Annotation(current.Json));
            json = live.Parse();
        }

        var others = sets.Where(set => set != current).ToList();
        if (paused ? ScalePaused(json, sets) : Scale(json, current!, others))
        {
            return;
        }

        Forget(json, others);
        WriteStatus(live, json, current, others);
    }

    private sealed record Set(StoredObject Object, JsonObject Json)
    {
        public string Hash => Object.Labels.GetValueOrDefault(HashLabel, string.Empty);

        public long Wanted => Json.At("spec").Number("replicas") ?? 0;

        public long Pods => Json.At("status").Number("replicas") ?? 0;

        public long Available => Json.At("status").Number("availableReplicas") ?? 0;
    }

    private List<Set> Sets(StoredObject live) =>
        [.. cluster.Store.Dependents(live.Uid)
            .Where(entry => entry.StorageKey == WorkloadController.ReplicaSets && !entry.Object.IsDeleting)
            .Select(entry => new Set(entry.Object, entry.Object.Parse()))
            .OrderBy(set => Number(set.Json, Revision))];

    private void CreateSet(StoredObject live, JsonObject json, string hash, long revision, long replicas)
    {
        var template = (JsonObject)json.At("spec.template")!.DeepClone();
        template.Ensure("metadata").Ensure("labels")[HashLabel] = hash;
        var selector = (JsonObject)(json.At("spec.selector")?.DeepClone() ?? new JsonObject());
        selector.Ensure("matchLabels")[HashLabel] = hash;
        var annotations = (JsonObject)(json.At("metadata.annotations")?.DeepClone() ?? new JsonObject());
        annotations.Remove("kubectl.kubernetes.io/last-applied-configuration");
        annotations[Revision] = revision.ToString(CultureInfo.InvariantCulture);
        annotations["deployment.kubernetes.io/desired-replicas"] = (json.At("spec").Number("replicas") ?? 0).ToString(CultureInfo.InvariantCulture);
        var set = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{live.Name}-{hash}",
                ["labels"] = template.At("metadata.labels")!.DeepClone(),
                ["annotations"] = annotations,
                ["ownerReferences"] = new JsonArray(OwnedPods.Reference(json)),
            },
            ["spec"] = new JsonObject { ["replicas"] = replicas, ["selector"] = selector, ["template"] = template },
        };
        if (json.At("spec").Number("minReadySeconds") is { } seconds)
        {
            set.Ensure("spec")["minReadySeconds"] = seconds;
        }

        if (cluster.Store.Find(WorkloadController.ReplicaSets, live.Namespace, $"{live.Name}-{hash}") is null)
        {
            writer.Create(cluster.Catalog.BuiltIn("ReplicaSet"), live.Namespace, set, new WriteContext(ObjectWriter.SystemManager));
        }
    }

    /// <summary>How many replicas a new ReplicaSet starts with.</summary>
    private static long First(JsonObject json, List<Set> sets)
    {
        var wanted = json.At("spec").Number("replicas") ?? 0;
        if (sets.Count == 0)
        {
            return wanted;
        }

        var (surge, _) = Limits(json, wanted);
        var total = sets.Sum(set => set.Wanted);
        return json.At("spec.strategy").Text("type") == "Recreate" ? total == 0 ? wanted : 0 : Math.Clamp(wanted + surge - total, 0, wanted);
    }

    private bool ScalePaused(JsonObject json, List<Set> sets)
    {
        var wanted = json.At("spec").Number("replicas") ?? 0;
        return sets.Count > 0 && SetReplicas(sets[^1], Math.Max(0, wanted - sets.SkipLast(1).Sum(set => set.Wanted)));
    }

    /// <summary>Takes one step of a rollout; true when it did.</summary>
    private bool Scale(JsonObject json, Set current, List<Set> others)
    {
        var wanted = json.At("spec").Number("replicas") ?? 0;
        var old = others.Sum(set => set.Wanted);
        if (json.At("spec.strategy").Text("type") == "Recreate")
        {
            return others.Any(set => SetReplicas(set, 0)) || (others.Sum(set => set.Pods) == 0 && SetReplicas(current, wanted));
        }

        var (surge, unavailable) = Limits(json, wanted);
        if (current.Wanted > wanted || old == 0)
        {
            if (SetReplicas(current, wanted))
            {
                return true;
            }
        }
        else if (SetReplicas(current, Math.Min(wanted, Math.Max(current.Wanted, wanted + surge - old))))
        {
            return true;
        }

        var spare = current.Wanted + old - (wanted - unavailable) - (current.Wanted - current.Available);
        foreach (var set in others.Where(set => set.Wanted > 0))
        {
            // Old pods that never became available help nobody; they go whatever the limits say.
            var broken = Math.Max(0, set.Wanted - set.Available);
            var gone = Math.Min(set.Wanted, Math.Max(broken, Math.Max(0, spare)));
            if (gone > 0 && SetReplicas(set, set.Wanted - gone))
            {
                return true;
            }
        }

        return false;
    }

    private static (long Surge, long Unavailable) Limits(JsonObject json, long wanted)
    {
        var rolling = json.At("spec.strategy.rollingUpdate");
        var surge = Share(rolling is JsonObject map ? map["maxSurge"] : null, wanted, up: true);
        var unavailable = Share(rolling is JsonObject other ? other["maxUnavailable"] : null, wanted, up: false);
        return surge == 0 && unavailable == 0 ? (0, 1) : (surge, unavailable);
    }

    private static long Share(JsonNode? value, long of, bool up)
    {
        if (WireJson.AsNumber(value) is { } number)
        {
            return number;
        }

        if (value is not JsonValue text || !text.TryGetValue<string>(out var percent) || !double.TryParse(percent.TrimEnd('%'), CultureInfo.InvariantCulture, out var share))
        {
            return 0;
        }

        return (long)(up ? Math.Ceiling(of * share / 100) : Math.Floor(of * share / 100));
    }

    private bool SetReplicas(Set set, long replicas)
    {
        if (set.Wanted == replicas)
        {
            return false;
        }

        writer.Put(cluster.Catalog.BuiltIn("ReplicaSet"), set.Object, copy => copy.Ensure("spec")["replicas"] = replicas);
        return true;
    }

    private void Annotate(Set set, long revision) =>
        writer.Put(
            cluster.Catalog.BuiltIn("ReplicaSet"),
            set.Object,
            copy => copy.Ensure("metadata").Ensure("annotations")[Revision] = revision.ToString(CultureInfo.InvariantCulture));

    private void Forget(JsonObject json, List<Set> others)
    {
        var limit = json.At("spec").Number("revisionHistoryLimit") ?? 10;
        foreach (var set in others.Where(set => set is { Wanted: 0, Pods: 0 }).SkipLast((int)limit))
        {
            deleter.Delete(cluster.Catalog.BuiltIn("ReplicaSet"), set.Object, new DeleteRequest());
        }
    }

    private void WriteStatus(StoredObject live, JsonObject json, Set? current, List<Set> others)
    {
        var wanted = json.At("spec").Number("replicas") ?? 0;
        var (_, unavailable) = Limits(json, wanted);
        var pods = (current?.Pods ?? 0) + others.Sum(set => set.Pods);
        var available = (current?.Available ?? 0) + others.Sum(set => set.Available);
        var done = current is not null && current.Available == wanted && pods == wanted;
        writer.Put(
            cluster.Catalog.BuiltIn("Deployment"),
            live,
            copy =>
            {
                var conditions = copy.At("status.conditions")?.DeepClone();
                var status = new JsonObject { ["observedGeneration"] = json.At("metadata").Number("generation") };
                ReplicaSetController.Put(status, "replicas", pods);
                ReplicaSetController.Put(status, "updatedReplicas", current?.Pods ?? 0);
                ReplicaSetController.Put(status, "readyReplicas", available);
                ReplicaSetController.Put(status, "availableReplicas", available);
                ReplicaSetController.Put(status, "unavailableReplicas", Math.Max(0, Math.Max(wanted, pods) - available));
                status["conditions"] = conditions ?? new JsonArray();
                var enough = available >= wanted - unavailable;
                Condition(
                    status,
                    "Available",
                    enough ? "True" : "False",
                    enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                    enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.");
                var name = current is null ? live.Name : current.Object.Name;
                Condition(
                    status,
                    "Progressing",
                    "True",
                    done ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
                    done ? $"ReplicaSet \"{name}\" has successfully progressed." : $"ReplicaSet \"{name}\" is progressing.");
                copy["status"] = status;
            },
            "status");
    }

    private void Condition(JsonObject status, string type, string value, string reason, string message)
    {
        var before = status.Items("conditions")!.OfType<JsonObject>().FirstOrDefault(condition => condition.Text("type") == type);
        var same = before is not null && before.Text("status") == value && before.Text("reason") == reason && before.Text("message") == message;
        Builtins.Definitions.SetCondition(status, type, value, reason, message, cluster.Now);
        if (!same)
        {
            status.Items("conditions")!.OfType<JsonObject>().First(condition => condition.Text("type") == type)["lastUpdateTime"] = cluster.Now;
        }
    }

    private static long NextRevision(List<Set> sets) => sets.Count == 0 ? 1 : sets.Max(set => Number(set.Json, Revision)) + 1;

    private static string Annotation(JsonObject json) => (json.At("metadata.annotations") as JsonObject).Text(Revision) ?? string.Empty;

    private static long Number(JsonObject json, string annotation) =>
        long.TryParse((json.At("metadata.annotations") as JsonObject).Text(annotation), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
