using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Controllers;

/// <summary>Deletes what has lost its owners, and carries out foreground and orphan deletion.</summary>
internal sealed class GarbageCollector(ClusterState cluster, ObjectWriter writer, ObjectDeleter deleter) : IController
{
    public bool Concerns(Change change) =>
        change.Type == ChangeType.Deleted
        || change.Object.Owners.Count > 0
        || (change.Object.IsDeleting && (Waits(change.Object, ObjectDeleter.ForegroundFinalizer) || Waits(change.Object, ObjectDeleter.OrphanFinalizer)));

    public void Handle(Change change)
    {
        if (change.Type == ChangeType.Deleted)
        {
            foreach (var (key, dependent) in cluster.Store.Dependents(change.Object.Uid))
            {
                Collect(key, dependent);
            }

            foreach (var owner in change.Object.Owners)
            {
                Finish(owner.Uid);
            }

            return;
        }

        if (cluster.Store.FindUid(change.Object.Uid) is not { } place || place.Object.ResourceVersion != change.Object.ResourceVersion)
        {
            return;
        }

        Finish(place.Object.Uid);
        if (place.Object.Owners.Count > 0 && cluster.Store.FindUid(place.Object.Uid) is { } still)
        {
            Collect(still.StorageKey, still.Object);
        }
    }

    /// <summary>Deletes an object none of whose owners is left; drops references to those that are gone.</summary>
    private void Collect(string key, StoredObject dependent)
    {
        if (dependent.IsDeleting || cluster.Catalog.FindStored(key) is not { } resource)
        {
            return;
        }

        var solid = dependent.Owners.Where(IsThere).ToList();
        if (solid.Count == dependent.Owners.Count)
        {
            var waiting = dependent.Owners.Select(owner => cluster.Store.FindUid(owner.Uid)?.Object).OfType<StoredObject>().ToList();
            if (waiting.All(owner => owner.IsDeleting && Waits(owner, ObjectDeleter.ForegroundFinalizer)))
            {
                deleter.Delete(resource, dependent, new DeleteRequest { Propagation = cluster.Store.Dependents(dependent.Uid).Count > 0 ? "Foreground" : "Background" });
            }

            return;
        }

        if (solid.Count == 0)
        {
            deleter.Delete(resource, dependent, new DeleteRequest { Propagation = KeepsFinalizer(dependent) });
            return;
        }

        var kept = solid.Select(owner => owner.Uid).ToHashSet(StringComparer.Ordinal);
        writer.Put(resource, dependent, copy => KeepOwners(copy, kept.Contains));
    }

    /// <summary>Ends a foreground or orphan deletion that has nothing left to wait for.</summary>
    private void Finish(string uid)
    {
        if (cluster.Store.FindUid(uid) is not { Object.IsDeleting: true } place || cluster.Catalog.FindStored(place.StorageKey) is not { } resource)
        {
            return;
        }

        if (Waits(place.Object, ObjectDeleter.OrphanFinalizer))
        {
            foreach (var (key, dependent) in cluster.Store.Dependents(uid))
            {
                if (cluster.Catalog.FindStored(key) is { } type)
                {
                    writer.Put(type, dependent, copy => KeepOwners(copy, owner => owner != uid));
                }
            }

            DropFinalizer(resource, uid, ObjectDeleter.OrphanFinalizer);
            return;
        }

        if (!Waits(place.Object, ObjectDeleter.ForegroundFinalizer))
        {
            return;
        }

        foreach (var (key, dependent) in cluster.Store.Dependents(uid))
        {
            Collect(key, dependent);
        }

        if (!cluster.Store.Dependents(uid).Any(entry => entry.Object.Owners.Any(owner => owner.Uid == uid && owner.Blocks)))
        {
            DropFinalizer(resource, uid, ObjectDeleter.ForegroundFinalizer);
        }
    }

    private void DropFinalizer(ResourceType resource, string uid, string finalizer)
    {
        if (cluster.Store.FindUid(uid) is { } place)
        {
            writer.Put(resource, place.Object, copy => DefinitionController.Drop(copy, finalizer));
        }
    }

    private bool IsThere(OwnerReference owner) => cluster.Store.FindUid(owner.Uid) is not null;

    private static bool Waits(StoredObject value, string finalizer) => value.Finalizers.Contains(finalizer);

    private static string KeepsFinalizer(StoredObject value) =>
        Waits(value, ObjectDeleter.OrphanFinalizer) ? "Orphan" : Waits(value, ObjectDeleter.ForegroundFinalizer) ? "Foreground" : "Background";

    private static void KeepOwners(JsonObject value, Func<string, bool> keep)
    {
        var metadata = value.Ensure("metadata");
        var rest = (metadata.Items("ownerReferences") ?? []).Where(owner => keep(owner.Text("uid") ?? string.Empty)).Select(owner => owner?.DeepClone()).ToArray();
        metadata.Remove("ownerReferences");
        if (rest.Length > 0)
        {
            metadata["ownerReferences"] = new JsonArray(rest);
        }
    }
}
