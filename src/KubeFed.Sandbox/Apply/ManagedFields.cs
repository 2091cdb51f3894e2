using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Apply;

/// <summary>Who an entry of <c>managedFields</c> is about. An applier is one manager whatever version it applied in.</summary>
internal sealed record ManagerKey(string Manager, string Operation, string ApiVersion, string Subresource) : IComparable<ManagerKey>
{
    public const string Apply = "Apply";
    public const string Update = "Update";

    public bool IsApply => Operation == Apply;

    /// <summary>As conflicts name it: <c>"kubectl" using v1</c>, or <c>"kubefed"</c> for an applier.</summary>
    public string Printed =>
        FieldError.Quote(Manager)
        + (Subresource.Length > 0 ? $" with subresource {FieldError.Quote(Subresource)}" : string.Empty)
        + (IsApply ? string.Empty : $" using {ApiVersion}");

    public int CompareTo(ManagerKey? other) =>
        other is null ? 1 : string.CompareOrdinal($"{Manager}\0{Operation}\0{ApiVersion}\0{Subresource}", $"{other.Manager}\0{other.Operation}\0{other.ApiVersion}\0{other.Subresource}");
}

/// <summary>What one manager owns.</summary>
internal sealed record ManagedSet(FieldSet Fields, string ApiVersion, string? Time);

/// <summary>The <c>managedFields</c> of an object, opened up.</summary>
internal sealed class ManagedFields
{
    /// <summary>Update managers beyond this are folded into one.</summary>
    public const int MaxUpdateManagers = 10;

    public const string AncientChanges = "ancient-changes";

    public Dictionary<ManagerKey, ManagedSet> Managers { get; } = [];

    public bool IsEmpty => Managers.Count == 0;

    /// <exception cref="TypedValueException">An entry can't be read.</exception>
    public static ManagedFields Read(JsonObject metadata)
    {
        var result = new ManagedFields();
        foreach (var entry in metadata.Items("managedFields")?.OfType<JsonObject>() ?? [])
        {
            var operation = entry.Text("operation") ?? string.Empty;
            if (entry.Count == 0 || operation.Length == 0)
            {
                continue;
            }

            if (operation is not (ManagerKey.Apply or ManagerKey.Update))
            {
                throw new TypedValueException($"invalid operation {operation}");
            }

            var version = entry.Text("apiVersion") ?? string.Empty;
            var key = new ManagerKey(entry.Text("manager") ?? string.Empty, operation, operation == ManagerKey.Apply ? string.Empty : version, entry.Text("subresource") ?? string.Empty);
            var fields = entry.Child("fieldsV1") is { } json ? FieldSet.Parse(json) : new FieldSet();
            if (result.Managers.TryGetValue(key, out var same))
            {
                fields.Add(same.Fields);
            }

            result.Managers[key] = new ManagedSet(fields, version, entry.Text("time"));
        }

        return result;
    }

    /// <summary>Writes the entries: appliers first, then by time, then by name.</summary>
    public void Write(JsonObject metadata)
    {
        var entries = Managers.Where(pair => !pair.Value.Fields.IsEmpty)
            .OrderBy(pair => pair.Key.IsApply ? 0 : 1)
            .ThenBy(pair => pair.Value.Time, StringComparer.Ordinal)
            .ThenBy(pair => pair.Key)
            .Select(pair => Entry(pair.Key, pair.Value))
            .ToArray();
        metadata.Remove("managedFields");
        if (entries.Length > 0)
        {
            metadata["managedFields"] = new JsonArray(entries);
        }
    }

    public ManagedFields Clone()
    {
        var copy = new ManagedFields();
        foreach (var (key, set) in Managers)
        {
            copy.Managers[key] = set;
        }

        return copy;
    }

    /// <summary>The same managers owning the same fields, whenever they wrote.</summary>
    public bool SameOwnership(ManagedFields other) =>
        Managers.Count == other.Managers.Count
        && Managers.All(pair => other.Managers.TryGetValue(pair.Key, out var match) && match.ApiVersion == pair.Value.ApiVersion && match.Fields.SetEquals(pair.Value.Fields));

    /// <summary>Folds the oldest update managers of a version together until few enough are left.</summary>
    public void Cap()
    {
        var updaters = Managers.Where(pair => !pair.Key.IsApply && pair.Key.Subresource.Length == 0)
            .OrderBy(pair => pair.Value.Time, StringComparer.Ordinal)
            .ThenBy(pair => pair.Key)
            .ToList();
        var excess = updaters.Count - MaxUpdateManagers;
        var folded = updaters.Where(pair => pair.Key.Manager == AncientChanges).Select(pair => pair.Value.ApiVersion).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, set) in updaters)
        {
            if (excess <= 0)
            {
                break;
            }

            if (key.Manager == AncientChanges)
            {
                continue;
            }

            var bucket = new ManagerKey(AncientChanges, ManagerKey.Update, set.ApiVersion, string.Empty);
            if (!folded.Add(set.ApiVersion))
            {
                excess--;
            }

            Managers.Remove(key);
            Managers[bucket] = Managers.TryGetValue(bucket, out var old)
                ? new ManagedSet(old.Fields.Union(set.Fields), set.ApiVersion, set.Time)
                : set;
        }
    }

    public static string TimeText(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static JsonObject Entry(ManagerKey key, ManagedSet set)
    {
        var entry = new JsonObject();
        if (key.Manager.Length > 0)
        {
            entry["manager"] = key.Manager;
        }

        entry["operation"] = key.Operation;
        entry["apiVersion"] = set.ApiVersion;
        if (set.Time is not null)
        {
            entry["time"] = set.Time;
        }

        entry["fieldsType"] = "FieldsV1";
        entry["fieldsV1"] = set.Fields.ToJson();
        if (key.Subresource.Length > 0)
        {
            entry["subresource"] = key.Subresource;
        }

        return entry;
    }
}
