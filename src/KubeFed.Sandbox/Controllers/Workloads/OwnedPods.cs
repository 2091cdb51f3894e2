using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Controllers.Workloads;

/// <summary>A pod as its owner's controller sees it.</summary>
internal readonly record struct OwnedPod(StoredObject Object)
{
    /// <summary>Where the kind table puts a pod's node and phase.</summary>
    private const int NodeField = 0;

    private const int PhaseField = 4;

    public string Node => Object.Fields[NodeField];

    public string Phase => Object.Fields[PhaseField];

    public bool IsRunning => Phase == "Running" && !Object.IsDeleting;

    public bool IsFinished => Phase is "Succeeded" or "Failed";
}

/// <summary>Makes, counts and removes the pods of a workload.</summary>
internal sealed class OwnedPods(ClusterState cluster, ObjectWriter writer, ObjectDeleter deleter)
{
    private readonly WriteContext _context = new(ObjectWriter.SystemManager);

    /// <summary>The pods an object controls that have not ended, in order of creation.</summary>
    public List<OwnedPod> Active(StoredObject owner) => [.. All(owner).Where(pod => !pod.IsFinished && !pod.Object.IsDeleting)];

    public List<OwnedPod> All(StoredObject owner) =>
        [.. cluster.Store.Dependents(owner.Uid)
            .Where(entry => entry.StorageKey == "pods" && entry.Object.Owners.Any(reference => reference.Controls && reference.Uid == owner.Uid))
            .Select(entry => new OwnedPod(entry.Object))
            .OrderBy(pod => pod.Object.ResourceVersion)];

    /// <summary>Makes a pod from an owner's template. With a name it gets exactly that, else the owner's name and a suffix.</summary>
    public void Create(StoredObject owner, JsonObject ownerJson, string? name = null, Action<JsonObject>? change = null)
    {
        var template = ownerJson.At("spec.template") as JsonObject ?? [];
        var metadata = new JsonObject();
        foreach (var field in new[] { "labels", "annotations", "finalizers" })
        {
            if (template.At("metadata." + field) is { } value)
            {
                metadata[field] = value.DeepClone();
            }
        }

        if (name is null)
        {
            metadata["generateName"] = owner.Name + "-";
        }
        else
        {
            metadata["name"] = name;
        }

        metadata["ownerReferences"] = new JsonArray(Reference(ownerJson));
        var pod = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = metadata, ["spec"] = template["spec"]?.DeepClone() };
        change?.Invoke(pod);
        writer.Create(cluster.Catalog.BuiltIn("Pod"), owner.Namespace, pod, _context);
    }

    public void Delete(OwnedPod pod) => deleter.Delete(cluster.Catalog.BuiltIn("Pod"), pod.Object, new DeleteRequest());

    /// <summary>An ownerReference that makes an object its owner's own.</summary>
    public static JsonObject Reference(JsonObject owner) => new()
    {
        ["apiVersion"] = owner.Text("apiVersion"),
        ["kind"] = owner.Text("kind"),
        ["name"] = owner.At("metadata").Text("name"),
        ["uid"] = owner.At("metadata").Text("uid"),
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };
}
