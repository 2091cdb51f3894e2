using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.TestSupport.Servers;

namespace KubeFed.Cluster.Tests.Flows;

[CollectionDefinition(nameof(FederationServers))]
public sealed class FederationServers : ICollectionFixture<RealClustersFixture>;

/// <summary>The flows on real API servers, and what only those can do: stop.</summary>
[Collection(nameof(FederationServers))]
public sealed class RealFederationTests(RealClustersFixture servers) : FederationFlows
{
    [Fact]
    public async Task A_member_that_stops_while_others_join_is_joined_by_a_second_run_and_left_by_a_second_run()
    {
        var clusters = await servers.GetAsync(None);
        using var fleet = await InstalledAsync("flow-stop");
        var settings = fleet.Clusters[2] with { Timeout = TimeSpan.FromSeconds(3) };
        var request = new JoinRequest { Name = settings.Name, Member = settings };

        await clusters.StopServerAsync(2);
        var unreachable = await Assert.ThrowsAsync<FederationException>(() => fleet.Federation.Clusters.JoinAsync(request, NullSink.Instance, None));
        Assert.Equal("ClusterUnreachable", unreachable.Id);
        await clusters.StartServerAsync(2, None);
        Assert.True((await fleet.Federation.Clusters.JoinAsync(request, NullSink.Instance, None)).Cluster.Ready);

        await clusters.StopServerAsync(2);
        var cluster = (await fleet.Federation.Clusters.FindAsync(settings.Name, None))!;
        Assert.False((await fleet.Federation.Clusters.CheckAsync(cluster, Patient, record: true, None)).Reachable);
        var leave = new LeaveRequest { Name = settings.Name, Member = settings };
        Assert.Equal("ClusterNotCleaned", (await Assert.ThrowsAsync<FederationException>(() => fleet.Federation.Clusters.LeaveAsync(leave, NullSink.Instance, None))).Id);
        await clusters.StartServerAsync(2, None);
        Assert.Empty((await fleet.Federation.Clusters.LeaveAsync(leave, NullSink.Instance, None)).LeftBehind);
        using var member = fleet.Factory.Create(settings);
        await NothingIsLeftAsync(fleet, member, settings.Name);
    }

    protected override async Task<Fleet> StartAsync(string systemNamespace)
    {
        var clusters = await servers.GetAsync(None);
        return new Fleet([.. clusters.Clusters.Select(cluster => cluster.ToConnectionSettings())], systemNamespace, []);
    }
}
