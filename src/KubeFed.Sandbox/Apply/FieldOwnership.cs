using System.Text.Json.Nodes;
using KubeFed.Sandbox.Schema;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Apply;

/// <summary>Who writes, and when.</summary>
internal sealed record Writer(string Manager, string ApiVersion, string Subresource, string Time)
{
    /// <summary>An applied <c>{}</c> is owned itself. Kubernetes 1.20 owned nothing there.</summary>
    public bool OwnsEmpty { get; init; } = true;

    /// <summary>The status that a writer of the object itself sends is not stored, and so not the writer's. Up to 1.21 it was.</summary>
    public bool OwnsStatus { get; init; } = true;
}

/// <summary>The outcome of an apply: the new object with its managedFields.</summary>
internal sealed record Applied(JsonObject Object, bool Changed);

/// <summary>Keeps <c>metadata.managedFields</c> true: who owns which field after an update or an apply, and who is in whose way.</summary>
/// <remarks>KEP-555 as Kubernetes 1.20 implements it; subresource entries as since 1.22.</remarks>
internal static class FieldOwnership
{
    private static readonly string[] NeverOwned =
        ["name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields", "resourceVersion"];

    /// <summary>
    /// Records a create, replace or patch. <paramref name="live"/> is the object before (null on create); <paramref name="value"/> is given its managedFields.
    /// </summary>
    /// <param name="live">The stored object; null when it is being created.</param>
    /// <param name="blank">An empty object of the kind, which a create is compared with.</param>
    /// <param name="value">The object to store, with whatever managedFields the client sent.</param>
    /// <param name="type">The object's shape.</param>
    /// <param name="writer">Who writes.</param>
    public static void Update(JsonObject? live, JsonObject blank, JsonObject value, TypeSchema type, Writer writer)
    {
        var metadata = value.Ensure("metadata");
        ManagedFields managed;
        try
        {
            var sent = metadata.Items("managedFields");
            var reset = sent is { Count: 1 } && sent[0] is JsonObject { Count: 0 };
            managed = sent is { Count: > 0 } ? ManagedFields.Read(metadata) : new ManagedFields();
            if (live is not null && managed.IsEmpty && !reset)
            {
                managed = ManagedFields.Read(live.Ensure("metadata"));
            }
        }
        catch (TypedValueException)
        {
            // What a client wrote there and no one can read is dropped, as a server does; ownership goes on from what was stored.
            managed = live is null ? new ManagedFields() : ManagedFields.Read(live.Ensure("metadata"));
        }

        if (live is not null && managed.IsEmpty)
        {
            // Not tracked: it was reset, or never was; the first apply takes tracking up again.
            metadata.Remove("managedFields");
            return;
        }

        try
        {
            Reconcile(managed, live, type, writer);
            var compare = TypedValue.Compare(Bare(live ?? blank), Bare(value), type);
            var key = new ManagerKey(writer.Manager, ManagerKey.Update, writer.ApiVersion, writer.Subresource);
            var taken = Strip(compare.Modified.Union(compare.Added), writer);
            TakeFromOthers(managed, taken, compare.Removed);
            if (!taken.IsEmpty)
            {
                var own = managed.Managers.TryGetValue(key, out var previous) ? previous.Fields.Union(taken) : taken;
                managed.Managers[key] = new ManagedSet(own, writer.ApiVersion, writer.Time);
                managed.Cap();
            }
        }
        catch (TypedValueException)
        {
            // An object whose lists break their own rules (duplicate keys) can be stored, but not tracked.
        }

        managed.Write(metadata);
    }

    /// <summary>Server-side apply.</summary>
    /// <param name="live">The stored object; null when the apply creates it.</param>
    /// <param name="blank">What a create starts from.</param>
    /// <param name="config">What the applier sent.</param>
    /// <param name="type">The object's shape.</param>
    /// <param name="writer">The applier.</param>
    /// <param name="force">Take fields from other managers.</param>
    /// <exception cref="ApiError">409 when another manager owns a field that would change.</exception>
    /// <exception cref="TypedValueException">A list breaks its own rules.</exception>
    public static Applied Apply(JsonObject? live, JsonObject blank, JsonObject config, TypeSchema type, Writer writer, bool force)
    {
        var start = live ?? blank;
        var managed = ManagedFields.Read(start.Ensure("metadata"));
        if (live is not null && managed.IsEmpty)
        {
            var before = Strip(AddedTo(blank, live, type), writer with { OwnsStatus = true });
            if (!before.IsEmpty)
            {
                managed.Managers[new ManagerKey("before-first-apply", ManagerKey.Update, writer.ApiVersion, string.Empty)] =
                    new ManagedSet(before, writer.ApiVersion, writer.Time);
            }
        }

        var original = managed.Clone();
        Reconcile(managed, live, type, writer);
        var key = new ManagerKey(writer.Manager, ManagerKey.Apply, string.Empty, writer.Subresource);
        var bareConfig = Bare(config);
        var bareLive = Bare(start);
        var merged = (JsonObject)TypedValue.Merge(bareLive, bareConfig, type)!;
        var last = managed.Managers.GetValueOrDefault(key)?.Fields;
        var applied = Strip(TypedValue.FieldsOf(bareConfig, type, writer.OwnsEmpty), writer);
        managed.Managers[key] = new ManagedSet(applied, writer.ApiVersion, original.Managers.GetValueOrDefault(key)?.Time ?? writer.Time);
        if (last is not null)
        {
            var owned = managed.Managers.Values.Aggregate(new FieldSet(), (all, set) => all.Union(set.Fields));
            TypedValue.Prune(merged, type, last, owned);
        }

        var compare = TypedValue.Compare(bareLive, merged, type);
        var taken = Strip(compare.Modified.Union(compare.Added), writer);
        var conflicts = managed.Managers.Where(pair => pair.Key != key)
            .SelectMany(pair => pair.Value.Fields.Intersection(taken).Paths().Select(path => (Manager: pair.Key, Path: path)))
            .ToList();
        if (conflicts.Count > 0 && !force)
        {
            throw Conflict(conflicts);
        }

        var mine = managed.Managers[key];
        managed.Managers.Remove(key);
        TakeFromOthers(managed, taken, compare.Removed);
        if (!mine.Fields.IsEmpty)
        {
            managed.Managers[key] = mine;
        }

        var changed = !compare.IsSame || !managed.SameOwnership(original);
        if (changed && !mine.Fields.IsEmpty)
        {
            managed.Managers[key] = mine with { Time = writer.Time };
        }

        if (start.Child("metadata")?.Items("managedFields") is { } old)
        {
            merged.Ensure("metadata")["managedFields"] = old.DeepClone();
        }

        if (changed)
        {
            managed.Write(merged.Ensure("metadata"));
        }

        return new Applied(merged, changed);
    }

    private static void TakeFromOthers(ManagedFields managed, FieldSet taken, FieldSet removed)
    {
        foreach (var (key, set) in managed.Managers.ToList())
        {
            var rest = set.Fields.Difference(taken).Difference(removed);
            if (rest.IsEmpty)
            {
                managed.Managers.Remove(key);
            }
            else
            {
                managed.Managers[key] = set with { Fields = rest };
            }
        }
    }

    /// <summary>
    /// On servers up to 1.20, who owns a map or keyed list as such, and nothing in it, is taken to own all that is in it: so they read ownership from before a
    /// type was granular, and so the manager that lost its only entry to another gets it back when the other lets go. Later servers leave it at what was
    /// applied: <c>{}</c> stays <c>{}</c>, whatever defaults and controllers put in.
    /// </summary>
    private static void Reconcile(ManagedFields managed, JsonObject? live, TypeSchema type, Writer writer)
    {
        if (live is null || writer.OwnsEmpty)
        {
            return;
        }

        foreach (var (key, set) in managed.Managers.ToList())
        {
            var fields = set.Fields.Clone();
            TypedValue.Expand(fields, Bare(live), type);
            managed.Managers[key] = set with { Fields = fields };
        }
    }

    private static FieldSet AddedTo(JsonObject blank, JsonObject live, TypeSchema type)
    {
        var compare = TypedValue.Compare(Bare(blank), Bare(live), type);
        return compare.Added.Union(compare.Modified);
    }

    private static JsonObject Bare(JsonObject value)
    {
        var copy = (JsonObject)value.DeepClone();
        copy.Child("metadata")?.Remove("managedFields");
        return copy;
    }

    private static FieldSet Strip(FieldSet fields, Writer writer)
    {
        if (!writer.OwnsStatus)
        {
            fields.RemoveTree("f:status");
        }

        fields.RemoveTree("f:apiVersion");
        fields.RemoveTree("f:kind");
        if (fields.Find("f:metadata") is { } metadata)
        {
            metadata.IsMember = false;
            foreach (var name in NeverOwned)
            {
                metadata.RemoveTree(PathElements.Field(name));
            }

            if (metadata.IsEmpty)
            {
                fields.RemoveTree("f:metadata");
            }
        }

        fields.IsMember = false;
        return fields;
    }

    private static ApiError Conflict(List<(ManagerKey Manager, string Path)> conflicts)
    {
        string message;
        if (conflicts.Count == 1)
        {
            message = $"Apply failed with 1 conflict: conflict with {conflicts[0].Manager.Printed}: {conflicts[0].Path}";
        }
        else
        {
            var groups = conflicts.GroupBy(conflict => conflict.Manager.Printed).OrderBy(group => group.Key, StringComparer.Ordinal);
            message = $"Apply failed with {conflicts.Count} conflicts: "
                + string.Join("\n", groups.Select(group => $"conflicts with {group.Key}:\n{string.Join("\n", group.Select(conflict => "- " + conflict.Path))}"));
        }

        return new ApiError(409, "Conflict", message)
        {
            Causes = [.. conflicts.Select(conflict => new ErrorCause("FieldManagerConflict", $"conflict with {conflict.Manager.Printed}", conflict.Path))],
        };
    }
}
