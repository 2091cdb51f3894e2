using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Clusters;

public sealed class NarrowRolesTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Fact]
    public async Task P_3_Roles_by_least_privilege_follow_the_enabled_types_where_an_administrators_connection_is_at_hand()
    {
        using var fleet = await JoinedAsync("east", "west");
        fleet.Administered.Add("east");
        var sink = new RecordingSink();

        var enabled = await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = "deployments.apps" }, sink, None);

        Assert.Contains("\"apps\"", Rules(fleet["east"]), StringComparison.Ordinal);
        Assert.DoesNotContain("\"apps\"", Rules(fleet["west"]), StringComparison.Ordinal);
        Assert.Contains(enabled.Changes, change => change is { Cluster: "east", ObjectKind: "ClusterRole", Kind: ChangeKind.Update, Applied: true });
        Assert.StartsWith("west joined with least privilege and may not write deployments.apps yet.", Assert.Single(sink.Warnings), StringComparison.Ordinal);

        sink.Warnings.Clear();
        await fleet.Federation.Types.DisableAsync(new DisableRequest { Name = "deployments.apps" }, sink, None);

        Assert.DoesNotContain("\"apps\"", Rules(fleet["east"]), StringComparison.Ordinal);
        Assert.Empty(sink.Warnings);
    }

    [Fact]
    public async Task P_3_A_dry_run_tells_how_the_role_would_change_and_changes_nothing()
    {
        using var fleet = await JoinedAsync("east");
        fleet.Administered.Add("east");
        var before = Rules(fleet["east"]);

        var enabled = await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = "deployments.apps", DryRun = true }, NullSink.Instance, None);

        Assert.Contains(enabled.Changes, change => change is { Cluster: "east", ObjectKind: "ClusterRole", Kind: ChangeKind.Update, Applied: false });
        Assert.Equal(before, Rules(fleet["east"]));
    }

    [Fact]
    public async Task P_3_A_member_that_cannot_be_reached_leaves_its_role_to_be_extended_and_the_type_enabled()
    {
        using var fleet = await JoinedAsync("east");
        fleet.Administered.Add("east");
        fleet["east"].Fault = _ => new KubeConnectionException("east", ConnectionFailure.Unreachable, "not reachable");
        var sink = new RecordingSink();

        await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = "deployments.apps" }, sink, None);

        Assert.NotNull(fleet.Host.Peek(CoreResources.FederatedTypeConfigs, "deployments.apps", KubeFedNames.DefaultSystemNamespace));
        Assert.Contains("not reachable", Assert.Single(sink.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task P_7_Joining_again_from_a_context_of_another_name_keeps_the_account_there_is()
    {
        using var fleet = await JoinedAsync();
        var member = fleet.Add("east");
        await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = "east", Member = member.Settings, HostClusterName = "prod" }, NullSink.Instance, None);

        await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = "east", Member = member.Settings }, NullSink.Instance, None);

        Assert.Equal([$"{KubeFedNames.DefaultSystemNamespace}/east-prod"], member.Names(KnownResources.ServiceAccounts));
        Assert.Equal(["kubefed-controller-manager:east-prod"], member.Names(KnownResources.ClusterRoles));
    }

    private static async Task<FakeFleet> JoinedAsync(params string[] members)
    {
        var fleet = Types.EnableTests.Fleet();
        await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = "configmaps" }, NullSink.Instance, None);
        foreach (var name in members)
        {
            await fleet.Federation.Clusters.JoinAsync(
                new JoinRequest { Name = name, Member = fleet.Add(name).Settings, LeastPrivilege = true }, NullSink.Instance, None);
        }

        return fleet;
    }

    private static string Rules(FakeCluster member) =>
        member.Peek(KnownResources.ClusterRoles, $"kubefed-controller-manager:{member.Settings.Name}-hub")!.Json["rules"]!.ToJsonString();
}
