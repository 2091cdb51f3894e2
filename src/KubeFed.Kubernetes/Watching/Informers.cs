using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace KubeFed.Kubernetes.Watching;

/// <summary>What a store of versions holds of an object; its identity is the key.</summary>
/// <param name="ResourceVersion">Opaque.</param>
/// <param name="Generation">Zero for kinds without one.</param>
/// <param name="IsDeleting">It has a deletionTimestamp.</param>
public readonly record struct VersionEntry(string ResourceVersion, long Generation, bool IsDeleting);

/// <summary>The two informers most callers want.</summary>
public static class Informers
{
    /// <summary>Holds whole objects; they must not be changed.</summary>
    public static Informer<KubeObject> OfObjects(
        IKubeClient client,
        ApiResource resource,
        ListQuery query,
        TimeProvider? time = null,
        ILogger? logger = null,
        Action<KubeException>? onTrouble = null) =>
        new(client, resource, query, value => value, time, logger, onTrouble);

    /// <summary>Holds versions only, and asks the server for metadata only.</summary>
    public static Informer<VersionEntry> OfVersions(
        IKubeClient client,
        ApiResource resource,
        ListQuery query,
        TimeProvider? time = null,
        ILogger? logger = null,
        Action<KubeException>? onTrouble = null) =>
        new(
            client,
            resource,
            query with { MetadataOnly = true },
            value => new VersionEntry(value.ResourceVersion, value.Generation, value.IsDeleting),
            time,
            logger,
            onTrouble);
}
