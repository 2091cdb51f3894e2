using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Federate;

public sealed class DraftTests
{
    internal static FederatedType Type(ApiResource target) => FederatedTypeReader.Read(
        TypeConfigs.For(target, TypeNames.Federated(target, KubeFedNames.TypesGroup, KubeFedNames.TypesVersion), KubeFedNames.DefaultSystemNamespace));

    [Fact]
    public void A_draft_has_the_shape_of_a_federated_resource()
    {
        var draft = Draft(request => request with
        {
            Template = Json("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"cm","labels":{"a":"b"},"uid":"x"},"data":{"k":"v"},"status":{}}"""),
            Placement = new PlacementSpec { Clusters = ["one", "two"] },
            Overrides = [new("two", "add", "/data/x", "1"), new("one", null, "/data/k", "w"), new("two", "remove", "/data/k", "ignored")],
            Labels = new Dictionary<string, string> { ["team"] = "x" },
            RetainReplicas = true,
        });

        Assert.True(JsonNode.DeepEquals(
            Json("""
                {"apiVersion":"types.kubefed.io/v1beta1","kind":"FederatedConfigMap","metadata":{"name":"cm","namespace":"ns","labels":{"team":"x"}},
                 "spec":{"template":{"metadata":{"labels":{"a":"b"}},"data":{"k":"v"}},
                         "placement":{"clusters":[{"name":"one"},{"name":"two"}]},
                         "overrides":[{"clusterName":"two","clusterOverrides":[{"op":"add","path":"/data/x","value":"1"},{"op":"remove","path":"/data/k"}]},
                                      {"clusterName":"one","clusterOverrides":[{"path":"/data/k","value":"w"}]}],
                         "retainReplicas":true}}
                """),
            draft.Object.Json), draft.Object.Json.ToJsonString());
    }

    [Fact]
    public void Another_version_of_the_type_in_the_template_is_kept_E53() =>
        Assert.Equal("v2", Draft(request => request with { Template = Json("""{"apiVersion":"v2","kind":"ConfigMap"}""") }).Template!["apiVersion"]!.GetValue<string>());

    [Fact]
    public void An_empty_cluster_list_and_a_missing_one_are_different_E40_E41()
    {
        Assert.Empty(Draft(request => request with { Placement = new PlacementSpec { Clusters = [] } }).PlacementClusters!);
        var bySelector = Draft(request => request with { Placement = PlacementSpec.All });
        Assert.Null(bySelector.PlacementClusters);
        Assert.Equal("""{"matchLabels":{}}""", bySelector.PlacementSelector!.ToJsonString());
    }

    [Fact]
    public void A_FederatedNamespace_lies_in_the_namespace_it_describes_E22()
    {
        var draft = FederatedOf(KnownResources.Namespaces, new ObjectKey(null, "team"));

        Assert.Equal(new ObjectKey("team", "team"), draft.Key);
        Assert.Equal(ObjectKey.ClusterScoped("team"), draft.TargetKey);
    }

    public static TheoryData<string, string, string, string> Faults() => new()
    {
        // metadata
        { """{"metadata":{"name":"Not_Valid"}}""", "InvalidName", "metadata.name", "\"Not_Valid\"" },
        { """{"metadata":{"name":"system:node"}}""", "InvalidName", "metadata.name", "lower-case" },
        { """{"metadata":{"namespace":null}}""", "NamespaceRequired", "metadata.namespace", "namespaced" },
        { """{"metadata":{"namespace":"a.b"}}""", "InvalidNamespace", "metadata.namespace", "\"a.b\"" },
        { """{"metadata":{"annotations":{"kubefed.io/adoption-policy":"Maybe"}}}""", "InvalidAdoptionPolicy", "metadata.annotations[kubefed.io/adoption-policy]", "\"Maybe\"" },
        { """{"spec":null}""", "MissingSpec", "spec", "needs a spec" },

        // template
        { """{"spec":{"template":"text"}}""", "InvalidTemplate", "spec.template", "object" },
        { """{"spec":{"template":{"kind":"Secret"}}}""", "InvalidTemplate", "spec.template.kind", "ConfigMap" },
        { """{"spec":{"template":{"metadata":[]}}}""", "InvalidTemplate", "spec.template.metadata", "object" },

        // placement, E-42, E-43
        { """{"spec":{"placement":[]}}""", "InvalidPlacement", "spec.placement", "object" },
        { """{"spec":{"placement":{"clusters":{}}}}""", "InvalidPlacement", "spec.placement.clusters", "list" },
        { """{"spec":{"placement":{"clusters":["one"]}}}""", "InvalidPlacement", "spec.placement.clusters[0]", "name" },
        { """{"spec":{"placement":{"clusters":[{"name":"A"}]}}}""", "InvalidPlacement", "spec.placement.clusters[0].name", "\"A\"" },
        { """{"spec":{"placement":{"clusters":[{"name":"a"},{"name":"a"}]}}}""", "DuplicateCluster", "spec.placement.clusters[1].name", "\"a\"" },
        { """{"spec":{"placement":{"clusterSelector":{"matchExpressions":[{"key":"a","operator":"Equals"}]}}}}""", "InvalidSelector",
            "spec.placement.clusterSelector.matchExpressions[0].operator", "Equals" },
        { """{"spec":{"placement":{"clusterSelector":{"matchExpressions":[{"key":"a","operator":"In"}]}}}}""", "InvalidSelector",
            "spec.placement.clusterSelector.matchExpressions[0].values", "In" },
        { """{"spec":{"placement":{"clusterSelector":{"matchLabels":{"a b":"c"}}}}}""", "InvalidSelector", "spec.placement.clusterSelector.matchLabels", "a b" },

        // overrides, E-71 to E-77
        { """{"spec":{"overrides":{}}}""", "InvalidOverride", "spec.overrides", "list" },
        { """{"spec":{"overrides":[{}]}}""", "InvalidOverride", "spec.overrides[0].clusterName", "name" },
        { """{"spec":{"overrides":[{"clusterName":"c"},{"clusterName":"c"}]}}""", "DuplicateOverride", "spec.overrides[1].clusterName", "appears more than once" },
        { Operation("""{"path":"spec/replicas","value":1}"""), "InvalidOverridePath", At("path"), "\"spec/replicas\"" },
        { Operation("""{"path":"","value":1}"""), "InvalidOverridePath", At("path"), "missing" },
        { Operation("""{"value":1}"""), "InvalidOverridePath", At("path"), "missing" },
        { Operation("""{"path":"/a~2b","value":1}"""), "InvalidOverridePath", At("path"), "~0" },
        { Operation("""{"path":"/metadata/name","value":"x"}"""), "ForbiddenOverridePath", At("path"), "/metadata/name" },
        { Operation("""{"path":"/metadata/namespace","value":"x"}"""), "ForbiddenOverridePath", At("path"), "/metadata/namespace" },
        { Operation("""{"path":"/metadata/generateName","value":"x"}"""), "ForbiddenOverridePath", At("path"), "/metadata/generateName" },
        { Operation("""{"path":"/kind","value":"x"}"""), "ForbiddenOverridePath", At("path"), "/kind" },
        { Operation("""{"op":"move","path":"/a"}"""), "InvalidOverrideOp", At("op"), "\"move\"" },
        { Operation("""{"op":7,"path":"/a"}"""), "InvalidOverrideOp", At("op"), "7" },
        { """{"spec":{"overrides":["c"]}}""", "InvalidOverride", "spec.overrides[0]", "object" },
        { """{"spec":{"overrides":[{"clusterName":"c","clusterOverrides":{}}]}}""", "InvalidOverride", "spec.overrides[0].clusterOverrides", "list" },

        // selectors, P-60, and variables, P-65
        { """{"spec":{"overrides":[{"clusterName":"c","clusterSelector":{}}]}}""", "InvalidOverride", "spec.overrides[0].clusterSelector", "'c' as well" },
        { """{"spec":{"overrides":[{"clusterSelector":{"matchExpressions":[{"key":"a","operator":"In"}]}}]}}""", "InvalidSelector",
            "spec.overrides[0].clusterSelector.matchExpressions[0].values", "nobody can tell" },
        { Operation("""{"path":"/a","value":1,"valueTemplate":"x"}"""), "InvalidOverride", At("valueTemplate"), "one of value and valueTemplate" },
        { Operation("""{"op":"remove","path":"/a","valueTemplate":"x"}"""), "InvalidOverride", At("valueTemplate"), "remove takes no value" },
        { Operation("""{"path":"/a","valueTemplate":{"b":["${cluster.zone}"]}}"""), "InvalidValueTemplate", At("valueTemplate.b[0]"), "${cluster.zone}" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Every_fault_is_named_by_field_and_value_P55(string change, string id, string field, string mentioned)
    {
        var value = Draft(request => request).Object;
        var json = (JsonObject)Kubernetes.Json.MergePatch.Apply(value.Json, JsonNode.Parse(change))!;

        var fault = Assert.Single(FederatedResourceValidation.Check(new FederatedResource(Type(KnownResources.ConfigMaps), new KubeObject(json))));

        Assert.Equal((id, field), (fault.Id, fault.Field));
        Assert.Contains(mentioned, fault + " " + fault.Remedy, StringComparison.Ordinal);
        Assert.NotEmpty(fault.Remedy);
    }

    [Theory]
    [InlineData("""{"path":"/a","value":null}""")]
    [InlineData("""{"op":"replace","path":"/a"}""")]
    [InlineData("""{"op":"","path":"/a/-","value":1},{"path":"/a/-","value":2}""")]
    [InlineData("""{"op":"add","path":"/a"}""")]
    [InlineData("""{"path":"/apiVersion","value":"v2"}""")]
    [InlineData("""{"path":"/metadata/labels/kubefed.io~1managed","value":"x"}""")]
    public void What_KubeFed_accepts_is_accepted_E73_E74_E76(string operations) => Accepts(operations);

    [Theory]
    [InlineData("""{"path":"/a","value":1},{"path":"/a","value":2}""")]
    [InlineData("""{"op":"add","path":"/l/0","value":1},{"op":"add","path":"/l/0","value":2}""")]
    [InlineData("""{"path":"/a","valueTemplate":"${cluster.name}"}""")]
    public void What_the_engine_carries_out_beyond_KubeFed_is_accepted_too_P63_P65(string operations) => Accepts(operations);

    private static void Accepts(string operations) =>
        Assert.Empty(FederatedResourceValidation.Check(new FederatedResource(
            Type(KnownResources.ConfigMaps),
            new KubeObject((JsonObject)Kubernetes.Json.MergePatch.Apply(Draft(request => request).Object.Json, JsonNode.Parse(Operation(operations)))!))));

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var error = Assert.Throws<FederationException>(() => Draft(request => request with
        {
            Key = new ObjectKey("ns", "Bad"),
            Overrides = [new("c", "move", "x", null)],
        }));

        Assert.Equal(("InvalidName", FederationProblem.Invalid), (error.Id, error.Problem));
        Assert.Contains("metadata.name", error.Message, StringComparison.Ordinal);
        Assert.Contains("spec.overrides[0].clusterOverrides[0].path", error.Message, StringComparison.Ordinal);
        Assert.Contains("spec.overrides[0].clusterOverrides[0].op", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_scoped_type_takes_no_namespace()
    {
        var error = Assert.Throws<FederationException>(() => FederatedOf(KnownResources.ClusterRoles, new ObjectKey("ns", "reader")));

        Assert.Equal("NamespaceNotAllowed", error.Id);
        Assert.Null(FederatedOf(KnownResources.ClusterRoles, ObjectKey.ClusterScoped("reader")).Key.Namespace);
    }

    [Fact]
    public void A_FederatedNamespace_elsewhere_is_refused_E24()
    {
        var error = Assert.Throws<FederationException>(() => FederatedOf(KnownResources.Namespaces, new ObjectKey("other", "team")));

        Assert.Equal("InvalidNamespace", error.Id);
        Assert.Contains("team/team", error.Remedy, StringComparison.Ordinal);
    }

    private static string At(string field) => $"spec.overrides[0].clusterOverrides[0].{field}";

    private static string Operation(string operations) => $$"""{"spec":{"overrides":[{"clusterName":"c","clusterOverrides":[{{operations}}]}]} }""";

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    private static FederatedResource FederatedOf(ApiResource target, ObjectKey key)
    {
        using var fleet = new FakeFleet();
        return fleet.Federation.Resources.Draft(new NewFederatedResource { Type = Type(target), Key = key, Template = [], Placement = PlacementSpec.All });
    }

    private static FederatedResource Draft(Func<NewFederatedResource, NewFederatedResource> with)
    {
        using var fleet = new FakeFleet();
        return fleet.Federation.Resources.Draft(with(new NewFederatedResource
        {
            Type = Type(KnownResources.ConfigMaps),
            Key = new ObjectKey("ns", "cm"),
            Template = [],
            Placement = new PlacementSpec(),
        }));
    }
}
