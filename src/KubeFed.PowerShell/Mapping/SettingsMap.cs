using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Api.Validation;

namespace KubeFed.PowerShell.Mapping;

/// <remarks>A-50 to A-52: what is not stored is shown as its default.</remarks>
internal static class SettingsMap
{
    public static KubeFedConfig ToOutput(ControlPlaneConfig config, OpenSession session, DateTimeOffset now)
    {
        var spec = ConfigDefaults.Apply(config.Source.Spec ?? []);
        var delays = spec["controllerDuration"] as JsonObject;
        var health = spec["clusterHealthCheck"] as JsonObject;
        var leader = spec["leaderElect"] as JsonObject;
        return new KubeFedConfig
        {
            Name = session.KubeFedNamespace,
            Cluster = session.Name,
            Scope = config.Scope.ToString(),
            AdoptResources = config.AdoptResources,
            FeatureGates = Gates(spec),
            AvailableDelay = Duration(delays, "availableDelay"),
            UnavailableDelay = Duration(delays, "unavailableDelay"),
            CacheSyncTimeout = Duration(delays, "cacheSyncTimeout"),
            HealthCheckPeriod = Duration(health, "period"),
            HealthCheckTimeout = Duration(health, "timeout"),
            HealthCheckFailureThreshold = Number(health, "failureThreshold"),
            HealthCheckSuccessThreshold = Number(health, "successThreshold"),
            LeaseDuration = Duration(leader, "leaseDuration"),
            RenewDeadline = Duration(leader, "renewDeadline"),
            RetryPeriod = Duration(leader, "retryPeriod"),
            Created = Times.Local(config.Source.CreationTimestamp),
            Age = Times.Since(config.Source.CreationTimestamp, now),
            Json = config.Source.Json,
        };
    }

    private static SortedDictionary<string, bool> Gates(JsonObject spec)
    {
        var gates = new SortedDictionary<string, bool>(StringComparer.Ordinal);
        foreach (var gate in (spec["featureGates"] as JsonArray ?? []).OfType<JsonObject>())
        {
            gates[gate["name"]?.ToString() ?? string.Empty] = gate["configuration"]?.ToString() == "Enabled";
        }

        return gates;
    }

    private static TimeSpan? Duration(JsonObject? section, string field) =>
        GoDuration.TryParse(section?[field]?.ToString(), out TimeSpan duration) ? duration : null;

    private static long? Number(JsonObject? section, string field) =>
        long.TryParse(section?[field]?.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
