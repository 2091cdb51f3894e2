using System.Text.Json.Nodes;
using KubeFed.Sandbox.Schema;

namespace KubeFed.Sandbox.Server;

/// <summary>Which rule an object's name obeys.</summary>
internal enum NameRule
{
    /// <summary>RFC 1123 subdomain: the common rule.</summary>
    Subdomain,

    /// <summary>RFC 1123 label: namespaces.</summary>
    Label,

    /// <summary>RFC 1035 label: services.</summary>
    Label1035,

    /// <summary>Anything that fits a path segment: RBAC.</summary>
    PathSegment,
}

/// <summary>A resource an API server serves, as data: built-in and custom kinds alike.</summary>
internal sealed record ResourceType(string Group, string Version, string Kind, string Plural, bool Namespaced)
{
    public string Singular { get; init; } = Kind.ToLowerInvariant();

    public string ListKind { get; init; } = Kind + "List";

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>All served versions, the storage version among them; the objects are shared.</summary>
    public string StorageVersion { get; init; } = Version;

    /// <summary>The server counts spec changes in metadata.generation.</summary>
    public bool HasGeneration { get; init; }

    public bool HasStatus { get; init; }

    public ScalePaths? Scale { get; init; }

    /// <summary>PUT on a name that does not exist creates it.</summary>
    public bool CreateOnUpdate { get; init; }

    /// <summary>PUT without a resourceVersion overwrites.</summary>
    public bool UnconditionalUpdate { get; init; } = true;

    public NameRule NameRule { get; init; }

    /// <summary>Fields a field selector may name besides metadata.name and metadata.namespace; dotted paths.</summary>
    public IReadOnlyList<string> SelectableFields { get; init; } = [];

    /// <summary>Deleting it without saying how leaves its dependents alone.</summary>
    public bool OrphansByDefault { get; init; }

    /// <summary>Create only; nothing is stored (reviews).</summary>
    public bool Virtual { get; init; }

    public bool IsCustom { get; init; }

    /// <summary>What a CRD declares to be printed (additionalPrinterColumns).</summary>
    public IReadOnlyList<JsonObject> PrinterColumns { get; init; } = [];

    /// <summary>The group validation errors name, where it is not the kind's own.</summary>
    public string? ErrorGroup { get; init; }

    /// <summary>The first minor version of Kubernetes 1 that serves it, and the last.</summary>
    public int MinMinor { get; init; }

    public int MaxMinor { get; init; } = int.MaxValue;

    public required TypeSchema Schema { get; init; }

    /// <summary>The shape by which fields are owned; <see cref="Schema"/>, except where old servers knew no better than the value itself.</summary>
    public TypeSchema Ownership
    {
        get => field ?? Schema;
        init;
    }

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public string QualifiedName => Errors.Qualified(Group, Plural);

    /// <summary>What objects of all versions are stored under.</summary>
    public string StorageKey => QualifiedName;

    public bool IsCore => Group.Length == 0;
}

/// <summary>Where a kind keeps what the scale subresource shows; dotted paths.</summary>
internal sealed record ScalePaths(string SpecReplicas, string StatusReplicas, string? LabelSelector);
