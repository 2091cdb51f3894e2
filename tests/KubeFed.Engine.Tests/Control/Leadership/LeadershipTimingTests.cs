using KubeFed.Engine.Control.Leadership;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Control.Leadership;

/// <summary>KubeFedConfig's <c>leaderElect</c>; .</summary>
public sealed class LeadershipTimingTests
{
    [Theory]
    [InlineData("{}", 15, 10, 5)]
    [InlineData("""{"leaderElect":{"leaseDuration":"1m0s","renewDeadline":"40s","retryPeriod":"2s","resourceLock":"endpoints"}}""", 60, 40, 2)]
    [InlineData("""{"leaderElect":{"leaseDuration":"30s"}}""", 30, 10, 5)]
    [InlineData("""{"leaderElect":{"leaseDuration":"10s","renewDeadline":"10s"}}""", 15, 10, 5)]
    [InlineData("""{"leaderElect":{"renewDeadline":"6s","retryPeriod":"5s"}}""", 15, 10, 5)]
    [InlineData("""{"leaderElect":{"leaseDuration":"soon","renewDeadline":"-1s","retryPeriod":"0s"}}""", 15, 10, 5)]
    public void Durations_are_read_and_those_that_make_no_leader_are_KubeFeds(string spec, int lease, int deadline, int retry) => Assert.Equal(
        new LeadershipTiming(TimeSpan.FromSeconds(lease), TimeSpan.FromSeconds(deadline), TimeSpan.FromSeconds(retry)),
        LeadershipTiming.Read(KubeObject.Parse($$"""{"spec":{{spec}}}""")));

    [Theory]
    [InlineData(0.2, 1)]
    [InlineData(1, 1)]
    [InlineData(15.5, 16)]
    public void A_lease_says_whole_seconds_and_never_fewer_than_are_meant(double duration, int seconds) =>
        Assert.Equal(seconds, (LeadershipTiming.Default with { LeaseDuration = TimeSpan.FromSeconds(duration) }).LeaseSeconds);
}
