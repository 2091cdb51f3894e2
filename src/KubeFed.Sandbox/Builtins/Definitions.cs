using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Builtins;

/// <summary>What a server does to a CustomResourceDefinition: default names, remember stored versions, accept names and establish.</summary>
internal static class Definitions
{
    public static void Default(JsonObject crd, JsonObject spec)
    {
        if ((crd.At("status.storedVersions") as JsonArray)?.Count is null or 0 && StorageVersion(crd) is { Length: > 0 } storage)
        {
            crd.Ensure("status")["storedVersions"] = new JsonArray(storage);
        }

        var names = spec.Ensure("names");
        var kind = names.Text("kind") ?? string.Empty;
        if (string.IsNullOrEmpty(names.Text("singular")))
        {
            names["singular"] = kind.ToLowerInvariant();
        }

        if (string.IsNullOrEmpty(names.Text("listKind")) && kind.Length > 0)
        {
            names["listKind"] = kind + "List";
        }

        spec["conversion"] ??= new JsonObject { ["strategy"] = "None" };
    }

    public static void PrepareCreate(JsonObject crd)
    {
        crd["status"] = new JsonObject
        {
            ["conditions"] = null,
            ["acceptedNames"] = new JsonObject { ["plural"] = string.Empty, ["kind"] = string.Empty },
            ["storedVersions"] = new JsonArray(StorageVersion(crd)),
        };
    }

    public static void PrepareUpdate(JsonObject crd)
    {
        var stored = crd.Ensure("status").Items("storedVersions") ?? [];
        var storage = StorageVersion(crd);
        if (!stored.Any(version => version?.GetValue<string>() == storage))
        {
            var next = new JsonArray([.. stored.Select(version => version?.DeepClone())]) { storage };
            crd.Ensure("status")["storedVersions"] = next;
        }
    }

    public static bool IsEstablished(JsonObject crd) => HasCondition(crd, "Established");

    public static bool HasCondition(JsonObject crd, string type) =>
        (crd.At("status.conditions") as JsonArray)?.Any(condition => condition.Text("type") == type && condition.Text("status") == "True") == true;

    /// <summary>Accepts the names that nobody else in the group has, and sets NamesAccepted and Established. True when anything changed.</summary>
    public static bool Accept(JsonObject crd, ResourceCatalog catalog, string now)
    {
        var before = crd["status"]?.DeepClone();
        var spec = crd.Ensure("spec");
        var group = spec.Text("group") ?? string.Empty;
        var names = spec.Ensure("names");
        var others = catalog.InGroup(group, crd.At("metadata").Text("name") ?? string.Empty).ToList();
        var taken = others.SelectMany(other => other.ShortNames.Append(other.Plural).Append(other.Singular)).ToHashSet(StringComparer.Ordinal);
        var kinds = others.SelectMany(other => new[] { other.Kind, other.ListKind }).ToHashSet(StringComparer.Ordinal);
        var status = crd.Ensure("status");
        var accepted = (JsonObject)(status.Child("acceptedNames")?.DeepClone() ?? new JsonObject());
        var conflict = AcceptNames(names, accepted, taken, kinds);
        status["acceptedNames"] = accepted;
        if (conflict is null)
        {
            status["acceptedNames"] = names.DeepClone();
            SetCondition(status, "NamesAccepted", "True", "NoConflicts", "no conflicts found", now);
            SetCondition(status, "Established", "True", "InitialNamesAccepted", "the initial names have been accepted", now);
        }
        else
        {
            SetCondition(status, "NamesAccepted", "False", conflict.Value.Reason, conflict.Value.Message, now);
            if (!IsEstablished(crd))
            {
                SetCondition(status, "Established", "False", "NotAccepted", "not all names are accepted", now);
            }
        }

        return !WireJson.Same(before, crd["status"]);
    }

    public static void SetCondition(JsonObject status, string type, string value, string reason, string message, string now)
    {
        if (status.Items("conditions") is not { } conditions)
        {
            status["conditions"] = conditions = [];
        }

        var existing = conditions.OfType<JsonObject>().FirstOrDefault(condition => condition.Text("type") == type);
        if (existing is null)
        {
            existing = new JsonObject { ["type"] = type };
            conditions.Add(existing);
        }

        if (existing.Text("status") != value)
        {
            existing["status"] = value;
            existing["lastTransitionTime"] = now;
        }

        existing["reason"] = reason;
        existing["message"] = message;
    }

    /// <summary>Takes over each name that is free; tells of the last that is not.</summary>
    private static (string Reason, string Message)? AcceptNames(JsonObject names, JsonObject accepted, HashSet<string> taken, HashSet<string> kinds)
    {
        (string Reason, string Message)? conflict = null;
        foreach (var (field, reason, others) in new[]
        {
            ("plural", "PluralConflict", taken), ("singular", "SingularConflict", taken), ("kind", "KindConflict", kinds), ("listKind", "ListKindConflict", kinds),
        })
        {
            var name = names.Text(field) ?? string.Empty;
            if (others.Contains(name))
            {
                conflict = (reason, $"\"{name}\" is already in use");
            }
            else
            {
                accepted[field] = name;
            }

            if (field != "singular")
            {
                continue;
            }

            var busy = (names.Items("shortNames") ?? []).Select(item => item?.GetValue<string>() ?? string.Empty).Where(taken.Contains).ToList();
            if (busy.Count > 0)
            {
                conflict = ("ShortNamesConflict", string.Join(", ", busy.Select(item => $"\"{item}\" is already in use")));
            }
        }

        return conflict;
    }

    private static string StorageVersion(JsonObject crd) =>
        (crd.At("spec.versions") as JsonArray)?.FirstOrDefault(version => version.Flag("storage")).Text("name") ?? string.Empty;
}
