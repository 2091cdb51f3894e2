using KubeFed.Engine.Api;
using KubeFed.Engine.Scheduling;
using KubeFed.Engine.Tests.Fakes;

namespace KubeFed.Engine.Tests.Scheduling;

/// <summary>P-86: what becomes of replicas when clusters cannot be reached.</summary>
public class ClusterLossTests
{
    private const string Six = """{"targetKind":"FederatedDeployment","totalReplicas":6}""";

    [Fact] // P-86, against R-13
    public async Task A_cluster_out_of_reach_keeps_its_replicas_for_the_toleration_then_they_move_and_its_place_stays()
    {
        using var fleet = new SchedulingFleet("c1", "c2", "c3");
        fleet.Prefer(Six);
        await fleet.Apply();
        Assert.Equal("c1=2 c2=2 c3=2", fleet.Written());
        Follow(fleet);

        fleet.Lose("c2");
        var first = await fleet.Apply();
        Assert.Equal((false, "c1=2 c2=2 c3=2"), (first.Changed, fleet.Written()));
        Assert.Contains("keeps 2 although out of reach since 2026-03-01T12:00:00Z", first.Clusters[1].Reason, StringComparison.Ordinal);

        fleet.Advance(TimeSpan.FromMinutes(4));
        Assert.False((await fleet.Apply()).Changed);

        fleet.Advance(TimeSpan.FromMinutes(2));
        await fleet.Apply();
        Assert.Equal("c1=3 c2=0 c3=3", fleet.Written());

        fleet.Return("c2");
        Follow(fleet, "c1", "c3");
        await fleet.Apply();
        Assert.Contains("c2=", fleet.Written(), StringComparison.Ordinal);
        Assert.Equal("c1=3 c2=0 c3=3", fleet.Written()); // rebalance is off: what runs stays
    }

    [Theory]
    [InlineData(""" "clusters":{"c1":{"weight":1},"c2":{"weight":0},"c3":{"weight":1}} """, 6, "c1=3 c2=0 c3=3")]
    [InlineData(""" "clusters":{"c1":{"weight":1},"c2":{"weight":0,"minReplicas":1},"c3":{"weight":1}} """, 6, "c1=3 c2=1 c3=2")]
    [InlineData(""" "clusters":{"c1":{"weight":1},"c3":{"weight":1}} """, 6, "c1=3 c2=0 c3=3")]
    [InlineData(""" "clusters":{"*":{"weight":1},"c2":{"weight":1,"maxReplicas":1}} """, 6, "c1=3 c2=1 c3=2")]
    [InlineData(""" "clusters":{"*":{"weight":1}} """, 3, "c1=1 c2=1 c3=1")]
    [InlineData(""" "clusters":{"*":{"weight":1}} """, 0, "c1=0 c2=0 c3=0")]
    [InlineData(""" "clusters":{"*":{"weight":1}} """, 9, "c1=4 c2=2 c3=3")]
    public async Task What_is_ordered_for_a_cluster_out_of_reach_is_done_at_once(string clusters, int total, string written)
    {
        using var fleet = new SchedulingFleet("c1", "c2", "c3");
        fleet.Prefer(Six);
        await fleet.Apply();
        Follow(fleet);
        fleet.Lose("c2");
        await fleet.Apply();

        fleet.Prefer($$"""{"targetKind":"FederatedDeployment","totalReplicas":{{total}},"rebalance":true,{{clusters}}}""");
        await fleet.Apply();

        Assert.Equal(written, fleet.Written());
        Assert.False((await fleet.Apply()).Changed);
    }

    [Fact]
    public async Task Most_clusters_may_be_out_of_reach_if_somebody_ordered_their_replicas_away()
    {
        using var fleet = new SchedulingFleet("c1", "c2", "c3");
        fleet.Prefer(Six);
        await fleet.Apply();
        fleet.Lose("c1");
        fleet.Lose("c2");
        Assert.Equal(SchedulingReason.MostClustersUnavailable, (await fleet.Apply()).Reason);

        fleet.Prefer("""{"targetKind":"FederatedDeployment","totalReplicas":6,"clusters":{"c1":{"weight":0},"c2":{"weight":0},"c3":{"weight":1}}}""");

        Assert.Equal(SchedulingReason.Scheduled, (await fleet.Apply()).Reason);
        Assert.Equal("c1=0 c2=0 c3=6", fleet.Written());
    }

    [Fact]
    public async Task A_short_silence_is_forgotten()
    {
        using var fleet = new SchedulingFleet("c1", "c2", "c3");
        fleet.Prefer(Six);
        await fleet.Apply();
        fleet.Lose("c2");
        await fleet.Apply();
        fleet.Return("c2");
        fleet.Advance(TimeSpan.FromMinutes(4));
        await fleet.Apply();

        fleet.Lose("c2");
        fleet.Advance(TimeSpan.FromMinutes(4));
        await fleet.Apply();

        Assert.Equal("c1=2 c2=2 c3=2", fleet.Written());
    }

    [Fact]
    public async Task The_recorded_health_counts_from_when_it_changed()
    {
        using var fleet = new SchedulingFleet("c1", "c2", "c3");
        fleet.Prefer(Six);
        await fleet.Apply();
        fleet.Host.Put(CoreResources.KubeFedClusters, FakeFleet.System("c2"), """
            {"spec":{"apiEndpoint":"https://c2.example:6443","secretRef":{"name":"c2-secret"}},
             "status":{"conditions":[{"type":"Ready","status":"False","reason":"ClusterNotReady","message":"/healthz responded without ok",
              "lastProbeTime":"2026-03-01T11:59:00Z","lastTransitionTime":"2026-03-01T11:54:00Z"}]}}
            """);

        var decision = await fleet.Apply();

        Assert.Equal("c1=3 c2=0 c3=3", fleet.Written());
        Assert.Contains("/healthz responded without ok", decision.Clusters[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_moves_when_most_clusters_vanish_at_once()
    {
        using var fleet = new SchedulingFleet("c1", "c2", "c3");
        fleet.Prefer(Six);
        await fleet.Apply();
        fleet.Lose("c1");
        fleet.Lose("c2");
        await fleet.Apply();
        fleet.Advance(TimeSpan.FromHours(1));

        var decision = await fleet.Apply();

        Assert.Equal((SchedulingReason.MostClustersUnavailable, "c1=2 c2=2 c3=2"), (decision.Reason, fleet.Written()));
        Assert.Contains("2 of 3 clusters", decision.Message, StringComparison.Ordinal);
        Assert.Equal("MostClustersUnavailable", fleet.Condition()["reason"]!.GetValue<string>());
    }

    [Fact] // rsp.md section 1 step 2
    public async Task Without_any_cluster_nothing_changes()
    {
        using var fleet = new SchedulingFleet("c1");
        fleet.Prefer(Six);
        fleet.Lose("c1");

        var decision = await fleet.Apply();

        Assert.Equal((SchedulingReason.NoClusterAvailable, string.Empty), (decision.Reason, fleet.Written()));
        Assert.Contains("no answer to", decision.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_workload_does_not_wait_for_clusters_that_are_out_of_reach()
    {
        using var fleet = new SchedulingFleet("c1", "c2", "c3");
        fleet.Lose("c1");
        fleet.Lose("c2");
        fleet.Prefer(Six);

        Assert.Equal(SchedulingReason.Scheduled, (await fleet.Apply()).Reason);
        Assert.Equal("c3=6", fleet.Written());
    }

    /// <summary>Members do what is written, at once.</summary>
    private static void Follow(SchedulingFleet fleet, params string[] members)
    {
        foreach (var (cluster, replicas) in ReplicaWriteBack.Read(fleet.Read()).Where(entry => members.Length == 0 || members.Contains(entry.Key)))
        {
            fleet.Running(cluster, (int)replicas, (int)replicas);
        }
    }
}
