using KubeFed.Engine.Api;

namespace KubeFed.Engine.Federate;

/// <summary>What to read.</summary>
public sealed record FederatedQuery
{
    /// <summary>Null reads all enabled types.</summary>
    public FederatedType? Type { get; init; }

    public string? Namespace { get; init; }

    /// <summary>Exact, or with wildcards, see <see cref="NamePattern"/>.</summary>
    public string? Name { get; init; }

    public string? LabelSelector { get; init; }
}
