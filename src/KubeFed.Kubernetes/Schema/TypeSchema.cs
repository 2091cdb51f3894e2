using System.Text.Json.Nodes;

namespace KubeFed.Kubernetes.Schema;

/// <summary>What a value may be. <see cref="Any"/> is untyped: its shape is deduced from the value, its lists are replaced as a whole.</summary>
internal enum ValueKind
{
    Any,
    String,
    Bytes,
    Quantity,
    Time,
    Integer,
    Number,
    Boolean,
    IntOrString,
    Object,
    Map,
    List,
}

/// <summary>How a list behaves when two writers meet.</summary>
internal enum ListTopology
{
    Atomic,
    Set,
    Map,
}

/// <summary>The shape of a value: enough to prune, default, merge and say who owns which part of it.</summary>
/// <remarks>KEP-555 (server-side apply), structural schemas of apiextensions v1.</remarks>
internal sealed class TypeSchema(ValueKind kind, Dictionary<string, FieldSchema>? fields = null)
{
    public static TypeSchema Untyped { get; } = new(ValueKind.Any);

    /// <summary>Untyped, and owned and replaced as a whole.</summary>
    public static TypeSchema Opaque { get; } = new(ValueKind.Any) { Atomic = true };

    public ValueKind Kind { get; } = kind;

    /// <summary>The fields of an <see cref="ValueKind.Object"/>.</summary>
    public Dictionary<string, FieldSchema> Fields { get; } = fields ?? new Dictionary<string, FieldSchema>(StringComparer.Ordinal);

    /// <summary>Of a map's values or a list's items.</summary>
    public TypeSchema Items
    {
        get => field ?? Untyped;
        set;
    }

    public ListTopology Topology { get; init; }

    /// <summary>The fields that tell a keyed list's items apart; the first is the strategic merge key.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Owned and replaced as a whole although it is an object or a map.</summary>
    public bool Atomic { get; init; }

    /// <summary>Fields that are not declared stay (x-kubernetes-preserve-unknown-fields).</summary>
    public bool PreserveUnknown { get; init; }

    /// <summary>The shape of members that are not declared.</summary>
    public TypeSchema UnknownMembers
    {
        get => field ?? Untyped;
        init;
    }

    /// <summary>A whole Kubernetes object lives here: its apiVersion, kind and metadata are known.</summary>
    public bool Embedded { get; init; }

    public bool Nullable { get; init; }

    /// <summary>The OpenAPI v3 schema this came from; null for built-in types.</summary>
    public JsonObject? Rules { get; init; }

    /// <summary>Merged and owned piece by piece: an object or map that is not atomic.</summary>
    public bool IsGranularObject => Kind is ValueKind.Object or ValueKind.Map && !Atomic;

    public bool IsGranularList => Kind == ValueKind.List && Topology != ListTopology.Atomic;

    /// <summary>The schema of a member; untyped where nothing is declared.</summary>
    public TypeSchema Member(string name) =>
        Kind switch
        {
            ValueKind.Object => Fields.TryGetValue(name, out var field) ? field.Type : UnknownMembers,
            ValueKind.Map => Items,
            _ => Untyped,
        };

    /// <summary>For an untyped value, the shape the value itself suggests; otherwise this.</summary>
    public TypeSchema For(JsonNode? value)
    {
        if (Kind != ValueKind.Any || Atomic)
        {
            return this;
        }

        return value switch
        {
            JsonObject => DeducedMap,
            JsonArray => DeducedList,
            _ => this,
        };
    }

    private static TypeSchema DeducedMap { get; } = new(ValueKind.Map);

    private static TypeSchema DeducedList { get; } = new(ValueKind.List);
}

/// <summary>A field of an object type.</summary>
/// <param name="Name">As in JSON.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Optional">Absent and zero are different things.</param>
/// <param name="AlwaysWritten">Stored even when it is zero.</param>
/// <param name="Default">What an absent field becomes when its parent is there.</param>
internal sealed record FieldSchema(string Name, TypeSchema Type, bool Optional, bool AlwaysWritten, JsonNode? Default)
{
    /// <summary>What an absent field counts as when it is a key of a list.</summary>
    public JsonNode? KeyDefault { get; init; } = Default;
}
