using KubeFed.Kubernetes.Objects;

namespace KubeFed.Kubernetes.Discovery;

/// <summary>What the server serves; cached, and read anew when a lookup misses.</summary>
public interface IApiDiscovery
{
    /// <summary>Every resource of every served version. A broken aggregated API is left out and named in <see cref="DiscoveryResult.Failures"/>.</summary>
    Task<DiscoveryResult> GetAllAsync(CancellationToken cancellationToken);

    /// <summary>Each group's resources in the version the server prefers.</summary>
    Task<DiscoveryResult> GetPreferredAsync(CancellationToken cancellationToken);

    /// <summary>The resource of a kind, or null when the server does not serve it.</summary>
    Task<ApiResource?> FindAsync(GroupVersionKind kind, CancellationToken cancellationToken);

    /// <summary>
    /// Looks a type up the way kubefedctl does (K-30 to K-33): plural, singular, lower-case kind, short name or <c>plural.group</c>; the core group wins.
    /// </summary>
    /// <exception cref="ApiLookupException">Nothing matches, or several do; the message lists the candidates.</exception>
    Task<ApiResource> ResolveAsync(string name, string? version, CancellationToken cancellationToken);

    /// <summary>Forgets what was read.</summary>
    void Invalidate();
}

public sealed record DiscoveryResult(IReadOnlyList<ApiResource> Resources, IReadOnlyList<string> Failures);

/// <summary>A type name that names nothing, or too much.</summary>
public sealed class ApiLookupException(string message, IReadOnlyList<string> candidates) : Client.KubeException(message)
{
    /// <summary>The qualified names that would have been unambiguous, or that come near.</summary>
    public IReadOnlyList<string> Candidates { get; } = candidates;
}
