using System.Collections.Immutable;
using KubeFed.Sandbox.Server;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox;

/// <summary>
/// Everything a cluster stores, at one moment: what a backup of its etcd would hold. Taking one costs next to nothing, because stored objects never change.
/// </summary>
public sealed class ClusterImage
{
    internal ClusterImage(
        SandboxCluster cluster,
        ImmutableDictionary<string, ImmutableSortedSet<StoredObject>> objects,
        ImmutableDictionary<string, ImmutableArray<ResourceType>> definitions,
        long resourceVersion) =>
        (Cluster, Objects, Definitions, ResourceVersion) = (cluster, objects, definitions, resourceVersion);

    /// <summary>The newest resourceVersion in it.</summary>
    public long ResourceVersion { get; }

    internal SandboxCluster Cluster { get; }

    internal ImmutableDictionary<string, ImmutableSortedSet<StoredObject>> Objects { get; }

    internal ImmutableDictionary<string, ImmutableArray<ResourceType>> Definitions { get; }
}
