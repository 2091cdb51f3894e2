using KubeFed.Engine.Api;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Clusters;

/// <summary>What suspending writes on the host; what it means for a sync is told by SuspendedSyncTests.</summary>
public sealed class SuspensionTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Suspending_is_noted_on_the_host_with_time_and_reason_and_the_member_hears_nothing()
    {
        using var fleet = new FakeFleet(time: new LeapingTime()).Installed();
        var member = fleet.Registered("east");

        var changed = await fleet.Federation.Clusters.SuspendAsync("east", "new switches", dryRun: false, NullSink.Instance, None);

        Assert.Equal("suspended since 2024-06-01T12:00:00Z (new switches)", changed.Cluster.Suspension!.ToString());
        Assert.Equal("Update KubeFedCluster kube-federation-system/east in hub", Assert.Single(changed.Changes).ToString());
        var stored = fleet.Host.Peek(CoreResources.KubeFedClusters, "east", KubeFedNames.DefaultSystemNamespace)!;
        Assert.Equal("true", stored.Annotation("kubefed.io/suspended"));
        Assert.Empty(member.Requests);
    }

    [Fact]
    public async Task Suspending_again_writes_nothing_and_a_new_reason_keeps_the_time()
    {
        var time = new LeapingTime();
        using var fleet = new FakeFleet(time: time).Installed();
        fleet.Registered("east");
        await fleet.Federation.Clusters.SuspendAsync("east", "new switches", dryRun: false, NullSink.Instance, None);
        await Task.Delay(TimeSpan.FromSeconds(3), time, None);
        fleet.Host.Requests.Clear();

        var same = await fleet.Federation.Clusters.SuspendAsync("east", null, dryRun: false, NullSink.Instance, None);
        Assert.Empty(fleet.Host.Writes);
        Assert.Equal(ChangeKind.Unchanged, Assert.Single(same.Changes).Kind);

        var other = await fleet.Federation.Clusters.SuspendAsync("east", "still the switches", dryRun: false, NullSink.Instance, None);
        Assert.Equal("suspended since 2024-06-01T12:00:00Z (still the switches)", other.Cluster.Suspension!.ToString());
    }

    [Fact]
    public async Task Resuming_leaves_no_trace_and_resuming_again_writes_nothing()
    {
        using var fleet = new FakeFleet().Installed();
        fleet.Registered("east");
        await fleet.Federation.Clusters.SuspendAsync("east", "why", dryRun: false, NullSink.Instance, None);

        var resumed = await fleet.Federation.Clusters.ResumeAsync("east", dryRun: false, NullSink.Instance, None);

        Assert.Null(resumed.Cluster.Suspension);
        Assert.DoesNotContain(resumed.Cluster.Source.Annotations, annotation => annotation.Key.Contains("suspended", StringComparison.Ordinal));
        fleet.Host.Requests.Clear();
        await fleet.Federation.Clusters.ResumeAsync("east", dryRun: false, NullSink.Instance, None);
        Assert.Empty(fleet.Host.Writes);
    }

    [Fact]
    public async Task A_dry_run_says_what_it_would_do_and_writes_nothing()
    {
        using var fleet = new FakeFleet().Installed();
        fleet.Registered("east");

        var planned = await fleet.Federation.Clusters.SuspendAsync("east", null, dryRun: true, NullSink.Instance, None);

        Assert.NotNull(planned.Cluster.Suspension);
        Assert.False(Assert.Single(planned.Changes).Applied);
        Assert.Empty(fleet.Host.Writes);
        Assert.Null((await fleet.Federation.Clusters.FindAsync("east", None))!.Suspension);
    }

    [Fact]
    public async Task A_cluster_that_is_not_registered_cannot_be_suspended()
    {
        using var fleet = new FakeFleet().Installed();

        var error = await Assert.ThrowsAsync<FederationException>(() => fleet.Federation.Clusters.SuspendAsync("east", null, false, NullSink.Instance, None));

        Assert.Equal("ClusterNotFound", error.Id);
    }

    [Theory]
    [InlineData("True")]
    [InlineData("yes")]
    [InlineData("")]
    public void Any_other_word_than_true_suspends_nothing(string value)
    {
        var cluster = KubeObject.Create(CoreResources.KubeFedClusters, FakeFleet.System("east")).SetAnnotation(KubeFedNames.SuspendedAnnotation, value);

        Assert.Null(MemberClusterReader.Read(cluster).Suspension);
    }

    [Fact]
    public void An_annotation_set_by_hand_needs_neither_time_nor_reason()
    {
        var cluster = KubeObject.Create(CoreResources.KubeFedClusters, FakeFleet.System("east")).SetAnnotation(KubeFedNames.SuspendedAnnotation, "true");

        Assert.Equal("suspended", MemberClusterReader.Read(cluster).Suspension!.ToString());
    }
}
