using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Json;
using KubeFed.PowerShell.Mapping;

namespace KubeFed;

/// <summary>What everything that a cluster stores has in common: when it was made, and the object itself.</summary>
public abstract class StoredObject
{
    private PSObject? _raw;

    private protected StoredObject()
    {
    }

    /// <summary>When the object was made; null for one that is not stored.</summary>
    public DateTime? Created { get; init; }

    /// <summary>How long ago that was, when this object was read.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>The object as the cluster has it, property by property; null where there is none.</summary>
    public PSObject? Raw => Json is null ? null : _raw ??= RawObject.From(Json);

    internal JsonObject? Json { get; init; }

    /// <summary>The object as indented JSON, as kubectl takes it; empty where there is none.</summary>
    public string ToJson() => Json is null ? string.Empty : JsonText.WriteIndented(Json);
}
