using KubeFed.TestSupport.Servers;

namespace KubeFed.Cluster.Tests.Servers;

/// <summary>Two clusters for the tests of the clusters themselves.</summary>
[CollectionDefinition(nameof(RealServers))]
public sealed class RealServers : ICollectionFixture<TwoClusters>;

public sealed class TwoClusters : RealClustersFixture
{
    protected override int Count => 2;
}
