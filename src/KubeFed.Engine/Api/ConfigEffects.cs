using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Engine.Api;

/// <summary>A value of a KubeFedConfig that does nothing here, or less than it says.</summary>
/// <param name="Path">Such as <c>spec.statusController.maxConcurrentReconciles</c>.</param>
/// <param name="Value">As it is stored.</param>
/// <param name="Why">A sentence.</param>
public sealed record IdleSetting(string Path, string Value, string Why)
{
    public override string ToString() => $"{Path}={Value} has no effect: {Why}";
}

/// <summary>
/// Names the values of a KubeFedConfig that are kept for KubeFed and mean nothing here. All others have the effect that KubeFed's documentation gives.
/// </summary>
/// <remarks>P-106; api.md section 5.</remarks>
public static class ConfigEffects
{
    /// <summary>A controller works on so many resources at once, at least.</summary>
    public const int LeastParallelism = 8;

    private static readonly (string Section, string Field, string Why)[] Idle =
    [
        ("controllerDuration", "availableDelay", "resources are looked at as soon as a cluster is found ready."),
        ("controllerDuration", "unavailableDelay", "resources are looked at as soon as a cluster is found not ready."),
        ("leaderElect", "resourceLock", "the lock is always a Lease."),
        ("statusController", "maxConcurrentReconciles", "status is collected by the run that propagates."),
    ];

    private static readonly string[] RemovedGates = ["CrossClusterServiceDiscovery", "FederatedIngress"];

    /// <summary>Those among the values of a spec that somebody chose: what has KubeFed's default is not mentioned.</summary>
    public static IReadOnlyList<IdleSetting> Chosen(JsonObject? spec)
    {
        var defaults = ConfigDefaults.Apply([]);
        return [.. All(spec).Where(idle => idle.Default is null || !SemanticallySame(idle.Default(defaults), idle.Value)).Select(idle => idle.Setting)];
    }

    /// <summary>Those among the values of a spec that are set now, be it to their default.</summary>
    /// <param name="spec">As it is stored.</param>
    /// <param name="paths">What is set: <c>leaderElect.resourceLock</c>, or the name of a feature gate.</param>
    public static IReadOnlyList<IdleSetting> Set(JsonObject? spec, IReadOnlyCollection<string> paths) =>
        [.. All(spec).Where(idle => paths.Contains(idle.Key)).Select(idle => idle.Setting)];

    private static IEnumerable<(string Key, JsonNode? Value, Func<JsonObject, JsonNode?>? Default, IdleSetting Setting)> All(JsonObject? spec)
    {
        foreach (var (section, field, why) in Idle)
        {
            if (spec.Map(section)?[field] is { } value)
            {
                yield return ($"{section}.{field}", value, defaults => defaults[section]![field], new($"spec.{section}.{field}", Show(value), why));
            }
        }

        if (spec.Map("syncController")?["maxConcurrentReconciles"] is { } parallel
            && spec.Map("syncController").Integer("maxConcurrentReconciles") is < LeastParallelism)
        {
            yield return (
                "syncController.maxConcurrentReconciles",
                parallel,
                defaults => defaults["syncController"]!["maxConcurrentReconciles"],
                new(
                    "spec.syncController.maxConcurrentReconciles",
                    Show(parallel),
                    $"a controller works on {LeastParallelism} resources at once, at least; give more to have more."));
        }

        foreach (var gate in spec.Maps("featureGates").Where(gate => RemovedGates.Contains(gate.Text("name"), StringComparer.Ordinal)))
        {
            var name = gate.Text("name")!;
            yield return (name, null, null, new($"spec.featureGates {name}", gate.Text("configuration") ?? string.Empty, "KubeFed removed this gate in 0.7."));
        }
    }

    private static string Show(JsonNode value) => value is JsonValue scalar && scalar.TryGetValue<string>(out var text) ? text : JsonText.Write(value);

    /// <summary>60s and 1m0s are one duration.</summary>
    private static bool SemanticallySame(JsonNode? left, JsonNode? right) =>
        JsonNode.DeepEquals(left, right)
        || (Validation.GoDuration.TryParse(left?.ToString(), out long before)
            && Validation.GoDuration.TryParse(right?.ToString(), out long after)
            && before == after);
}
