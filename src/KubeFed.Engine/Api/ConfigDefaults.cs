using System.Text.Json.Nodes;

namespace KubeFed.Engine.Api;

/// <summary>Fills what a KubeFedConfig's spec leaves open, as KubeFed's mutating webhook did at creation.</summary>
/// <remarks>A-50 to A-52, api.md section 14.</remarks>
public static class ConfigDefaults
{
    private static readonly (string Name, bool Default)[] Gates =
        [("PushReconciler", true), ("RawResourceStatusCollection", false), ("SchedulerPreferences", true)];

    /// <summary>The gates a KubeFedConfig may name, in order.</summary>
    internal static IReadOnlyList<string> KnownGates { get; } = [.. Gates.Select(gate => gate.Name)];

    /// <summary>A complete spec; only missing values (or nulls) are filled, an explicit 0 is left for validation to refuse.</summary>
    public static JsonObject Apply(JsonObject spec)
    {
        var filled = (JsonObject)spec.DeepClone();
        Fill(filled, "controllerDuration", ("availableDelay", "20s"), ("unavailableDelay", "1m0s"), ("cacheSyncTimeout", "5m0s"));
        Fill(filled, "leaderElect", ("leaseDuration", "15s"), ("renewDeadline", "10s"), ("retryPeriod", "5s"), ("resourceLock", "configmaps"));
        FillGates(filled);
        Fill(filled, "clusterHealthCheck", ("period", "10s"), ("failureThreshold", 3), ("successThreshold", 1), ("timeout", "3s"));
        Fill(filled, "syncController", ("maxConcurrentReconciles", 1), ("adoptResources", "Enabled"));
        Fill(filled, "statusController", ("maxConcurrentReconciles", 1));
        return filled;
    }

    private static void Fill(JsonObject spec, string section, params (string Field, JsonNode Value)[] defaults)
    {
        if (spec[section] is null)
        {
            spec[section] = new JsonObject();
        }

        if (spec[section] is JsonObject fields)
        {
            foreach (var (field, value) in defaults)
            {
                fields[field] ??= value;
            }
        }
    }

    /// <summary>A-51: listed gates stay as they are, missing ones are added, and all are sorted by name.</summary>
    private static void FillGates(JsonObject spec)
    {
        if (spec["featureGates"] is not (null or JsonArray))
        {
            return;
        }

        var listed = spec["featureGates"] as JsonArray ?? [];
        var names = listed.OfType<JsonObject>().Select(gate => gate.Text("name")).ToHashSet(StringComparer.Ordinal);
        var added = Gates.Where(gate => !names.Contains(gate.Name)).Select(JsonNode (gate) => new JsonObject
        {
            ["name"] = gate.Name,
            ["configuration"] = gate.Default ? "Enabled" : "Disabled",
        });
        var all = listed.Select(gate => gate?.DeepClone()).Concat(added);
        spec["featureGates"] = new JsonArray([.. all.OrderBy(gate => (gate as JsonObject).Text("name"), StringComparer.Ordinal)]);
    }
}
