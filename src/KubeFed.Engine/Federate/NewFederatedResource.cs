using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Federate;

/// <summary>Where a resource is to appear: by names, or by a label selector (E-40 to E-43).</summary>
public sealed record PlacementSpec
{
    /// <summary>Null lets the selector decide; an empty list selects nothing.</summary>
    public IReadOnlyList<string>? Clusters { get; init; }

    /// <summary>A metav1.LabelSelector as JSON; null selects nothing, empty selects all.</summary>
    public JsonObject? Selector { get; init; }

    /// <summary>All registered clusters: what federate writes (K-55).</summary>
    public static PlacementSpec All => new() { Selector = new JsonObject { ["matchLabels"] = new JsonObject() } };
}

/// <summary>A federated resource to make.</summary>
public sealed record NewFederatedResource
{
    public required FederatedType Type { get; init; }

    public required ObjectKey Key { get; init; }

    public required JsonObject Template { get; init; }

    public required PlacementSpec Placement { get; init; }

    public IReadOnlyList<OverrideEntry> Overrides { get; init; } = [];

    /// <summary>Of the federated object itself.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public bool RetainReplicas { get; init; }
}
