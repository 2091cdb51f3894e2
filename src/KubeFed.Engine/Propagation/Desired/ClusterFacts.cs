using KubeFed.Engine.Api;

namespace KubeFed.Engine.Propagation.Desired;

/// <summary>What overrides may tell clusters apart by.</summary>
/// <param name="Name">The name the cluster is registered under.</param>
/// <param name="Labels">Those of its KubeFedCluster; a cluster without any is normal.</param>
public sealed record ClusterFacts(string Name, IReadOnlyDictionary<string, string> Labels)
{
    public static ClusterFacts Of(MemberCluster cluster) => new(cluster.Name, cluster.Labels);
}
