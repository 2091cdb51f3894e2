using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Api.Validation;

/// <summary>What a KubeFedConfig must be like to be stored. Pure.</summary>
/// <remarks>A-54 to A-62.</remarks>
public static class KubeFedConfigValidation
{
    private static readonly string[] Locks = ["configmaps", "endpoints"];

    /// <param name="config">As it is to be stored.</param>
    /// <param name="before">As it is stored; null for a creation.</param>
    public static IReadOnlyList<FieldError> Check(KubeObject config, KubeObject? before)
    {
        var spec = config.Spec ?? [];
        return
        [
            .. Scope(spec, before),
            .. Section(spec, "controllerDuration", (section, path) =>
            [
                .. FieldChecks.PositiveDuration(section, "availableDelay", path),
                .. FieldChecks.PositiveDuration(section, "unavailableDelay", path),
                .. FieldChecks.PositiveDuration(section, "cacheSyncTimeout", path),
            ]),
            .. Section(spec, "leaderElect", LeaderElect),
            .. FeatureGates(spec["featureGates"]),
            .. Section(spec, "clusterHealthCheck", (section, path) =>
            [
                .. FieldChecks.PositiveDuration(section, "period", path),
                .. FieldChecks.PositiveInteger(section, "failureThreshold", path),
                .. FieldChecks.PositiveInteger(section, "successThreshold", path),
                .. FieldChecks.PositiveDuration(section, "timeout", path),
            ]),
            .. Section(spec, "syncController", SyncController),
            .. Section(spec, "statusController", (section, path) => FieldChecks.PositiveInteger(section, "maxConcurrentReconciles", path)),
        ];
    }

    private static IEnumerable<FieldError> Scope(JsonObject spec, KubeObject? before)
    {
        foreach (var error in FieldChecks.OneOf(spec, "scope", "spec", FieldChecks.Scopes))
        {
            yield return error;
        }

        if (before is not null && before.Spec.Text("scope") != spec.Text("scope"))
        {
            yield return FieldError.Invalid("spec.scope", spec.Text("scope"), "field is immutable");
        }
    }

    private static IEnumerable<FieldError> Section(JsonObject spec, string name, Func<JsonObject, string, IEnumerable<FieldError>> check) =>
        spec[name] is JsonObject section ? check(section, $"spec.{name}") : [FieldError.Required($"spec.{name}")];

    private static IEnumerable<FieldError> LeaderElect(JsonObject section, string path)
    {
        List<FieldError> errors =
        [
            .. FieldChecks.PositiveDuration(section, "leaseDuration", path),
            .. FieldChecks.PositiveDuration(section, "renewDeadline", path),
            .. FieldChecks.PositiveDuration(section, "retryPeriod", path),
        ];
        var hasLease = GoDuration.TryParse(section.Text("leaseDuration"), out long lease);
        var hasRenew = GoDuration.TryParse(section.Text("renewDeadline"), out long renew);
        var hasRetry = GoDuration.TryParse(section.Text("retryPeriod"), out long retry);
        if (hasLease && hasRenew && lease <= renew)
        {
            errors.Add(FieldError.Invalid($"{path}.leaseDuration", lease, "leaseDuration must be greater than renewDeadline"));
        }

        // A-57, in whole numbers: 1.2 has no exact binary form, and 12 over 10 must not slip through.
        if (hasRenew && hasRetry && (Int128)renew * 10 <= (Int128)retry * 12)
        {
            errors.Add(FieldError.Invalid($"{path}.renewDeadline", renew, "renewDeadline must be greater than retryPeriod*JitterFactor(1.2)"));
        }

        errors.AddRange(FieldChecks.OneOf(section, "resourceLock", path, Locks));
        return errors;
    }

    private static IEnumerable<FieldError> FeatureGates(JsonNode? node)
    {
        if (node is not JsonArray gates)
        {
            yield return FieldError.Required("spec.featureGates");
            yield break;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var gate in gates.Select(gate => gate as JsonObject))
        {
            var name = gate.Text("name") ?? string.Empty;
            if (!ConfigDefaults.KnownGates.Contains(name, StringComparer.Ordinal))
            {
                yield return FieldError.Unsupported("spec.featureGates.name", name, ConfigDefaults.KnownGates);
            }

            if (!seen.Add(name))
            {
                yield return FieldError.Duplicate("spec.featureGates.name", name);
            }

            foreach (var error in FieldChecks.OneOf(gate, "configuration", "spec.featureGates", FieldChecks.Switch))
            {
                yield return error;
            }
        }
    }

    /// <summary>A-61: without adoptResources nothing else of the section is looked at.</summary>
    private static IEnumerable<FieldError> SyncController(JsonObject section, string path) => section["adoptResources"] is null
        ? [FieldError.Required($"{path}.adoptResources")]
        : [.. FieldChecks.PositiveInteger(section, "maxConcurrentReconciles", path), .. FieldChecks.OneOf(section, "adoptResources", path, FieldChecks.Switch)];
}
