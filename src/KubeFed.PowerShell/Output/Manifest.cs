namespace KubeFed;

/// <summary>An object to be applied, which is not stored by having been made.</summary>
public sealed class Manifest : StoredObject
{
    /// <summary>The object's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace; null where it has none.</summary>
    public string? Namespace { get; init; }

    /// <summary>Its kind.</summary>
    public required string Kind { get; init; }

    /// <summary>Its API group and version.</summary>
    public required string ApiVersion { get; init; }

    /// <summary><c>kind namespace/name</c>.</summary>
    public override string ToString() => Namespace is null ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}
