using KubeFed.Engine.Api;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Clusters;

public sealed class HealthTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_ready_member_gets_the_fixed_strings_and_its_version()
    {
        using var fleet = new FakeFleet().Installed();
        fleet.Registered("east");

        var health = await Check(fleet, "east");

        Assert.True(health is { Ready: true, Reachable: true, Version: "v1.30.1" });
        var stored = (await fleet.Federation.Clusters.FindAsync("east", None))!;
        Assert.Equal(
            ["Ready True ClusterReady /healthz responded with ok", "Offline False ClusterReachable cluster is reachable"],
            stored.Conditions.Select(Show));
        Assert.Equal("v1.30.1", stored.KubernetesVersion);
    }

    [Fact]
    public async Task A_second_probe_with_the_same_result_writes_nothing_P22()
    {
        using var fleet = new FakeFleet(time: LeapingTime.ForProbes()).Installed();
        fleet.Registered("east");
        await Check(fleet, "east");
        fleet.Host.Requests.Clear();

        await Check(fleet, "east");

        Assert.Empty(fleet.Host.Writes);
    }

    [Fact]
    public async Task Without_record_nothing_is_written()
    {
        using var fleet = new FakeFleet().Installed();
        fleet.Registered("east");

        var health = await fleet.Federation.Clusters.CheckAsync((await fleet.Federation.Clusters.FindAsync("east", None))!, HealthPolicy.Default, record: false, None);

        Assert.True(health.Cluster.Ready);
        Assert.Empty(fleet.Host.Writes);
    }

    [Fact]
    public async Task One_failed_probe_changes_nothing_on_record_P20()
    {
        using var fleet = new FakeFleet(time: LeapingTime.ForProbes()).Installed();
        var member = fleet.Registered("east");
        await Check(fleet, "east");
        fleet.Host.Requests.Clear();
        var failures = 2;
        member.Fault = request => request == "get /readyz" && failures-- > 0 ? new KubeConnectionException("east", ConnectionFailure.Unreachable, "blip") : null;

        var health = await Check(fleet, "east");

        Assert.True(health.Ready);
        Assert.Empty(fleet.Host.Writes);
    }

    [Fact]
    public async Task As_many_failed_probes_in_a_row_as_configured_are_recorded_P20()
    {
        using var fleet = new FakeFleet(time: LeapingTime.ForProbes()).Installed();
        var member = fleet.Registered("east");
        await Check(fleet, "east");
        member.Requests.Clear();
        member.Fault = _ => new KubeConnectionException("east", ConnectionFailure.Unreachable, "connection refused");

        var health = await Check(fleet, "east", HealthPolicy.Default with { FailureThreshold = 4 });

        Assert.False(health.Ready);
        Assert.Equal(4, member.Requests.Count);
        Assert.False((await fleet.Federation.Clusters.FindAsync("east", None))!.Ready);
    }

    [Fact]
    public async Task A_dry_run_probes_once()
    {
        using var fleet = new FakeFleet(time: LeapingTime.ForProbes()).Installed();
        var member = fleet.Registered("east");
        await Check(fleet, "east");
        member.Requests.Clear();
        member.Fault = _ => new KubeConnectionException("east", ConnectionFailure.Unreachable, "connection refused");

        var health = await fleet.Federation.Clusters.CheckAsync((await fleet.Federation.Clusters.FindAsync("east", None))!, HealthPolicy.Default, record: false, None);

        Assert.False(health.Ready);
        Assert.Single(member.Requests);
    }

    [Fact]
    public async Task A_record_that_nobody_confirmed_for_minutes_is_written_anew_P22()
    {
        var time = new SettableTime();
        using var fleet = new FakeFleet(time: time).Installed();
        fleet.Registered("east");
        var first = (await Check(fleet, "east")).Cluster.Conditions[0];
        time.Advance(TimeSpan.FromMinutes(6));

        await Check(fleet, "east");

        var stored = (await fleet.Federation.Clusters.FindAsync("east", None))!.Conditions[0];
        Assert.True(stored.LastProbeTime - first.LastProbeTime >= TimeSpan.FromMinutes(5));
        Assert.Equal(first.LastTransitionTime, stored.LastTransitionTime);
    }

    [Fact]
    public async Task An_unreachable_member_is_offline_not_ready_and_keeps_its_version_P22()
    {
        using var fleet = new FakeFleet(time: LeapingTime.ForProbes()).Installed();
        var member = fleet.Registered("east");
        await Check(fleet, "east");
        member.Fault = _ => new KubeConnectionException("east", ConnectionFailure.Unreachable, "connection refused");

        var health = await Check(fleet, "east");

        Assert.True(health is { Ready: false, Reachable: false });
        Assert.Contains("connection refused", health.Message, StringComparison.Ordinal);
        Assert.False(health.Cluster.Ready);
        Assert.Equal("v1.30.1", health.Cluster.KubernetesVersion);
        Assert.Equal(
            ["Ready Unknown ClusterNotReachable", "Offline True ClusterNotReachable"],
            health.Cluster.Conditions.Select(c => $"{c.Type} {c.Status} {c.Reason}"));
    }

    [Fact]
    public async Task A_member_that_says_something_else_than_ok_is_reachable_and_not_ready()
    {
        using var fleet = new FakeFleet().Installed();
        fleet.Registered("east").Texts["/readyz"] = "etcd failed";

        var health = await Check(fleet, "east");

        Assert.Equal(
            ["Ready False ClusterNotReady /healthz responded without ok: etcd failed", "Offline False ClusterReachable cluster is reachable"],
            health.Cluster.Conditions.Select(Show));
    }

    [Theory]
    [InlineData("/livez", "/livez")]
    [InlineData("/healthz", "/healthz")]
    public async Task Where_readyz_is_not_served_livez_and_then_healthz_is_asked_P23(string served, string last)
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Registered("east");
        member.Texts.Clear();
        member.Texts[served] = "ok";

        Assert.True((await Check(fleet, "east")).Ready);
        Assert.Contains($"get {last}", member.Requests);
    }

    [Fact]
    public async Task An_unusable_registration_is_malformed_and_not_ready_P24()
    {
        using var fleet = new FakeFleet().Installed();
        fleet.Registered("east");
        fleet.Host.Remove(KnownResources.Secrets, "east-secret", KubeFedNames.DefaultSystemNamespace);

        var health = await Check(fleet, "east");

        Assert.Equal(
            ["Ready False ClusterConfigMalformed", "Offline Unknown ClusterConfigMalformed", "ConfigMalformed True ClusterConfigMalformed"],
            health.Cluster.Conditions.Select(c => $"{c.Type} {c.Status} {c.Reason}"));
        Assert.Equal("cluster's configuration may be malformed", health.Cluster.Conditions[2].Message);
        Assert.Contains("east-secret", health.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transition_time_changes_with_the_status_only()
    {
        using var fleet = new FakeFleet(time: LeapingTime.ForProbes()).Installed();
        var member = fleet.Registered("east");
        var first = (await Check(fleet, "east")).Cluster.Conditions[0];
        await Task.Delay(TimeSpan.FromSeconds(2), fleet.Federation.Time, None);
        member.Version = member.Version with { GitVersion = "v1.31.0" };

        var second = (await Check(fleet, "east")).Cluster.Conditions[0];

        Assert.Equal(first.LastTransitionTime, second.LastTransitionTime);
        Assert.True(second.LastProbeTime > first.LastProbeTime);
    }

    [Fact]
    public async Task Labels_such_as_region_are_set_and_removed_and_an_unchanged_set_writes_nothing_P25()
    {
        using var fleet = new FakeFleet().Installed();
        fleet.Registered("east");

        await fleet.Federation.Clusters.LabelAsync("east", new Dictionary<string, string?> { ["a"] = "1", ["b"] = "2" }, None);
        var changed = await fleet.Federation.Clusters.LabelAsync("east", new Dictionary<string, string?> { ["a"] = null, ["b"] = "3" }, None);
        Assert.Equal("3", Assert.Single(changed.Labels).Value);

        fleet.Host.Requests.Clear();
        await fleet.Federation.Clusters.LabelAsync("east", new Dictionary<string, string?> { ["a"] = null, ["b"] = "3" }, None);
        Assert.Empty(fleet.Host.Writes);
        Assert.Equal("ClusterNotFound", (await Assert.ThrowsAsync<FederationException>(
            () => fleet.Federation.Clusters.LabelAsync("west", new Dictionary<string, string?>(), None))).Id);
    }

    private static string Show(ClusterCondition condition) => $"{condition.Type} {condition.Status} {condition.Reason} {condition.Message}";

    private static async Task<Engine.Clusters.ClusterHealth> Check(FakeFleet fleet, string name, HealthPolicy? policy = null) =>
        await fleet.Federation.Clusters.CheckAsync((await fleet.Federation.Clusters.FindAsync(name, None))!, policy ?? HealthPolicy.Default, record: true, None);
}
