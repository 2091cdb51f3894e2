using System.Text.Json.Nodes;
using KubeFed.Sandbox.Builtins;
using KubeFed.Sandbox.Server;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Controllers;

/// <summary>Accepts a CRD's names, establishes it, serves it, and deletes its instances before it goes.</summary>
internal sealed class DefinitionController(ClusterState cluster, ObjectWriter writer, ObjectDeleter deleter) : IController
{
    public const string CleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io";
    private const string Definitions = "customresourcedefinitions.apiextensions.k8s.io";

    public bool Concerns(Change change) => change.StorageKey == Definitions || change.Type == ChangeType.Deleted;

    public void Handle(Change change)
    {
        if (change.StorageKey != Definitions)
        {
            FinishWaiting(change.StorageKey);
            return;
        }

        if (change.Type == ChangeType.Deleted)
        {
            cluster.Catalog.Unregister(change.Object.Name);
            cluster.Store.CloseWatches(change.Object.Name);
            Retry();
            return;
        }

        if (cluster.Store.Find(Definitions, string.Empty, change.Object.Name) is { } live && live.ResourceVersion == change.Object.ResourceVersion)
        {
            Reconcile(live);
        }
    }

    private void Reconcile(StoredObject live)
    {
        var resource = cluster.Catalog.BuiltIn("CustomResourceDefinition");
        var crd = live.Parse();
        if (live.IsDeleting)
        {
            CleanUp(resource, live);
            return;
        }

        if (Accepts(crd))
        {
            live = writer.Put(
                resource,
                live,
                copy => Builtins.Definitions.Accept(copy, cluster.Catalog, cluster.Now),
                "status",
                "kube-apiserver");
            crd = live.Parse();
        }

        if (Builtins.Definitions.IsEstablished(crd))
        {
            cluster.Catalog.Register(crd);
        }
    }

    private bool Accepts(JsonObject crd) => Builtins.Definitions.Accept((JsonObject)crd.DeepClone(), cluster.Catalog, cluster.Now);

    private void CleanUp(ResourceType definitions, StoredObject live)
    {
        if (!live.Finalizers.Contains(CleanupFinalizer))
        {
            return;
        }

        if (cluster.Catalog.FindStored(live.Name) is { } resource)
        {
            foreach (var instance in cluster.Store.Read(resource.StorageKey).Objects.ToList())
            {
                if (!instance.IsDeleting)
                {
                    deleter.Delete(resource, instance, new DeleteRequest());
                }
            }
        }

        if (cluster.Store.Read(live.Name).Objects.Count == 0)
        {
            writer.Put(definitions, live, copy => Drop(copy, CleanupFinalizer), "status", "kube-apiserver");
        }
    }

    /// <summary>Takes one finalizer out.</summary>
    public static void Drop(JsonObject value, string finalizer)
    {
        var rest = (value.At("metadata.finalizers") as JsonArray ?? []).Where(item => item?.GetValue<string>() != finalizer).Select(item => item?.DeepClone()).ToArray();
        value.Ensure("metadata").Remove("finalizers");
        if (rest.Length > 0)
        {
            value.Ensure("metadata")["finalizers"] = new JsonArray(rest);
        }
    }

    private void FinishWaiting(string storageKey)
    {
        if (cluster.Store.Find(Definitions, string.Empty, storageKey) is { IsDeleting: true } live && cluster.Store.Read(storageKey).Objects.Count == 0)
        {
            CleanUp(cluster.Catalog.BuiltIn("CustomResourceDefinition"), live);
        }
    }

    /// <summary>Names that were taken may be free now.</summary>
    private void Retry()
    {
        foreach (var other in cluster.Store.Read(Definitions).Objects.Where(crd => !crd.IsDeleting).ToList())
        {
            if (!Builtins.Definitions.HasCondition(other.Parse(), "NamesAccepted"))
            {
                Reconcile(other);
            }
        }
    }
}
