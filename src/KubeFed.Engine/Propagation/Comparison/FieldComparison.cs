using System.Text.Json.Nodes;

namespace KubeFed.Engine.Propagation.Comparison;

/// <summary>How a field of a copy stands to what it should be.</summary>
public enum FieldState
{
    /// <summary>As it should be.</summary>
    Same,

    /// <summary>Another value than it should have.</summary>
    Differs,

    /// <summary>Not there although it should be.</summary>
    Missing,

    /// <summary>There only because an earlier apply of ours put it there: the next one takes it away.</summary>
    Leftover,
}

/// <summary>One field, or one whole object, of a copy.</summary>
public sealed record FieldComparison
{
    /// <summary>For people: <c>/spec/template/spec/containers[name=web]/image</c>; <c>/</c> is the whole object.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// For an override: the field's JSON Pointer (RFC 6901) in the object made from template and overrides; null for what is not in it.
    /// </summary>
    public string? Pointer { get; init; }

    public required FieldState State { get; init; }

    /// <summary>What the member has; null when it has nothing there.</summary>
    public JsonNode? Actual { get; init; }

    /// <summary>What the member will have, as its server writes it; null when nothing is to be there.</summary>
    public JsonNode? Desired { get; init; }

    /// <summary>Who set the actual value, as the member's <c>managedFields</c> say; empty where nobody is on record.</summary>
    public IReadOnlyList<FieldOwner> Owners { get; init; } = [];
}

/// <summary>One writer of fields, as an entry of <c>metadata.managedFields</c> names it (KEP-555).</summary>
/// <param name="Manager">The name it wrote under: <c>kubefed</c>, <c>kubectl-edit</c>.</param>
/// <param name="Operation"><c>Apply</c> or <c>Update</c>.</param>
/// <param name="Subresource"><c>status</c>, <c>scale</c>, or empty for the object itself.</param>
/// <param name="Time">When it last changed something.</param>
public sealed record FieldOwner(string Manager, string Operation, string Subresource, DateTimeOffset? Time);
