using KubeFed.Engine.Api;

namespace KubeFed.Engine.Clusters;

/// <summary>What one probe of a member found.</summary>
public sealed record ClusterHealth(MemberCluster Cluster, bool Reachable, bool Ready, string? Version, string Message, TimeSpan Latency);
