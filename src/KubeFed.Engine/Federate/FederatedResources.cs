using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Federate;

/// <summary>One JSON-Patch operation for one cluster.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Op"><c>add</c>, <c>remove</c>, <c>replace</c>, or null for replace (E-74).</param>
/// <param name="Path">An RFC 6901 pointer, such as <c>/spec/replicas</c>.</param>
/// <param name="Value">Ignored for remove.</param>
public sealed record OverrideEntry(string Cluster, string? Op, string Path, JsonNode? Value);

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

/// <summary>What to read.</summary>
public sealed record FederatedQuery
{
    /// <summary>Null reads all enabled types.</summary>
    public FederatedType? Type { get; init; }

    public string? Namespace { get; init; }

    /// <summary>Exact, or with wildcards <c>*</c> and <c>?</c>.</summary>
    public string? Name { get; init; }

    public string? LabelSelector { get; init; }
}

/// <summary>The federated objects on the host: read, make, change, remove; and turning a plain object into one.</summary>
public sealed class FederatedResources(Federation federation)
{
    public IAsyncEnumerable<FederatedResource> ListAsync(FederatedQuery query, CancellationToken cancellationToken) =>
        throw new NotImplementedException(federation.SystemNamespace);

    public Task<FederatedResource?> FindAsync(FederatedType type, ObjectKey key, CancellationToken cancellationToken) => throw new NotImplementedException(key.Name);

    /// <summary>The object <see cref="CreateAsync"/> would store; no request is made.</summary>
    /// <exception cref="FederationException">A field is wrong (<c>InvalidOverridePath</c>, <c>InvalidSelector</c>, ...).</exception>
    public FederatedResource Draft(NewFederatedResource request) => throw new NotImplementedException(request.Key.Name);

    /// <exception cref="FederationException"><c>FederatedResourceExists</c>.</exception>
    public Task<FederatedResource> CreateAsync(FederatedResource draft, bool dryRun, CancellationToken cancellationToken) => throw new NotImplementedException(draft.Key.Name);

    /// <summary>Reads, edits, validates and writes; reads again and repeats when someone else wrote in between.</summary>
    /// <exception cref="FederationException"><c>FederatedResourceNotFound</c>, or what the validation found.</exception>
    public Task<FederatedResource> EditAsync(FederatedType type, ObjectKey key, Action<FederatedResource> edit, bool dryRun, CancellationToken cancellationToken) =>
        throw new NotImplementedException(key.Name);

    /// <summary>Marks for deletion; the next sync removes the copies, or, with <paramref name="orphan"/>, unlabels them (E-91).</summary>
    public Task DeleteAsync(FederatedType type, ObjectKey key, bool orphan, bool dryRun, CancellationToken cancellationToken) => throw new NotImplementedException(key.Name);

    /// <summary>The federated form of an existing object, by K-53 to K-56 with P-125's repairs; no request is made.</summary>
    public FederatedResource FromTarget(FederatedType type, KubeObject target, PlacementSpec placement) => throw new NotImplementedException(target.Name);

    /// <summary>The copies of one resource in members: cluster and object (null object: none there; non-null error: it could not be read).</summary>
    public IAsyncEnumerable<FederatedCopy> CopiesAsync(FederatedResource resource, IReadOnlyList<string>? clusters, CancellationToken cancellationToken) =>
        throw new NotImplementedException(resource.Key.Name);
}

/// <summary>One member's copy of a resource.</summary>
public sealed record FederatedCopy(string Cluster, KubeObject? Object, string? Error);
