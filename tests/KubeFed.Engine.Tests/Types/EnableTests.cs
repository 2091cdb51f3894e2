using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Types;

public sealed class EnableTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enabling_deployments_writes_the_objects_KubeFed_writes()
    {
        using var fleet = Fleet();

        var result = await Enable(fleet, "deploy");

        // cli.md section 4, the example table.
        var config = fleet.Host.Peek(CoreResources.FederatedTypeConfigs, "deployments.apps", "kube-federation-system")!;
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""
                {"targetType":{"group":"apps","version":"v1","kind":"Deployment","pluralName":"deployments","scope":"Namespaced"},"propagation":"Enabled",
                 "federatedType":{"group":"types.kubefed.io","version":"v1beta1","kind":"FederatedDeployment","pluralName":"federateddeployments","scope":"Namespaced"}}
                """),
            config.Spec));
        var definition = fleet.Host.Peek(KnownResources.CustomResourceDefinitions, "federateddeployments.types.kubefed.io")!;
        Assert.Equal("FederatedDeployment", definition.Spec!["names"]!["kind"]!.GetValue<string>());
        Assert.Equal("fdeploy", Assert.Single(definition.Spec["names"]!["shortNames"]!.AsArray())!.GetValue<string>());
        Assert.Equal(["overrides", "placement", "retainReplicas", "template"], SpecFields(definition));
        Assert.Equal("deployments.apps", result.Type.Name);
        Assert.Equal(
            ["Create CustomResourceDefinition federateddeployments.types.kubefed.io in hub",
                "Create FederatedTypeConfig kube-federation-system/deployments.apps in hub"],
            result.Changes.Select(change => change.ToString()));
    }

    [Fact]
    public async Task Enabling_namespaces_makes_a_namespaced_federated_type_A92()
    {
        using var fleet = Fleet();

        await Enable(fleet, "ns");

        var config = fleet.Host.Peek(CoreResources.FederatedTypeConfigs, "namespaces", "kube-federation-system")!;
        Assert.Null(config.Spec!["targetType"]!["group"]);
        Assert.Equal("Cluster", config.Spec["targetType"]!["scope"]!.GetValue<string>());
        Assert.Equal("Namespaced", config.Spec["federatedType"]!["scope"]!.GetValue<string>());
        var definition = fleet.Host.Peek(KnownResources.CustomResourceDefinitions, "federatednamespaces.types.kubefed.io")!;
        Assert.Equal("Namespaced", definition.Spec!["scope"]!.GetValue<string>());
        Assert.Equal("fns", definition.Spec["names"]!["shortNames"]![0]!.GetValue<string>());
        Assert.Equal(["overrides", "placement", "template"], SpecFields(definition));
    }

    [Fact]
    public async Task Status_collection_is_switched_by_enabling_and_stays_as_it_is_where_nothing_is_said_of_it_E120()
    {
        using var fleet = Fleet();
        var sink = new RecordingSink();
        var on = await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = "deploy", StatusCollection = true }, sink, None);
        Assert.True(on.Type.StatusCollection);
        Assert.Contains("RawResourceStatusCollection", Assert.Single(sink.Warnings), StringComparison.Ordinal);

        Assert.True((await Enable(fleet, "deploy")).Type.StatusCollection);
        Assert.Equal("Enabled", Config().Spec!["statusCollection"]!.GetValue<string>());
        Assert.False((await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = "deploy", StatusCollection = false }, sink, None)).Type.StatusCollection);
        Assert.Equal("Disabled", Config().Spec!["statusCollection"]!.GetValue<string>());
        Assert.Single(sink.Warnings);

        KubeObject Config() => fleet.Host.Peek(CoreResources.FederatedTypeConfigs, "deployments.apps", "kube-federation-system")!;
    }

    [Fact]
    public async Task Enabling_again_makes_no_write_K35()
    {
        using var fleet = Fleet();
        await Enable(fleet, "deployments.apps");
        fleet.Host.Requests.Clear();

        var again = await Enable(fleet, "deployments.apps");

        Assert.Empty(fleet.Host.Writes);
        Assert.All(again.Changes, change => Assert.Equal(ChangeKind.Unchanged, change.Kind));
    }

    [Fact]
    public async Task Enabling_turns_a_disabled_type_on_again_and_leaves_the_users_settings()
    {
        using var fleet = Fleet();
        await Enable(fleet, "configmaps");
        fleet.Host.Put(CoreResources.FederatedTypeConfigs, FakeFleet.System("configmaps"), """
            {"spec":{"targetType":{"version":"v1","kind":"ConfigMap","pluralName":"configmaps","scope":"Namespaced"},"propagation":"Disabled","statusCollection":"Enabled",
             "federatedType":{"group":"types.kubefed.io","version":"v1beta1","kind":"FederatedConfigMap","pluralName":"federatedconfigmaps","scope":"Namespaced"}}}
            """);

        var result = await Enable(fleet, "configmaps");

        Assert.True(result.Type.PropagationEnabled);
        Assert.True(result.Type.StatusCollection);
    }

    [Fact]
    public async Task Another_target_version_updates_the_config_K35()
    {
        using var fleet = Fleet();
        fleet.Host.Served.Add(KnownResources.Deployments with { Version = "v1beta2" });
        await Enable(fleet, "deployments.apps");

        var result = await fleet.Federation.Types.EnableAsync(
            new EnableRequest { Name = "deployments.apps", TargetVersion = "v1beta2" }, NullSink.Instance, None);

        Assert.Equal("v1beta2", result.Type.Target.Version);
        Assert.Equal([ChangeKind.Unchanged, ChangeKind.Update], result.Changes.Select(change => change.Kind));

        // Enabling again does not go back to what the server prefers, until the server no longer has the other.
        Assert.Equal("v1beta2", (await Enable(fleet, "deployments.apps")).Type.Target.Version);
        fleet.Host.Served.RemoveAll(resource => resource is { Plural: "deployments", Version: "v1beta2" });
        Assert.Equal("v1", (await Enable(fleet, "deployments.apps")).Type.Target.Version);
    }

    [Fact]
    public async Task A_dry_run_shows_both_objects_and_writes_none_K3()
    {
        using var fleet = Fleet();

        var result = await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = "configmaps", DryRun = true }, NullSink.Instance, None);

        Assert.Empty(fleet.Host.Writes);
        Assert.Equal("federatedconfigmaps.types.kubefed.io", result.CustomResourceDefinition.Name);
        Assert.Equal(2, result.Changes.Count(change => change is { Kind: ChangeKind.Create, Applied: false }));
    }

    [Fact]
    public async Task Changing_the_federated_type_of_an_enabled_type_is_refused()
    {
        using var fleet = Fleet();
        await Enable(fleet, "configmaps");

        var error = await Assert.ThrowsAsync<FederationException>(() => fleet.Federation.Types.EnableAsync(
            new EnableRequest { Name = "configmaps", FederatedGroup = "types.example.io" }, NullSink.Instance, None));

        Assert.Equal("FederatedTypeChanged", error.Id);
        Assert.Equal(
            "Federation is already enabled for \"configmaps\" with federated type \"federatedconfigmaps.types.kubefed.io/v1beta1\". "
                + "Changing the federated type to \"federatedconfigmaps.types.example.io/v1beta1\" is not supported.",
            error.Message);
    }

    [Theory]
    [InlineData("deployments", "apps", "v1", "extensions", "v1beta1")]
    [InlineData("networkpolicies", "networking.k8s.io", "v1", "extensions", "v1beta1")]
    [InlineData("ingresses", "networking.k8s.io", "v1beta1", "extensions", "v1beta1")]
    [InlineData("ingresses", "networking.k8s.io", "v1", "extensions", "v1beta1")]
    [InlineData("podsecuritypolicies", "policy", "v1beta1", "extensions", "v1beta1")]
    public async Task A_type_equivalent_to_an_enabled_one_is_refused_K34(string plural, string group, string version, string otherGroup, string otherVersion)
    {
        using var fleet = Fleet();
        fleet.Host.Served.Clear();
        fleet.Host.Served.AddRange([CoreResources.FederatedTypeConfigs, CoreResources.KubeFedConfigs, CoreResources.KubeFedClusters]);
        fleet.Host.Served.Add(new ApiResource(group, version, "Kind", plural, true));
        fleet.Host.Served.Add(new ApiResource(otherGroup, otherVersion, "Kind", plural, true));
        await Enable(fleet, $"{plural}.{group}");

        var error = await Assert.ThrowsAsync<FederationException>(() => Enable(fleet, $"{plural}.{otherGroup}"));

        Assert.Equal("EquivalentTypeEnabled", error.Id);
        Assert.Equal(
            $"Failed to enable \"{plural}.{otherGroup}\". Federation of this type is already enabled for equivalent type \"{plural}.{group}\" "
                + $"by FederatedTypeConfig \"kube-federation-system/{plural}.{group}\"",
            error.Message);
    }

    [Fact]
    public async Task Equal_plurals_of_two_groups_collide_and_another_group_is_proposed_A93_P121()
    {
        using var fleet = Fleet();
        fleet.Host.Served.Add(new ApiResource("example.io", "v1", "ConfigMap", "configmaps", true));
        await Enable(fleet, "configmaps");

        var error = await Assert.ThrowsAsync<FederationException>(() => fleet.Federation.Types.EnableAsync(
            new EnableRequest { Name = "configmaps.example.io", FederatedGroup = "types.kubefed.io" }, NullSink.Instance, None));

        Assert.Equal("DefinitionNameTaken", error.Id);
        Assert.Contains("example-io.types.kubefed.io", error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("configmaps", "ConfigMap")]
    [InlineData("maps", "ConfigMap")]
    public async Task P_121_Colliding_names_get_a_group_of_their_own_with_user_roles_where_the_group_is_left_open(string plural, string kind)
    {
        using var fleet = Fleet();
        fleet.Host.Served.Add(new ApiResource("example.io", "v1", kind, plural, true));
        await Enable(fleet, "configmaps");

        var result = await Enable(fleet, $"{plural}.example.io");

        Assert.Equal($"federated{plural}.example-io.types.kubefed.io", result.Type.Federated.QualifiedName);
        Assert.Equal(
            ["kubefed-admin:example-io.types.kubefed.io", "kubefed-edit:example-io.types.kubefed.io", "kubefed-view:example-io.types.kubefed.io"],
            fleet.Host.Names(KnownResources.ClusterRoles));
        var view = fleet.Host.Peek(KnownResources.ClusterRoles, "kubefed-view:example-io.types.kubefed.io")!;
        Assert.Equal("true", view.Labels["rbac.authorization.k8s.io/aggregate-to-view"]);
        Assert.Equal("""[{"apiGroups":["example-io.types.kubefed.io"],"resources":["*"],"verbs":["get","list","watch"]}]""", view.Json["rules"]!.ToJsonString());

        fleet.Host.Requests.Clear();
        Assert.Equal(result.Type.Federated, (await Enable(fleet, $"{plural}.example.io")).Type.Federated);
        Assert.Empty(fleet.Host.Writes);

        await fleet.Federation.Types.DisableAsync(new DisableRequest { Name = $"{plural}.example.io", DeleteCrd = true }, NullSink.Instance, None);
        Assert.Empty(fleet.Host.Names(KnownResources.ClusterRoles));
    }

    [Fact]
    public async Task P_121_Roles_of_a_group_stay_while_another_type_is_in_it_and_a_namespaced_control_plane_makes_none()
    {
        using var fleet = Fleet();
        foreach (var name in new[] { "configmaps", "deployments.apps" })
        {
            await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = name, FederatedGroup = "f.example.io" }, NullSink.Instance, None);
        }

        await fleet.Federation.Types.DisableAsync(new DisableRequest { Name = "configmaps", DeleteCrd = true }, NullSink.Instance, None);
        Assert.Equal(3, fleet.Host.Names(KnownResources.ClusterRoles).Count);

        using var narrow = Fleet();
        narrow.Host.Put(CoreResources.KubeFedConfigs, FakeFleet.System("kubefed"), """{"spec":{"scope":"Namespaced"}}""");
        await narrow.Federation.Types.EnableAsync(new EnableRequest { Name = "configmaps", FederatedGroup = "f.example.io" }, NullSink.Instance, None);
        Assert.Empty(narrow.Host.Names(KnownResources.ClusterRoles));
    }

    [Theory]
    [InlineData("nodomain", "v1beta1", "spec.federatedType.group: Invalid value: \"nodomain\": should be a domain with at least one dot")]
    [InlineData("a.b", "V1", "spec.federatedType.version: Invalid value: \"V1\"")]
    [InlineData("Invalid#.io", "v1", "spec.federatedType.group: Invalid value: \"Invalid#.io\"")]
    public async Task A_41_A_43_A_config_the_webhook_would_refuse_is_not_written(string group, string version, string message)
    {
        using var fleet = Fleet();

        var error = await Assert.ThrowsAsync<FederationException>(() => fleet.Federation.Types.EnableAsync(
            new EnableRequest { Name = "configmaps", FederatedGroup = group, FederatedVersion = version }, NullSink.Instance, None));

        Assert.Equal(("InvalidTypeConfig", FederationProblem.Invalid), (error.Id, error.Problem));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Empty(fleet.Host.Writes);
    }

    [Fact]
    public async Task Enabling_again_keeps_the_federated_group_and_version_it_was_enabled_with_K35()
    {
        using var fleet = Fleet();
        await fleet.Federation.Types.EnableAsync(
            new EnableRequest { Name = "configmaps", FederatedGroup = "f.example.io", FederatedVersion = "v1" }, NullSink.Instance, None);
        fleet.Host.Requests.Clear();

        Assert.Equal("federatedconfigmaps.f.example.io/v1", (await Enable(fleet, "configmaps")).Type.Federated.ToString());
        Assert.Empty(fleet.Host.Writes);
    }

    [Fact]
    public async Task The_objects_alone_need_no_control_plane_and_write_nothing()
    {
        using var fleet = new FakeFleet();
        fleet.Host.Served.Add(KnownResources.ConfigMaps);

        var described = await fleet.Federation.Types.DescribeAsync(new EnableRequest { Name = "configmaps" }, NullSink.Instance, None);

        Assert.Equal("federatedconfigmaps.types.kubefed.io", described.CustomResourceDefinition.Name);
        Assert.Equal("configmaps", described.Type.Source.Name);
        Assert.Empty(fleet.Host.Writes);
    }

    [Theory]
    [InlineData("""{"properties":{"spec":{"properties":{"replicas":{"type":"integer"} } } },""", true)]
    [InlineData("""{"properties":{"spec":{"properties":{"size":{"type":"integer"} } } },""", false)]
    public async Task P_45_A_type_of_an_aggregated_API_offers_retainReplicas_when_the_OpenAPI_document_has_them(string schema, bool offered)
    {
        using var fleet = Fleet();
        fleet.Host.Served.Add(new ApiResource("aggregated.io", "v1", "Farm", "farms", true));
        fleet.Host.Texts["/openapi/v2"] =
            $$"""{"definitions":{"io.aggregated.v1.Farm":{{schema}}"x-kubernetes-group-version-kind":[{"group":"aggregated.io","version":"v1","kind":"Farm"}]} } }""";

        Assert.Equal(offered, SpecFields((await Enable(fleet, "farms")).CustomResourceDefinition).Contains("retainReplicas"));
    }

    [Theory]
    [InlineData("kubefedclusters", "TypeNotFederable")]
    [InlineData("federatedconfigmaps", "TypeNotFederable")]
    [InlineData("bindings", "TypeNotFederable")]
    [InlineData("widgets", "TypeNotServed")]
    public async Task What_cannot_be_propagated_is_refused_with_the_reason(string name, string id)
    {
        using var fleet = Fleet();
        await Enable(fleet, "configmaps");
        fleet.Host.Served.Add(new ApiResource("", "v1", "Binding", "bindings", true) { Verbs = ["create"] });

        var error = await Assert.ThrowsAsync<FederationException>(() => Enable(fleet, name));

        Assert.Equal(id, error.Id);
        Assert.NotNull(error.Remedy);
    }

    [Fact]
    public async Task A_custom_type_with_a_scale_subresource_offers_retainReplicas_P45()
    {
        using var fleet = Fleet();
        fleet.Host.Put(KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped("runners.example.io"), """
            {"spec":{"group":"example.io","scope":"Namespaced","names":{"kind":"Runner","plural":"runners"},
             "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"scale":{"specReplicasPath":".spec.size"}},"schema":{"openAPIV3Schema":{"type":"object"}}}]}}
            """);

        var result = await Enable(fleet, "runners.example.io");

        // P-120: KubeFed made no template for a schema without properties.
        Assert.Equal(["overrides", "placement", "retainReplicas", "template"], SpecFields(result.CustomResourceDefinition));
    }

    [Fact]
    public async Task Without_a_control_plane_nothing_is_enabled()
    {
        using var fleet = new FakeFleet();
        fleet.Host.Served.Add(KnownResources.ConfigMaps);

        Assert.Equal("ControlPlaneNotFound", (await Assert.ThrowsAsync<FederationException>(() => Enable(fleet, "configmaps"))).Id);
        Assert.Empty(fleet.Host.Writes);
    }

    internal static FakeFleet Fleet(TimeProvider? time = null)
    {
        var fleet = new FakeFleet(time: time).Installed();
        fleet.Host.Served.AddRange([
            KnownResources.ConfigMaps with { ShortNames = ["cm"] },
            KnownResources.Namespaces with { ShortNames = ["ns"] },
            KnownResources.Deployments with { ShortNames = ["deploy"], Subresources = ["scale", "status"], Verbs = ["create", "delete", "get", "list", "patch", "update", "watch"] },
        ]);
        return fleet;
    }

    private static Task<EnableResult> Enable(FakeFleet fleet, string name) =>
        fleet.Federation.Types.EnableAsync(new EnableRequest { Name = name }, NullSink.Instance, None);

    private static IEnumerable<string> SpecFields(KubeObject definition) =>
        definition.Spec!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"]!.AsObject()
            .Select(pair => pair.Key).Order(StringComparer.Ordinal);
}
