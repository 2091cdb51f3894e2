using KubeFed.Engine.Scheduling;

namespace KubeFed.Engine.Tests.Scheduling;

/// <summary>A suspended cluster is neither filled nor drained, however long it is suspended.</summary>
public sealed class SuspendedClusterTests
{
    private const string Six = """{"targetKind":"FederatedDeployment","totalReplicas":6}""";

    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SchedulingMode.Compatible)]
    [InlineData(SchedulingMode.Fair)]
    public async Task A_suspended_cluster_keeps_its_replicas_and_is_not_asked(SchedulingMode mode)
    {
        using var fleet = new SchedulingFleet("c1", "c2", "c3");
        fleet.Prefer(Six, mode);
        await fleet.Apply();
        foreach (var member in new[] { "c1", "c2", "c3" })
        {
            fleet.Running(member, 2, 2);
        }

        await fleet.Fleet.Federation.Clusters.SuspendAsync("c2", "new switches", false, NullSink.Instance, None);
        fleet.Fleet["c2"].Requests.Clear();
        fleet.Advance(TimeSpan.FromDays(3));

        var decision = await fleet.Apply();

        Assert.Equal((false, "c1=2 c2=2 c3=2"), (decision.Changed, fleet.Written()));
        Assert.Equal("keeps 2: suspended since 2026-03-01T12:00:00Z (new switches)", decision.Clusters[1].Reason);
        Assert.Empty(fleet.Fleet["c2"].Requests);
    }

    [Fact]
    public async Task More_replicas_go_to_the_others()
    {
        using var fleet = new SchedulingFleet("c1", "c2", "c3");
        fleet.Prefer(Six);
        await fleet.Apply();
        await fleet.Fleet.Federation.Clusters.SuspendAsync("c2", null, false, NullSink.Instance, None);
        fleet.Prefer("""{"targetKind":"FederatedDeployment","totalReplicas":10}""");

        await fleet.Apply();

        Assert.Equal("c1=4 c2=2 c3=4", fleet.Written());
    }

    [Fact]
    public async Task A_cluster_that_had_none_gets_none_while_it_is_suspended()
    {
        using var fleet = new SchedulingFleet("c1", "c2", "c3");
        await fleet.Fleet.Federation.Clusters.SuspendAsync("c2", null, false, NullSink.Instance, None);
        fleet.Prefer(Six);

        await fleet.Apply();
        Assert.Equal("c1=3 c3=3", fleet.Written());

        await fleet.Fleet.Federation.Clusters.ResumeAsync("c2", false, NullSink.Instance, None);
        await fleet.Apply();
        Assert.Contains("c2=", fleet.Written(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suspending_most_clusters_does_not_stop_the_rest()
    {
        using var fleet = new SchedulingFleet("c1", "c2", "c3");
        fleet.Prefer(Six);
        await fleet.Apply();
        await fleet.Fleet.Federation.Clusters.SuspendAsync("c1", null, false, NullSink.Instance, None);
        await fleet.Fleet.Federation.Clusters.SuspendAsync("c2", null, false, NullSink.Instance, None);
        fleet.Prefer("""{"targetKind":"FederatedDeployment","totalReplicas":9}""");

        await fleet.Apply();

        Assert.Equal("c1=2 c2=2 c3=5", fleet.Written());
    }
}
