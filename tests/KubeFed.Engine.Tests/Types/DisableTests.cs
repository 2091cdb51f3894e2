using KubeFed.Engine.Api;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Types;

public sealed class DisableTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;
    private static readonly ApiResource FederatedConfigMaps = TypeNames.Federated(KnownResources.ConfigMaps, "types.kubefed.io", "v1beta1");

    [Fact]
    public async Task Disabling_removes_the_config_and_leaves_definition_and_resources()
    {
        using var fleet = await Enabled();
        Instance(fleet, finalizer: false);

        var result = await Disable(fleet);

        Assert.Equal(
            ["Update FederatedTypeConfig kube-federation-system/configmaps in hub", "Delete FederatedTypeConfig kube-federation-system/configmaps in hub"],
            result.Changes.Select(change => change.ToString()));
        Assert.Empty(fleet.Host.Names(CoreResources.FederatedTypeConfigs));
        Assert.Contains("federatedconfigmaps.types.kubefed.io", fleet.Host.Names(KnownResources.CustomResourceDefinitions));
    }

    [Fact]
    public async Task Without_a_controller_nothing_is_waited_for_and_its_finalizer_is_removed_P128_K41()
    {
        using var fleet = await Enabled();
        fleet.Host.Put(CoreResources.FederatedTypeConfigs, FakeFleet.System("configmaps"), Config("""["core.kubefed.io/federated-type-config"]""", status: "{}"));

        await Disable(fleet);

        Assert.Empty(fleet.Host.Names(CoreResources.FederatedTypeConfigs));
    }

    [Fact]
    public async Task A_config_that_somebody_else_holds_is_not_said_to_be_deleted()
    {
        using var fleet = await Enabled();
        fleet.Host.Put(
            CoreResources.FederatedTypeConfigs, FakeFleet.System("configmaps"),
            Config("""["core.kubefed.io/federated-type-config","example.io/hold"]""", status: "{}"));
        var sink = new RecordingSink();
        var steps = new Steps();

        await fleet.Federation.Types.DisableAsync(new DisableRequest { Name = "configmaps", Steps = steps }, sink, None);

        Assert.Contains("waits for example.io/hold", Assert.Single(sink.Warnings), StringComparison.Ordinal);
        Assert.Equal([DisableStage.PropagationDisabled, DisableStage.Stopping, DisableStage.Stopped], steps.Told);
        Assert.Equal(["example.io/hold"], fleet.Host.Peek(CoreResources.FederatedTypeConfigs, "configmaps", "kube-federation-system")!.Finalizers);
    }

    [Fact]
    public async Task A_controller_that_runs_is_waited_for_for_10_seconds_and_the_config_stays_disabled()
    {
        using var fleet = await Enabled();
        fleet.Host.Put(CoreResources.FederatedTypeConfigs, FakeFleet.System("configmaps"), Config("[]", """{"propagationController":"Running","observedGeneration":1}"""));

        var error = await Assert.ThrowsAsync<FederationException>(() => Disable(fleet));

        Assert.Equal("PropagationStillRunning", error.Id);
        var type = Assert.Single(await fleet.Federation.Types.ListAsync(None));
        Assert.False(type.PropagationEnabled);

        await Disable(fleet, request => request with { Force = true });
        Assert.Empty(fleet.Host.Names(CoreResources.FederatedTypeConfigs));
    }

    [Fact]
    public async Task A_controller_that_stops_in_time_lets_disabling_finish()
    {
        using var fleet = await Enabled();
        fleet.Host.Put(CoreResources.FederatedTypeConfigs, FakeFleet.System("configmaps"), Config("[]", """{"propagationController":"Running","observedGeneration":1}"""));
        var polls = 0;
        fleet.Host.Fault = request =>
        {
            if (request == "get federatedtypeconfigs kube-federation-system/configmaps" && ++polls == 5)
            {
                fleet.Host.Put(CoreResources.FederatedTypeConfigs, FakeFleet.System("configmaps"), Config("[]", """{"propagationController":"NotRunning","observedGeneration":2}"""));
            }

            return null;
        };

        await Disable(fleet);

        Assert.True(polls >= 5);
        Assert.Empty(fleet.Host.Names(CoreResources.FederatedTypeConfigs));
    }

    [Fact]
    public async Task The_definition_is_not_deleted_while_resources_exist()
    {
        using var fleet = await Enabled();
        Instance(fleet, finalizer: true);

        var error = await Assert.ThrowsAsync<FederationException>(() => Disable(fleet, request => request with { DeleteCrd = true }));

        Assert.Equal(("FederatedResourcesExist", FederationProblem.Refused), (error.Id, error.Problem));
        Assert.StartsWith("Cannot delete CRD \"federatedconfigmaps.types.kubefed.io\" while resource instances exist.", error.Message, StringComparison.Ordinal);
        Assert.Contains("ns/one", error.Remedy, StringComparison.Ordinal);
        Assert.True(Assert.Single(await fleet.Federation.Types.ListAsync(None)).PropagationEnabled);
    }

    [Fact]
    public async Task With_the_resources_gone_the_definition_goes_too()
    {
        using var fleet = await Enabled();

        await Disable(fleet, request => request with { DeleteCrd = true });

        Assert.DoesNotContain("federatedconfigmaps.types.kubefed.io", fleet.Host.Names(KnownResources.CustomResourceDefinitions));

        // And a definition that outlived its config can still be deleted (step 1, step 6).
        using var other = await Enabled();
        await Disable(other);
        await Disable(other, request => request with { DeleteCrd = true });
        Assert.DoesNotContain("federatedconfigmaps.types.kubefed.io", other.Host.Names(KnownResources.CustomResourceDefinitions));
    }

    [Fact]
    public async Task Stranded_resources_are_counted_or_released_P50()
    {
        using var fleet = await Enabled();
        Instance(fleet, finalizer: true);
        var sink = new RecordingSink();

        await fleet.Federation.Types.DisableAsync(new DisableRequest { Name = "configmaps", DryRun = true }, sink, None);
        Assert.Contains(sink.Warnings, warning => warning.StartsWith("1 FederatedConfigMap objects", StringComparison.Ordinal));
        Assert.Empty(fleet.Host.Writes);

        await Disable(fleet, request => request with { Resources = ResourcePolicy.Release });
        Assert.Empty(fleet.Host.Peek(FederatedConfigMaps, "one", "ns")!.Finalizers);
    }

    [Fact]
    public async Task P_50_Disabling_may_be_refused_while_a_resource_would_be_stranded()
    {
        using var fleet = await Enabled();
        Instance(fleet, finalizer: true);

        var error = await Assert.ThrowsAsync<FederationException>(() => Disable(fleet, request => request with { Resources = ResourcePolicy.Refuse }));

        Assert.Equal(("ResourcesWouldBeStranded", FederationProblem.Refused), (error.Id, error.Problem));
        Assert.Contains("ns/one", error.Message, StringComparison.Ordinal);
        Assert.Empty(fleet.Host.Writes);

        Instance(fleet, finalizer: false);
        await Disable(fleet, request => request with { Resources = ResourcePolicy.Refuse });
        Assert.Empty(fleet.Host.Names(CoreResources.FederatedTypeConfigs));
    }

    [Fact]
    public async Task P_50_Nothing_is_deleted_of_a_type_that_is_switched_off_because_nothing_would_delete_the_copies()
    {
        using var fleet = await Enabled();
        Instance(fleet, finalizer: true);
        fleet.Host.Put(
            CoreResources.FederatedTypeConfigs, FakeFleet.System("configmaps"),
            Config("[]", "{}").Replace("\"Enabled\"", "\"Disabled\"", StringComparison.Ordinal));
        fleet.Host.Requests.Clear();

        var error = await Assert.ThrowsAsync<FederationException>(() => Disable(fleet, request => request with { Resources = ResourcePolicy.Delete }));

        Assert.Equal("TypeDisabledAlready", error.Id);
        Assert.Empty(fleet.Host.Writes);
    }

    [Fact]
    public async Task A_type_that_is_not_enabled_is_said_not_to_be()
    {
        using var fleet = EnableTests.Fleet();

        Assert.Equal("TypeNotEnabled", (await Assert.ThrowsAsync<FederationException>(() => Disable(fleet))).Id);
    }

    private sealed class Steps : IProgress<DisableStep>
    {
        public List<DisableStage> Told { get; } = [];

        public void Report(DisableStep value) => Told.Add(value.Stage);
    }

    private static async Task<FakeFleet> Enabled()
    {
        var fleet = EnableTests.Fleet(new LeapingTime());
        await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = "configmaps" }, NullSink.Instance, None);
        fleet.Host.Requests.Clear();
        return fleet;
    }

    private static void Instance(FakeFleet fleet, bool finalizer)
    {
        fleet.Host.Put(FederatedConfigMaps, new ObjectKey("ns", "one"), finalizer ? """{"metadata":{"finalizers":["kubefed.io/sync-controller"]},"spec":{}}""" : """{"spec":{}}""");
        fleet.Host.Requests.Clear();
    }

    private static string Config(string finalizers, string status) => $$"""
        {"metadata":{"finalizers":{{finalizers}}},"status":{{status}},
         "spec":{"targetType":{"version":"v1","kind":"ConfigMap","pluralName":"configmaps","scope":"Namespaced"},"propagation":"Enabled",
         "federatedType":{"group":"types.kubefed.io","version":"v1beta1","kind":"FederatedConfigMap","pluralName":"federatedconfigmaps","scope":"Namespaced"} } }
        """;

    private static Task<DisableResult> Disable(FakeFleet fleet, Func<DisableRequest, DisableRequest>? with = null)
    {
        var request = new DisableRequest { Name = "configmaps" };
        return fleet.Federation.Types.DisableAsync(with is null ? request : with(request), NullSink.Instance, None);
    }
}
