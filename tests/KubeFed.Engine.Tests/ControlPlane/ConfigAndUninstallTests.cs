using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.ControlPlane;

public sealed class ConfigAndUninstallTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_value_of_the_configuration_is_changed_and_an_unchanged_one_not_written()
    {
        using var fleet = new FakeFleet();
        await fleet.Federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, None);

        var config = await fleet.Federation.ControlPlane.EditConfigAsync(spec => spec["syncController"]!["adoptResources"] = "Disabled", dryRun: false, None);
        Assert.False(config.AdoptResources);
        fleet.Host.Requests.Clear();
        await fleet.Federation.ControlPlane.EditConfigAsync(spec => spec["syncController"]!["adoptResources"] = "Disabled", dryRun: false, None);
        await fleet.Federation.ControlPlane.EditConfigAsync(spec => spec["syncController"]!["adoptResources"] = "Enabled", dryRun: true, None);
        Assert.Empty(fleet.Host.Writes);
    }

    [Fact]
    public async Task A_change_the_rules_forbid_is_refused_with_every_error_A54_A56()
    {
        using var fleet = new FakeFleet().Installed();

        var error = await Assert.ThrowsAsync<FederationException>(() => fleet.Federation.ControlPlane.EditConfigAsync(
            spec =>
            {
                spec["scope"] = "Namespaced";
                spec["clusterHealthCheck"]!["period"] = "0s";
            },
            dryRun: false,
            None));

        Assert.Equal("InvalidConfig", error.Id);
        Assert.EndsWith(
            "[spec.scope: Invalid value: \"Namespaced\": field is immutable, spec.clusterHealthCheck.period: Invalid value: 0: should be greater than 0]",
            error.Message,
            StringComparison.Ordinal);
        Assert.Empty(fleet.Host.Writes);
    }

    [Fact]
    public async Task A_sparse_configuration_is_completed_by_an_edit_A50()
    {
        using var fleet = new FakeFleet().Installed();

        var config = await fleet.Federation.ControlPlane.EditConfigAsync(spec => spec["clusterHealthCheck"]!["period"] = "21s", dryRun: false, None);

        Assert.Equal("21s", config.Source.Spec!["clusterHealthCheck"]!["period"]!.GetValue<string>());
        Assert.Equal("20s", config.Source.Spec["controllerDuration"]!["availableDelay"]!.GetValue<string>());
    }

    [Fact]
    public async Task Uninstalling_is_refused_while_anything_is_federated()
    {
        using var fleet = await InUse();

        var error = await Assert.ThrowsAsync<FederationException>(
            () => fleet.Federation.ControlPlane.UninstallAsync(new UninstallRequest(), NullSink.Instance, None));

        Assert.Equal(("ControlPlaneInUse", FederationProblem.Refused), (error.Id, error.Problem));
        Assert.Contains("1 clusters, 1 enabled types and 1 federated resources", error.Message, StringComparison.Ordinal);
        Assert.Empty(fleet.Host.Writes);
    }

    [Fact]
    public async Task Abandoning_removes_everything_of_the_control_plane_and_names_what_stays_in_members()
    {
        using var fleet = await InUse();

        var dry = await fleet.Federation.ControlPlane.UninstallAsync(
            new UninstallRequest { Abandon = true, DeleteDefinitions = true, DryRun = true }, NullSink.Instance, None);
        Assert.Empty(fleet.Host.Writes);
        var result = await fleet.Federation.ControlPlane.UninstallAsync(
            new UninstallRequest { Abandon = true, DeleteDefinitions = true }, NullSink.Instance, None);

        Assert.Empty(fleet.Host.Names(KnownResources.CustomResourceDefinitions));
        Assert.Empty(fleet.Host.Names(KnownResources.ClusterRoles));
        Assert.Empty(fleet.Host.Names(CoreResources.KubeFedClusters));
        Assert.Equal(["default", "kube-system", "ns"], fleet.Host.Names(KnownResources.Namespaces));
        Assert.Contains("ServiceAccount kube-federation-system/east-hub in east", result.LeftBehind);
        Assert.Equal(dry.Changes.Select(change => change.Name), result.Changes.Select(change => change.Name));
        Assert.NotEmpty(fleet["east"].Names(KnownResources.ServiceAccounts));
    }

    [Fact]
    public async Task Definitions_and_roles_stay_for_another_control_plane_of_the_host()
    {
        using var fleet = new FakeFleet();
        await fleet.Federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, None);
        fleet.Host.Put(CoreResources.KubeFedConfigs, new ObjectKey("other-system", "kubefed"), """{"spec":{"scope":"Namespaced"}}""");

        await fleet.Federation.ControlPlane.UninstallAsync(new UninstallRequest { DeleteDefinitions = true }, NullSink.Instance, None);

        Assert.Equal(7, fleet.Host.Names(KnownResources.CustomResourceDefinitions).Count);
        Assert.Equal(3, fleet.Host.Names(KnownResources.ClusterRoles).Count);
        Assert.Equal(["other-system/kubefed"], fleet.Host.Names(CoreResources.KubeFedConfigs));
    }

    [Fact]
    public async Task Uninstalling_from_a_host_without_a_control_plane_does_nothing()
    {
        using var fleet = new FakeFleet();

        Assert.Empty((await fleet.Federation.ControlPlane.UninstallAsync(new UninstallRequest(), NullSink.Instance, None)).Changes);
    }

    private static async Task<FakeFleet> InUse()
    {
        var fleet = new FakeFleet();
        fleet.Host.Served.Add(KnownResources.ConfigMaps);
        var east = fleet.Add("east");
        await fleet.Federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, None);
        await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = "east", Member = east.Settings }, NullSink.Instance, None);
        var type = (await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = "configmaps" }, NullSink.Instance, None)).Type;
        fleet.Host.Put(KnownResources.Namespaces, ObjectKey.ClusterScoped("ns"));
        fleet.Host.Put(type.Federated, new ObjectKey("ns", "cm"), """{"metadata":{"finalizers":["kubefed.io/sync-controller"]},"spec":{}}""");
        fleet.Host.Requests.Clear();
        return fleet;
    }
}
