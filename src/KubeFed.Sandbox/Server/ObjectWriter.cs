using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Sandbox.Apply;
using KubeFed.Sandbox.Builtins;
using KubeFed.Sandbox.Schema;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Server;

/// <summary>How a write is made.</summary>
/// <param name="Manager">Whom managedFields names.</param>
/// <param name="DryRun">Do everything but store.</param>
internal sealed record WriteContext(string Manager, bool DryRun = false)
{
    /// <summary><c>status</c>, <c>scale</c>, or empty.</summary>
    public string Subresource { get; init; } = string.Empty;

    /// <summary>The object comes of a patch or an apply; a uid in it is then a field that can't be changed, and no precondition as in a replace.</summary>
    public bool Patches { get; init; }
}

/// <summary>What a write left behind.</summary>
internal sealed record WriteResult(StoredObject Object, bool Created);

/// <summary>Every change to a cluster's objects goes through here: prepare, own, validate, count, store. The caller holds the store's gate.</summary>
internal sealed class ObjectWriter(ClusterState cluster)
{
    public const string SystemManager = "kube-controller-manager";

    private readonly KindRules _rules = new(cluster);
    private readonly ObjectDecoder _decoder = new(cluster);

    public WriteResult Create(ResourceType resource, string @namespace, JsonObject value, WriteContext context)
    {
        var prepared = _decoder.Decode(resource, value);
        ServerMetadata.Place(resource, @namespace, prepared);
        var own = (JsonObject)prepared.DeepClone();
        FieldOwnership.Update(null, ObjectDecoder.Blank(resource), own, resource.Ownership, WriterOf(resource, context));
        ServerMetadata.TakeManagedFields(own, prepared);
        return Store(resource, @namespace, prepared, context);
    }

    /// <summary>Creates by server-side apply.</summary>
    public WriteResult CreateApplied(ResourceType resource, string @namespace, JsonObject config, WriteContext context)
    {
        var decoded = _decoder.Decode(resource, config);
        ServerMetadata.Place(resource, @namespace, decoded);
        var applied = FieldOwnership.Apply(null, new JsonObject(), config, resource.Ownership, WriterOf(resource, context), force: true);
        ServerMetadata.TakeManagedFields(applied.Object, decoded);

        // A real server compares an apply's resourceVersion with an existing object only; on creation it counts for nothing.
        decoded.Ensure("metadata").Remove("resourceVersion");
        return Store(resource, @namespace, decoded, context);
    }

    /// <summary>Replaces an object by what <paramref name="build"/> makes of it.</summary>
    /// <param name="resource">The resource, in the version the caller speaks.</param>
    /// <param name="live">The stored object.</param>
    /// <param name="build">Given a copy of the live object in the caller's version, returns the wanted one.</param>
    /// <param name="context">How to write.</param>
    /// <param name="applied">The wanted object carries its managedFields already (apply).</param>
    public WriteResult Update(ResourceType resource, StoredObject live, Func<JsonObject, JsonObject> build, WriteContext context, bool applied = false)
    {
        var current = ObjectView.Parse(live, resource, cluster.Types);
        var wanted = build((JsonObject)current.DeepClone());
        var managed = applied ? wanted.Child("metadata")?.Items("managedFields")?.DeepClone() : null;
        wanted = _decoder.Decode(resource, wanted);
        ServerMetadata.CheckIdentity(resource, live, current, wanted, context.Patches);
        if (applied)
        {
            wanted.Ensure("metadata").Remove("managedFields");
            if (managed is not null)
            {
                wanted.Ensure("metadata")["managedFields"] = managed;
            }
        }
        else
        {
            FieldOwnership.Update(current, ObjectDecoder.Blank(resource), wanted, resource.Ownership, WriterOf(resource, context));
        }

        var next = Subresources.Merge(resource, context.Subresource, current, wanted);
        ServerMetadata.Keep(current, next);
        if (!resource.IsCustom)
        {
            Normalization.EmptyListsToNull(next, resource.Schema);
        }

        _rules.PrepareUpdate(resource, current, next, context.Subresource);
        ServerMetadata.CountGeneration(resource, context.Subresource, current, next);
        var errors = _rules.ValidateUpdate(resource, current, next, context.Subresource);
        if (errors.Count > 0)
        {
            throw Errors.Invalid(resource, live.Name, errors);
        }

        if (WireJson.Same(current, next))
        {
            return new WriteResult(live, Created: false);
        }

        var finished = live.IsDeleting && (next.At("metadata.finalizers") as JsonArray)?.Count is null or 0 && GraceIsOver(next) && NamespaceIsFinal(resource, next);
        return finished && !context.DryRun ? Finish(resource, live, next) : Commit(resource, next, context, created: false);
    }

    /// <summary>Stores an object as it is, for the server's own bookkeeping; unchanged objects are left alone.</summary>
    public StoredObject Put(ResourceType resource, StoredObject live, Action<JsonObject> change, string subresource = "", string manager = SystemManager)
    {
        var context = new WriteContext(manager) { Subresource = subresource };
        return Update(
            resource,
            live,
            copy =>
            {
                change(copy);
                return copy;
            },
            context).Object;
    }

    /// <summary>Takes an object out of the store for good.</summary>
    public StoredObject Remove(ResourceType resource, StoredObject live, JsonObject? last = null)
    {
        var version = cluster.Store.NextVersion();
        var json = last ?? live.Parse();
        json.Ensure("metadata")["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        var gone = StoredObject.From(resource, json, version);
        cluster.Store.Remove(resource.StorageKey, live, gone);
        return gone;
    }

    public StoredObject Commit(ResourceType resource, JsonObject value) => Commit(resource, value, new WriteContext(SystemManager), created: false).Object;

    public Writer WriterOf(ResourceType resource, WriteContext context) =>
        new(context.Manager, resource.ApiVersion, cluster.Version.Minor >= 22 ? context.Subresource : string.Empty, cluster.Now)
        {
            OwnsEmpty = cluster.Version.Minor > 20,
            OwnsStatus = cluster.Version.Minor < 22 || !resource.HasStatus || context.Subresource.Length > 0,
        };

    private WriteResult Store(ResourceType resource, string @namespace, JsonObject value, WriteContext context)
    {
        var metadata = value.Ensure("metadata");
        var name = metadata.Text("name") ?? string.Empty;
        if (metadata.Text("resourceVersion") is { Length: > 0 } version && version != "0")
        {
            throw new ApiError(500, string.Empty, "resourceVersion should not be set on objects to be created");
        }

        _rules.Admit(resource, @namespace, name);
        metadata.Remove("deletionTimestamp");
        metadata.Remove("deletionGracePeriodSeconds");
        metadata.Remove("selfLink");
        metadata["uid"] = ClusterState.NewUid();
        metadata["creationTimestamp"] = cluster.Now;
        if (resource.HasGeneration)
        {
            metadata["generation"] = 1;
        }

        if (resource.IsCustom && resource.HasStatus)
        {
            value.Remove("status");
        }

        if (!resource.IsCustom)
        {
            Normalization.EmptyListsToNull(value, resource.Schema);
        }

        _rules.PrepareCreate(resource, value, context.DryRun);
        var errors = _rules.ValidateCreate(resource, value);
        if (errors.Count > 0)
        {
            throw Errors.Invalid(resource, name, errors);
        }

        if (cluster.Store.Find(resource.StorageKey, resource.Namespaced ? @namespace : string.Empty, name) is { } taken)
        {
            throw Errors.AlreadyExists(resource, name, taken.IsDeleting);
        }

        return Commit(resource, value, context, created: true);
    }

    private WriteResult Commit(ResourceType resource, JsonObject value, WriteContext context, bool created)
    {
        if (context.DryRun)
        {
            if (created)
            {
                value.Ensure("metadata").Remove("resourceVersion");
            }

            return new WriteResult(StoredObject.From(resource, value, cluster.Store.ResourceVersion), created);
        }

        var version = cluster.Store.NextVersion();
        value.Ensure("metadata")["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        var stored = StoredObject.From(resource, value, version);
        cluster.Store.Put(resource.StorageKey, stored);
        return new WriteResult(stored, created);
    }

    /// <summary>The update that takes the last finalizer deletes; its answer carries the version the object had before.</summary>
    private WriteResult Finish(ResourceType resource, StoredObject live, JsonObject last)
    {
        var answer = StoredObject.From(resource, (JsonObject)last.DeepClone(), live.ResourceVersion);
        Remove(resource, live, last);
        return new WriteResult(answer, Created: false);
    }

    private static bool GraceIsOver(JsonObject value) => value.At("metadata").Number("deletionGracePeriodSeconds") is null or 0;

    private static bool NamespaceIsFinal(ResourceType resource, JsonObject value) =>
        !(resource.IsCore && resource.Kind == "Namespace") || (value.At("spec.finalizers") as JsonArray)?.Count is null or 0;
}
