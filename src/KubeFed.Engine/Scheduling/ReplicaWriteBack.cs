using System.Text.Json.Nodes;
using KubeFed.Engine.Api;

namespace KubeFed.Engine.Scheduling;

/// <summary>
/// Puts a plan into a federated object: the clusters into the placement, the numbers into overrides. Only what differs is touched, entries stay where they
/// are, and new ones come in name order, so that an unchanged plan writes nothing and a changed number changes one value (P-84).
/// </summary>
/// <remarks>rsp.md section 4. Entries with a clusterSelector are left alone: the entry that names a cluster has the last word there (P-60).</remarks>
public static class ReplicaWriteBack
{
    /// <param name="resource">Edited in place.</param>
    /// <param name="replicas">By cluster; every cluster that is to have a copy, also those with zero (R-62).</param>
    /// <param name="path">The JSON pointer of the replica count, usually <c>/spec/replicas</c>.</param>
    /// <returns>Whether anything changed.</returns>
    /// <exception cref="FederationException"><c>InvalidOverrides</c>: a cluster appears twice, or an entry has no usable shape (R-67).</exception>
    public static bool Apply(FederatedResource resource, IReadOnlyDictionary<string, long> replicas, string path = "/spec/replicas")
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(replicas);
        var clusters = replicas.Keys.Order(StringComparer.Ordinal).ToArray();
        Check(resource);
        var changed = SetPlacement(resource, clusters);
        var overrides = resource.Overrides ?? [];
        var overridden = SetOverrides(overrides, replicas, clusters, path);
        if (overridden && resource.Overrides is null)
        {
            resource.Object.Section("spec")["overrides"] = overrides;
        }

        return changed | overridden;
    }

    /// <summary>The replicas overridden for each cluster now; clusters without such an override are absent.</summary>
    public static IReadOnlyDictionary<string, long> Read(FederatedResource resource, string path = "/spec/replicas")
    {
        ArgumentNullException.ThrowIfNull(resource);
        var found = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var item in resource.Overrides?.OfType<JsonObject>() ?? [])
        {
            if (item.Text("clusterName") is { } cluster && item.Maps("clusterOverrides").FirstOrDefault(entry => entry.Text("path") == path).Integer("value") is { } value)
            {
                found[cluster] = value;
            }
        }

        return found;
    }

    private static bool SetPlacement(FederatedResource resource, string[] clusters)
    {
        if (resource.PlacementClusters is { } now && now.Order(StringComparer.Ordinal).SequenceEqual(clusters, StringComparer.Ordinal))
        {
            return false;
        }

        resource.PlacementClusters = clusters;
        return true;
    }

    private static bool SetOverrides(JsonArray overrides, IReadOnlyDictionary<string, long> replicas, string[] clusters, string path)
    {
        var changed = false;
        foreach (var item in overrides.OfType<JsonObject>().ToArray())
        {
            if (item.NonEmptyText("clusterName") is { } cluster && !replicas.ContainsKey(cluster) && item.List("clusterOverrides") is { } entries)
            {
                var stale = entries.OfType<JsonObject>().Where(entry => entry.Text("path") == path).ToArray();
                foreach (var entry in stale)
                {
                    entries.Remove(entry);
                }

                // KubeFed leaves an empty item behind (R-63); it says nothing.
                if (stale.Length > 0 && entries.Count == 0)
                {
                    overrides.Remove(item);
                }

                changed |= stale.Length > 0;
            }
        }

        foreach (var cluster in clusters)
        {
            changed |= SetValue(overrides, cluster, path, replicas[cluster]);
        }

        return changed;
    }

    private static bool SetValue(JsonArray overrides, string cluster, string path, long value)
    {
        var item = overrides.OfType<JsonObject>().FirstOrDefault(candidate => candidate.Text("clusterName") == cluster);
        if (item is null)
        {
            item = new JsonObject { ["clusterName"] = cluster, ["clusterOverrides"] = new JsonArray() };
            var after = overrides.OfType<JsonObject>().LastOrDefault(other =>
                other.NonEmptyText("clusterName") is { } name && string.CompareOrdinal(name, cluster) < 0);
            overrides.Insert(after is null ? 0 : overrides.IndexOf(after) + 1, item);
        }

        if (item.List("clusterOverrides") is not { } entries)
        {
            entries = [];
            item["clusterOverrides"] = entries;
        }

        var own = entries.OfType<JsonObject>().Where(candidate => candidate.Text("path") == path).ToArray();
        if (own.Length == 0)
        {
            entries.Add(new JsonObject { ["path"] = path, ["value"] = value });
            return true;
        }

        // Of several the last would win; one is enough.
        foreach (var extra in own.Skip(1))
        {
            entries.Remove(extra);
        }

        var entry = own[0];
        if (own.Length == 1 && entry.Text("op") != "remove" && entry["valueTemplate"] is null && entry.Integer("value") == value)
        {
            return false;
        }

        if (entry.Text("op") == "remove")
        {
            entry.Remove("op");
        }

        entry.Remove("valueTemplate");
        entry["value"] = value;
        return true;
    }

    private static void Check(FederatedResource resource)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (item, index) in (resource.Overrides ?? []).Select((item, index) => (item, index)))
        {
            if (item is not JsonObject map || map["clusterOverrides"] is not (null or JsonArray))
            {
                throw Invalid(
                    resource,
                    $"spec.overrides[{index}]: Invalid value: {item?.ToJsonString() ?? "null"}: "
                    + "must have clusterName or clusterSelector, and a list clusterOverrides");
            }

            if (map.NonEmptyText("clusterName") is { } name && !seen.Add(name))
            {
                throw Invalid(resource, $"spec.overrides[{index}].clusterName: Duplicate value: \"{name}\"");
            }
        }
    }

    private static FederationException Invalid(FederatedResource resource, string message) => new("InvalidOverrides", FederationProblem.Invalid, message)
    {
        Target = resource.Key.ToString(),
        Remedy = "Correct the overrides of the federated object; replicas are scheduled once they are valid.",
    };
}
