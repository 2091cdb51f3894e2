using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Kubernetes.Client;

/// <summary>What to list or watch.</summary>
public sealed record ListQuery
{
    /// <summary>Null lists all namespaces (or a cluster-scoped resource).</summary>
    public string? Namespace { get; init; }

    /// <summary>In the API's text form: <c>a=b,c in (d,e),!f</c>.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>In the API's text form: <c>metadata.name=x</c>.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Objects per page.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>Ask for <c>PartialObjectMetadata</c>: apiVersion, kind and metadata only.</summary>
    public bool MetadataOnly { get; init; }

    /// <summary>Empty reads the newest; <c>"0"</c> whatever the server has cached.</summary>
    public string ResourceVersion { get; init; } = string.Empty;
}

/// <summary>A list as the server gave it, all pages joined.</summary>
public sealed record KubeList(IReadOnlyList<KubeObject> Items, string ResourceVersion);

/// <summary>How to write.</summary>
public sealed record WriteOptions
{
    public static WriteOptions Default { get; } = new();

    /// <summary>Recorded in managedFields as the owner of what is written; required for apply.</summary>
    public string FieldManager { get; init; } = string.Empty;

    /// <summary>Apply only: take fields over from other managers instead of a conflict.</summary>
    public bool Force { get; init; }

    /// <summary>The server does everything but store (<c>dryRun=All</c>).</summary>
    public bool DryRun { get; init; }

    /// <summary>
    /// The write is harmless when it is made twice, or late: a <see cref="PatientClient"/> makes it again when its answer was lost. Whoever sets it takes
    /// AlreadyExists for a success.
    /// </summary>
    public bool Repeatable { get; init; }

    /// <summary><c>status</c>, <c>scale</c>, ... or null for the object itself.</summary>
    public string? Subresource { get; init; }
}

/// <summary>How dependents go when their owner is deleted.</summary>
public enum DeletionPropagation
{
    Background,
    Foreground,
    Orphan,
}

/// <summary>The <c>metav1.DeleteOptions</c> a delete carries.</summary>
public sealed record DeleteOptions
{
    public static DeleteOptions Default { get; } = new();

    public DeletionPropagation? Propagation { get; init; }

    public long? GracePeriodSeconds { get; init; }

    /// <summary>Delete only this very object, not a later one of the same name.</summary>
    public string? PreconditionUid { get; init; }

    public string? PreconditionResourceVersion { get; init; }

    public bool DryRun { get; init; }
}

/// <summary>The patch formats an API server takes; apply has a method of its own.</summary>
public enum PatchKind
{
    /// <summary>RFC 6902, an array of operations.</summary>
    Json,

    /// <summary>RFC 7386.</summary>
    Merge,

    /// <summary>Kubernetes' strategic merge; built-in kinds only.</summary>
    Strategic,
}

/// <summary>A patch body and its format.</summary>
public sealed record KubePatch(PatchKind Kind, JsonNode Body)
{
    public static KubePatch Merge(JsonObject body) => new(PatchKind.Merge, body);

    public static KubePatch JsonPatch(JsonArray operations) => new(PatchKind.Json, operations);
}

/// <summary>What a watch event says.</summary>
public enum WatchEventType
{
    Added,
    Modified,
    Deleted,

    /// <summary>Only the resourceVersion of the object is meaningful.</summary>
    Bookmark,
}

public sealed record WatchEvent(WatchEventType Type, KubeObject Object);

/// <summary>What <c>/version</c> says.</summary>
public sealed record KubeVersion(int Major, int Minor, string GitVersion)
{
    public override string ToString() => GitVersion;
}
