using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Engine.Tests.Clusters;

public sealed class ClusterWaitTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cluster_that_comes_back_is_waited_for()
    {
        using var fleet = new FakeFleet(time: LeapingTime.ForProbes()).Installed();
        var member = fleet.Registered("east");
        var failures = 5;
        member.Fault = _ => failures-- > 0 ? new KubeConnectionException("east", ConnectionFailure.Unreachable, "connection refused") : null;

        var cluster = await Wait(fleet, ClusterWaitFor.Ready);

        Assert.True(cluster!.Ready);
        Assert.Empty(fleet.Host.Writes);
    }

    [Fact]
    public async Task Time_that_runs_out_is_an_error_with_the_reason()
    {
        using var fleet = new FakeFleet(time: LeapingTime.ForProbes()).Installed();
        fleet.Registered("east").Fault = _ => new KubeConnectionException("east", ConnectionFailure.Unreachable, "connection refused");

        var error = await Assert.ThrowsAsync<FederationException>(() => Wait(fleet, ClusterWaitFor.Ready));

        Assert.Equal(("WaitTimedOut", FederationProblem.TimedOut, "east"), (error.Id, error.Problem, error.Target));
        Assert.Equal("Cluster \"east\" was not ready within 30 s: east: connection refused", error.Message);
    }

    [Fact]
    public async Task A_cluster_that_goes_down_is_waited_for()
    {
        using var fleet = new FakeFleet(time: LeapingTime.ForProbes()).Installed();
        var member = fleet.Registered("east");
        var good = 3;
        member.Fault = request => request == "get /readyz" && good-- <= 0 ? new KubeConnectionException("east", ConnectionFailure.Unreachable, "gone") : null;

        Assert.False((await Wait(fleet, ClusterWaitFor.NotReady))!.Ready);
    }

    [Fact]
    public async Task A_registration_that_goes_is_waited_for_and_one_that_is_gone_is_no_error()
    {
        using var fleet = new FakeFleet(time: LeapingTime.ForProbes()).Installed();
        fleet.Registered("east");
        var looks = 3;
        fleet.Host.Fault = request =>
        {
            if (request.StartsWith("get kubefedclusters", StringComparison.Ordinal) && looks-- == 0)
            {
                fleet.Host.Remove(CoreResources.KubeFedClusters, "east", KubeFedNames.DefaultSystemNamespace);
            }

            return null;
        };

        Assert.Null(await Wait(fleet, ClusterWaitFor.Removed));
        Assert.Null(await Wait(fleet, ClusterWaitFor.Removed));
        Assert.Equal("ClusterNotFound", (await Assert.ThrowsAsync<FederationException>(() => Wait(fleet, ClusterWaitFor.Ready))).Id);
    }

    private static Task<MemberCluster?> Wait(FakeFleet fleet, ClusterWaitFor wanted) =>
        fleet.Federation.Clusters.WaitAsync("east", wanted, TimeSpan.FromSeconds(30), NullSink.Instance, None);
}
