using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.ControlPlane;

public sealed class InstallTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Installing_puts_definitions_namespace_roles_and_configuration_on_the_host()
    {
        using var fleet = new FakeFleet();

        var result = await fleet.Federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, None);

        Assert.Equal(
            [
                "clusterpropagatedversions.core.kubefed.io", "federatedservicestatuses.core.kubefed.io", "federatedtypeconfigs.core.kubefed.io",
                "kubefedclusters.core.kubefed.io", "kubefedconfigs.core.kubefed.io", "propagatedversions.core.kubefed.io",
                "replicaschedulingpreferences.scheduling.kubefed.io",
            ],
            fleet.Host.Names(KnownResources.CustomResourceDefinitions));
        Assert.Equal(["kubefed-admin", "kubefed-edit", "kubefed-view"], fleet.Host.Names(KnownResources.ClusterRoles));
        Assert.NotNull(fleet.Host.Peek(KnownResources.Namespaces, "kube-federation-system"));
        Assert.Equal(ControlPlaneScope.Cluster, result.Config.Scope);
        Assert.Equal(12, result.Changes.Count);
        Assert.All(result.Changes, change => Assert.Equal((ChangeKind.Create, "hub", true), (change.Kind, change.Cluster, change.Applied)));
    }

    [Fact]
    public async Task Installing_again_makes_no_write()
    {
        using var fleet = new FakeFleet();
        await fleet.Federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, None);
        fleet.Host.Requests.Clear();

        var again = await fleet.Federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, None);

        Assert.Empty(fleet.Host.Writes);
        Assert.All(again.Changes, change => Assert.Equal(ChangeKind.Unchanged, change.Kind));
    }

    [Fact]
    public async Task A_dry_run_on_an_empty_host_lists_everything_and_writes_nothing()
    {
        using var fleet = new FakeFleet();
        var sink = new RecordingSink();

        var result = await fleet.Federation.ControlPlane.InstallAsync(new InstallRequest { DryRun = true, Scope = ControlPlaneScope.Namespaced }, sink, None);

        Assert.Empty(fleet.Host.Writes);
        Assert.Equal(9, result.Changes.Count);
        Assert.All(result.Changes, change => Assert.Equal((ChangeKind.Create, false), (change.Kind, change.Applied)));
        Assert.Contains("Would create Namespace kube-federation-system in hub", sink.Details);
        Assert.Equal(ControlPlaneScope.Namespaced, result.Config.Scope);
    }

    [Fact]
    public async Task An_existing_configuration_keeps_its_values_and_its_scope_and_gets_what_it_lacks_A50_A54()
    {
        const string Spec = """{"scope":"Namespaced","clusterHealthCheck":{"period":"21s"},"featureGates":[{"name":"PushReconciler","configuration":"Disabled"}]}""";
        using var fleet = new FakeFleet().Installed($$"""{"spec":{{Spec}}}""");
        var sink = new RecordingSink();

        var result = await fleet.Federation.ControlPlane.InstallAsync(new InstallRequest { Scope = ControlPlaneScope.Cluster }, sink, None);

        var stored = fleet.Host.Peek(CoreResources.KubeFedConfigs, "kubefed", "kube-federation-system")!;
        Assert.True(JsonNode.DeepEquals(ConfigDefaults.Apply(JsonNode.Parse(Spec)!.AsObject()), stored.Spec), stored.Spec!.ToJsonString());
        Assert.Equal("21s", stored.Spec!["clusterHealthCheck"]!["period"]!.GetValue<string>());
        Assert.Equal("Disabled", stored.Spec["featureGates"]![0]!["configuration"]!.GetValue<string>());
        Assert.Empty(KubeFed.Engine.Api.Validation.KubeFedConfigValidation.Check(stored, null));
        Assert.Equal(ControlPlaneScope.Namespaced, result.Config.Scope);
        Assert.Contains(sink.Warnings, warning => warning.Contains("keeps its scope Namespaced", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_definition_that_is_never_established_is_given_up_after_30_seconds_with_its_condition()
    {
        using var fleet = new FakeFleet(time: new LeapingTime());
        fleet.Host.Establishes = false;

        var error = await Assert.ThrowsAsync<FederationException>(
            () => fleet.Federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, None));

        Assert.Equal(("DefinitionNotEstablished", FederationProblem.TimedOut), (error.Id, error.Problem));
        Assert.Contains("names are taken", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_default_configuration_is_KubeFeds_value_by_value_A50()
    {
        var spec = ConfigDefaults.Apply(new JsonObject { ["scope"] = "Cluster" });

        // api.md section 14.
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""
                {"scope":"Cluster",
                 "controllerDuration":{"availableDelay":"20s","unavailableDelay":"1m0s","cacheSyncTimeout":"5m0s"},
                 "leaderElect":{"leaseDuration":"15s","renewDeadline":"10s","retryPeriod":"5s","resourceLock":"configmaps"},
                 "featureGates":[{"name":"PushReconciler","configuration":"Enabled"},{"name":"RawResourceStatusCollection","configuration":"Disabled"},
                                 {"name":"SchedulerPreferences","configuration":"Enabled"}],
                 "clusterHealthCheck":{"period":"10s","failureThreshold":3,"successThreshold":1,"timeout":"3s"},
                 "syncController":{"maxConcurrentReconciles":1,"adoptResources":"Enabled"},
                 "statusController":{"maxConcurrentReconciles":1}}
                """),
            spec));
    }

    [Fact]
    public void Defaulting_keeps_what_was_given_and_sorts_the_gates_A51()
    {
        var given = JsonNode.Parse("""
            {"scope":"Cluster","controllerDuration":{"availableDelay":"31s"},
             "featureGates":[{"name":"RawResourceStatusCollection","configuration":"Enabled"},{"name":"PushReconciler","configuration":"Disabled"}],
             "clusterHealthCheck":{"period":"21s","failureThreshold":0}}
            """)!.AsObject();

        var spec = ConfigDefaults.Apply(given);

        Assert.Equal("31s", spec["controllerDuration"]!["availableDelay"]!.GetValue<string>());
        Assert.Equal("1m0s", spec["controllerDuration"]!["unavailableDelay"]!.GetValue<string>());
        Assert.Equal("21s", spec["clusterHealthCheck"]!["period"]!.GetValue<string>());
        Assert.Equal(0, spec["clusterHealthCheck"]!["failureThreshold"]!.GetValue<int>());
        Assert.Equal(
            ["PushReconciler=Disabled", "RawResourceStatusCollection=Enabled", "SchedulerPreferences=Enabled"],
            spec["featureGates"]!.AsArray().Select(gate => $"{gate!["name"]}={gate["configuration"]}"));
        Assert.Null(given["leaderElect"]);
    }

    [Theory]
    [InlineData("kubefedclusters.core.kubefed.io", "v1beta1", "Namespaced", "kfc", true)]
    [InlineData("federatedtypeconfigs.core.kubefed.io", "v1beta1", "Namespaced", "ftc", true)]
    [InlineData("kubefedconfigs.core.kubefed.io", "v1beta1", "Namespaced", null, false)]
    [InlineData("propagatedversions.core.kubefed.io", "v1alpha1", "Namespaced", null, true)]
    [InlineData("clusterpropagatedversions.core.kubefed.io", "v1alpha1", "Cluster", null, true)]
    [InlineData("federatedservicestatuses.core.kubefed.io", "v1alpha1", "Namespaced", null, false)]
    [InlineData("replicaschedulingpreferences.scheduling.kubefed.io", "v1alpha1", "Namespaced", "rsp", true)] // P-80: KubeFed's had no status to write
    public void Every_kind_is_defined_as_KubeFed_defined_it_A1(string name, string version, string scope, string? shortName, bool statusSubresource)
    {
        var definition = Assert.Single(ControlPlaneManifests.Definitions(), definition => definition.Name == name);
        var only = Assert.Single(definition.Spec!["versions"]!.AsArray())!;

        Assert.Equal(version, only["name"]!.GetValue<string>());
        Assert.Equal(scope, definition.Spec["scope"]!.GetValue<string>());
        Assert.Equal(shortName, definition.Spec["names"]!["shortNames"]?[0]!.GetValue<string>());
        Assert.Equal(statusSubresource, only["subresources"]?["status"] is not null);
        Assert.Equal(
            name == "kubefedclusters.core.kubefed.io" ? ["age", "ready", "kubernetes-version"] : [],
            (only["additionalPrinterColumns"]?.AsArray() ?? []).Select(column => column!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Reading_the_configuration_needs_the_object_named_kubefed_A62()
    {
        using var fleet = new FakeFleet().Installed();
        fleet.Host.Remove(CoreResources.KubeFedConfigs, "kubefed", "kube-federation-system");
        fleet.Host.Put(CoreResources.KubeFedConfigs, FakeFleet.System("another"), """{"spec":{"scope":"Cluster"}}""");

        var error = await Assert.ThrowsAsync<FederationException>(() => fleet.Federation.ControlPlane.ReadConfigAsync(None));

        Assert.Equal("ControlPlaneNotFound", error.Id);
    }
}
