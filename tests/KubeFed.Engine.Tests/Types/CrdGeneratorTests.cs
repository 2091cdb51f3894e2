using System.Text.Json.Nodes;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Types;

/// <summary>api.md section 8.</summary>
public sealed class CrdGeneratorTests
{
    private static readonly ApiResource Widget = new("example.io", "v1", "Widget", "widgets", Namespaced: false) { ShortNames = ["w", "wi"] };

    [Fact]
    public void Names_scope_and_version_follow_the_target_A90_A91_A92()
    {
        var definition = CrdGenerator.Generate(TypeNames.Federated(Widget, "types.example.io", "v2"), retainReplicas: false);

        Assert.Equal("federatedwidgets.types.example.io", definition.Name);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"kind":"FederatedWidget","plural":"federatedwidgets","shortNames":["fw","fwi"]}"""), definition.Spec!["names"]));
        Assert.Equal("Cluster", definition.Spec["scope"]!.GetValue<string>());
        var version = Assert.Single(definition.Spec["versions"]!.AsArray())!;
        Assert.Equal("v2", version["name"]!.GetValue<string>());
        Assert.True(version["served"]!.GetValue<bool>() && version["storage"]!.GetValue<bool>());
        Assert.NotNull(version["subresources"]!["status"]);
    }

    [Theory]
    [InlineData("spec.placement.clusters.[]", "name")]
    [InlineData("spec.placement.clusterSelector.matchExpressions.[]", "key,operator")]
    [InlineData("spec.overrides.[]", "")]
    [InlineData("spec.overrides.[].clusterOverrides.[]", "path")]
    [InlineData("status.conditions.[]", "type,status")]
    [InlineData("status.clusters.[]", "name")]
    [InlineData("", "spec")]
    public void The_schema_requires_what_KubeFeds_requires_A95(string path, string required) =>
        Assert.Equal(required.Split(',', StringSplitOptions.RemoveEmptyEntries), (At(path)["required"]?.AsArray() ?? []).Select(item => item!.GetValue<string>()));

    [Theory]
    [InlineData("spec.template", "object")]
    [InlineData("spec.overrides.[].clusterOverrides.[].value", null)]
    [InlineData("spec.overrides.[].clusterOverrides.[].valueTemplate", null)]
    [InlineData("status.clusters.[].remoteStatus", "object")]
    public void Free_form_fields_keep_whatever_is_written_A94_P120(string path, string? type)
    {
        Assert.True(At(path)["x-kubernetes-preserve-unknown-fields"]!.GetValue<bool>());
        Assert.Equal(type, At(path)["type"]?.GetValue<string>());
    }

    [Theory]
    [InlineData("spec")]
    [InlineData("spec.placement")]
    [InlineData("spec.placement.clusters.[]")]
    [InlineData("spec.placement.clusterSelector")]
    [InlineData("spec.placement.clusterSelector.matchExpressions.[]")]
    [InlineData("spec.overrides.[]")]
    [InlineData("spec.overrides.[].clusterSelector")]
    [InlineData("spec.overrides.[].clusterSelector.matchExpressions.[]")]
    [InlineData("spec.overrides.[].clusterOverrides.[]")]
    public void Where_a_typo_would_change_the_meaning_unknown_fields_are_kept_beside_the_declared_ones_P55(string path)
    {
        Assert.True(At(path)["x-kubernetes-preserve-unknown-fields"]!.GetValue<bool>());
        Assert.Equal("object", At(path)["type"]!.GetValue<string>());
        Assert.NotEmpty(At(path)["properties"]!.AsObject());
    }

    [Theory]
    [InlineData("")]
    [InlineData("status")]
    [InlineData("status.conditions.[]")]
    [InlineData("status.clusters.[]")]
    public void Elsewhere_they_are_not(string path) => Assert.Null(At(path)["x-kubernetes-preserve-unknown-fields"]);

    [Theory]
    [InlineData("status")]
    [InlineData("spec.template")]
    public void The_host_does_not_keep_book_of_single_fields_where_there_may_be_many(string path) =>
        Assert.Equal("atomic", At(path)["x-kubernetes-map-type"]!.GetValue<string>());

    [Theory]
    [InlineData("name", "string", null)]
    [InlineData("status", "string", null)]
    [InlineData("message", "string", null)]
    [InlineData("lastTransitionTime", "string", "date-time")]
    [InlineData("observedVersion", "string", null)]
    [InlineData("appliedHash", "string", null)]
    [InlineData("health", "string", null)]
    [InlineData("healthMessage", "string", null)]
    public void Status_has_room_for_what_each_cluster_said_and_holds_P73(string field, string type, string? format)
    {
        Assert.Equal(type, At($"status.clusters.[].{field}")["type"]!.GetValue<string>());
        Assert.Equal(format, At($"status.clusters.[].{field}")["format"]?.GetValue<string>());
    }

    [Fact]
    public void Overrides_select_clusters_as_placements_do_P60() =>
        Assert.True(JsonNode.DeepEquals(At("spec.placement.clusterSelector"), At("spec.overrides.[].clusterSelector")));

    [Fact]
    public void An_override_operation_is_add_remove_replace_or_empty() =>
        Assert.Equal("^(add|remove|replace)?$", At("spec.overrides.[].clusterOverrides.[].op")["pattern"]!.GetValue<string>());

    [Theory]
    [InlineData("clusters")]
    [InlineData("health")]
    public void Status_has_room_for_its_summary_P70_P76(string field) => Assert.Equal("string", At($"status.summary.{field}")["type"]!.GetValue<string>());

    [Fact]
    public void Kubectl_gets_columns_and_the_wordy_ones_with_wide_only_P76() => Assert.Equal(
        ["Propagated", "Clusters", "Health", "Reason (wide)", "Names (wide)", "Age"],
        Version()["additionalPrinterColumns"]!.AsArray().Select(column => column!["name"]!.GetValue<string>() + (column["priority"] is null ? "" : " (wide)")));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RetainReplicas_is_there_for_types_that_count_replicas_only(bool offered)
    {
        var spec = Schema(CrdGenerator.Generate(TypeNames.Federated(Widget, "g.io", "v1"), offered))["properties"]!["spec"]!["properties"]!.AsObject();

        Assert.Equal(offered, spec.ContainsKey("retainReplicas"));
    }

    private static JsonNode Version() => CrdGenerator.Generate(TypeNames.Federated(Widget, "g.io", "v1"), retainReplicas: true).Spec!["versions"]![0]!;

    private static JsonNode Schema(KubeObject definition) => definition.Spec!["versions"]![0]!["schema"]!["openAPIV3Schema"]!;

    private static JsonNode At(string path) => path.Split('.', StringSplitOptions.RemoveEmptyEntries).Aggregate(
        Version()["schema"]!["openAPIV3Schema"]!, (node, token) => token == "[]" ? node["items"]! : node["properties"]![token]!);
}
