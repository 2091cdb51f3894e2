using KubeFed.Engine.Api;

namespace KubeFed.Engine.Propagation.Comparison;

/// <summary>One resource in one cluster: what is there against what should be, and what the next sync would do about it.</summary>
public sealed record CellComparison
{
    public required FederatedResource Resource { get; init; }

    public required string Cluster { get; init; }

    /// <summary>What the next sync would do here.</summary>
    public required PlanAction Action { get; init; }

    /// <summary>Why it would do that, or why it would fail; <see cref="PropagationReason.Ok"/> when there is nothing to say.</summary>
    public PropagationReason Reason { get; init; }

    /// <summary>The reason in words; empty when there is none.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary>False when the copy could not be looked at, or no desired object can be made; then there are no fields.</summary>
    public bool Compared { get; init; } = true;

    /// <summary>Everything the template and overrides say, and what is left over, in the order of the paths.</summary>
    public IReadOnlyList<FieldComparison> Fields { get; init; } = [];
}
