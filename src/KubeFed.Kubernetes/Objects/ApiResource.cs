namespace KubeFed.Kubernetes.Objects;

/// <summary>One served API resource: what discovery says of it, and enough to ask for its objects (<see cref="RequestPath"/>).</summary>
public sealed record ApiResource(string Group, string Version, string Kind, string Plural, bool Namespaced)
{
    /// <summary>The singular name; empty when the server gives none.</summary>
    public string Singular { get; init; } = string.Empty;

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>Verbs the server offers; empty when the resource was not read from discovery.</summary>
    public IReadOnlyList<string> Verbs { get; init; } = [];

    /// <summary>Subresources the server offers, such as <c>status</c> and <c>scale</c>.</summary>
    public IReadOnlyList<string> Subresources { get; init; } = [];

    /// <summary><c>group/version</c>, or <c>version</c> for the core group.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public GroupVersionKind Gvk => new(Group, Version, Kind);

    /// <summary><c>plural.group</c>, or <c>plural</c> for the core group: the name kubectl and FederatedTypeConfigs use .</summary>
    public string QualifiedName => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>Two resources are the same when group, version and plural are: verbs and short names are only what a server said of them.</summary>
    public bool Equals(ApiResource? other) =>
        other is not null && Group == other.Group && Version == other.Version && Plural == other.Plural;

    public override int GetHashCode() => HashCode.Combine(Group, Version, Plural);

    public override string ToString() => $"{QualifiedName}/{Version}";
}
