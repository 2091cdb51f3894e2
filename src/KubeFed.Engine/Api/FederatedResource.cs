using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Api;

/// <summary>
/// A <c>Federated&lt;Kind&gt;</c> object with its federation fields in reach. It reads and writes the JSON of <see cref="Object"/>; nothing but the key, which
/// never changes, is cached, and wrong shapes are kept for validation to report, never dropped.
/// </summary>
/// <remarks>api.md section 8.</remarks>
public sealed class FederatedResource(FederatedType type, KubeObject value)
{
    public FederatedType Type { get; } = type;

    public KubeObject Object { get; } = value;

    public ObjectKey Key { get; } = value.Key;

    /// <summary>Where the copies live in members: the same key, except for namespaces, whose copy is the namespace itself (E-21, E-22).</summary>
    public ObjectKey TargetKey => Type.TargetOf(Key);

    /// <summary><c>spec.template</c>; null when absent.</summary>
    public JsonObject? Template => Object.Spec?["template"] as JsonObject;

    /// <summary><c>spec.placement.clusters</c> as names; null when absent, which makes the selector decide (E-41).</summary>
    public IReadOnlyList<string>? PlacementClusters
    {
        get => Placement?["clusters"] is JsonArray clusters
            ? [.. clusters.OfType<JsonObject>().Select(c => c["name"] is JsonValue v && v.TryGetValue<string>(out var name) ? name : string.Empty)]
            : null;
        set
        {
            var placement = EnsurePlacement();
            if (value is null)
            {
                placement.Remove("clusters");
            }
            else
            {
                placement["clusters"] = new JsonArray([.. value.Select(name => new JsonObject { ["name"] = name })]);
            }
        }
    }

    /// <summary><c>spec.placement.clusterSelector</c>; null selects nothing, empty selects all (E-42).</summary>
    public JsonObject? PlacementSelector
    {
        get => Placement?["clusterSelector"] as JsonObject;
        set
        {
            var placement = EnsurePlacement();
            if (value is null)
            {
                placement.Remove("clusterSelector");
            }
            else
            {
                placement["clusterSelector"] = value;
            }
        }
    }

    /// <summary><c>spec.overrides</c>; null when absent.</summary>
    public JsonArray? Overrides => Object.Spec?["overrides"] as JsonArray;

    public bool RetainReplicas => Object.Spec?["retainReplicas"] is JsonValue value && value.TryGetValue<bool>(out var retain) && retain;

    /// <summary>Active only when the annotation is exactly <c>"true"</c> (S-35).</summary>
    public bool Orphan => Object.Annotation(KubeFedNames.OrphanAnnotation) == "true";

    /// <summary>What becomes of objects of its name that members hold already, in the annotation's words; null leaves it to the KubeFedConfig (P-47).</summary>
    public string? AdoptionPolicy
    {
        get => Object.Annotation(KubeFedNames.AdoptionPolicyAnnotation);
        set => Object.SetAnnotation(KubeFedNames.AdoptionPolicyAnnotation, value);
    }

    public bool HasSyncFinalizer => Object.Finalizers.Contains(KubeFedNames.SyncFinalizer);

    private JsonObject? Placement => Object.Spec?["placement"] as JsonObject;

    private JsonObject EnsurePlacement()
    {
        var spec = Object.Section("spec");
        if (spec["placement"] is JsonObject placement)
        {
            return placement;
        }

        placement = [];
        spec["placement"] = placement;
        return placement;
    }
}
