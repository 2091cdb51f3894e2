using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Controllers;

/// <summary>Empties a namespace that is being deleted, and lets it go when it is empty.</summary>
internal sealed class NamespaceController(ClusterState cluster, ObjectWriter writer, ObjectDeleter deleter) : IController
{
    public bool Concerns(Change change) =>
        change.StorageKey == "namespaces" ? change.Object.IsDeleting && change.Type != ChangeType.Deleted
        : change.Type == ChangeType.Deleted && change.Object.Namespace.Length > 0;

    public void Handle(Change change)
    {
        var name = change.StorageKey == "namespaces" ? change.Object.Name : change.Object.Namespace;
        if (cluster.Store.Find("namespaces", string.Empty, name) is not { IsDeleting: true })
        {
            return;
        }

        var left = 0;
        foreach (var key in cluster.Store.StorageKeys)
        {
            if (cluster.Catalog.FindStored(key) is not { Namespaced: true } resource)
            {
                continue;
            }

            foreach (var item in cluster.Store.Read(key).Range(name, null).ToList())
            {
                if (!item.IsDeleting)
                {
                    deleter.Delete(resource, item, new DeleteRequest { Propagation = "Background" });
                }

                left += cluster.Store.Find(key, name, item.Name) is null ? 0 : 1;
            }
        }

        if (left == 0 && cluster.Store.Find("namespaces", string.Empty, name) is { } empty)
        {
            Release(empty);
        }
    }

    private void Release(StoredObject live)
    {
        var resource = cluster.Catalog.BuiltIn("Namespace");
        writer.Update(
            resource,
            live,
            copy =>
            {
                var finalizers = (copy.At("spec.finalizers") as JsonArray ?? []).Where(item => item?.GetValue<string>() != "kubernetes").Select(item => item?.DeepClone()).ToArray();
                copy["spec"] = finalizers.Length == 0 ? new JsonObject() : new JsonObject { ["finalizers"] = new JsonArray(finalizers) };
                return copy;
            },
            new WriteContext(ObjectWriter.SystemManager) { Subresource = "finalize" });
    }
}
