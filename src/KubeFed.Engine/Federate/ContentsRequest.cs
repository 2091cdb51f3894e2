using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Federate;

/// <summary>A namespace to federate with what it contains.</summary>
public sealed record ContentsRequest
{
    public required string Namespace { get; init; }

    /// <summary>Types to leave out: kind, plural, short name, <c>plural.group</c>, or a whole API group (K-57); case does not matter.</summary>
    public IReadOnlyList<string> SkipTypes { get; init; } = [];

    public PlacementSpec Placement { get; init; } = PlacementSpec.All;
}

/// <summary>One object of a namespace, and what it would become.</summary>
/// <param name="Source">The live object; for a type that cannot be listed, an object named <c>*</c> of that kind.</param>
/// <param name="Resource">Its federated form, not yet created; null when it is skipped.</param>
/// <param name="TypeEnabled">False when its type must be enabled before the resource can be created.</param>
/// <param name="Skipped">Why it is left out; null when it is not.</param>
public sealed record ContentItem(KubeObject Source, FederatedResource? Resource, bool TypeEnabled, string? Skipped)
{
    /// <summary>Why it can't be federated, though it should be, such as a name that no custom resource can have; null where it can be, or is skipped.</summary>
    public FederationException? Fault { get; init; }
}

/// <summary>Objects out of files to federate.</summary>
public sealed record ManifestRequest
{
    /// <summary>Plain objects, in the order their federated forms are wanted.</summary>
    public required IReadOnlyList<KubeObject> Manifests { get; init; }

    public PlacementSpec Placement { get; init; } = PlacementSpec.All;

    /// <summary>The namespace of all namespaced ones, whatever they say; null lets each have its own.</summary>
    public string? Namespace { get; init; }

    /// <summary>The namespace of those that name none; null leaves them without, which is a fault where the type is namespaced.</summary>
    public string? DefaultNamespace { get; init; }
}

/// <summary>What a manifest would become.</summary>
/// <param name="Source">The manifest.</param>
/// <param name="Resource">Its federated form, not yet created; null when it cannot have one.</param>
/// <param name="TypeEnabled">False when its type must be enabled before the resource can be created.</param>
/// <param name="Guessed">True when plural and scope of the type are guesses, because no server could be asked (K-63).</param>
/// <param name="Error">Why it cannot be federated; null when it can.</param>
public sealed record ConvertedManifest(KubeObject Source, FederatedResource? Resource, bool TypeEnabled, bool Guessed, FederationException? Error);
