using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane.Doctor;
using KubeFed.Engine.Federate.Checking;
using KubeFed.Engine.Tests.Propagation;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Federate;

/// <summary>What a check says of a resource that nobody else is asked about (P-55); what it says beside a federation is in tests/Module.</summary>
public class ResourceCheckTests
{
    private const string Everywhere = "'placement':{'clusterSelector':{}}";

    [Fact]
    public void Nothing_is_wrong_with_what_is_right() =>
        Assert.Empty(ResourceCheck.Alone(Make.Resource(
            $"{{'template':{{'metadata':{{'name':'web','labels':{{'a':'b'}}}},'data':{{'a':'1'}}}},{Everywhere}}}")));

    [Fact]
    public void All_faults_are_found_at_once_errors_first()
    {
        var findings = ResourceCheck.Alone(Make.Resource(
            "{'template':{'status':{},'metadata':{'ownerReferences':[]}},'placement':{'clusters':[{'name':'c1'},{'name':'c1'}]},"
            + "'overrides':[{'clusterName':'c1','clusterOverrides':[{'path':'data'}]}]}"));

        Assert.Equal(
            [
                "Error InvalidOverridePath spec.overrides[0].clusterOverrides[0].path \"data\"",
                "Error DuplicateCluster spec.placement.clusters[1].name \"c1\"",
                "Warning TemplateFieldIgnored spec.template.metadata.ownerReferences []",
                "Warning TemplateFieldIgnored spec.template.status {}",
            ],
            findings.Where(finding => finding.Id != "OverrideSetsNull").Select(finding => $"{finding.Severity} {finding.Id} {finding.Field} {finding.Value}"));
        Assert.All(findings, finding => Assert.NotEmpty(finding.Remedy));
    }

    [Fact]
    public void An_override_that_does_not_fit_its_template_is_found_without_any_cluster()
    {
        var finding = Assert.Single(ResourceCheck.Alone(Make.Resource(
            $"{{'template':{{}},{Everywhere},'overrides':[{{'clusterName':'c1','clusterOverrides':[{{'path':'/data/a/b','value':'x'}}]}}]}}")));

        Assert.Equal((FindingSeverity.Error, "OverrideDoesNotFit", "c1"), (finding.Severity, finding.Id, finding.Cluster));
        Assert.Contains("/data/a/b", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'retainReplicas':'yes'", "Error InvalidRetainReplicas spec.retainReplicas \"yes\"")]
    [InlineData("'retainReplicas':true", "Warning RetainReplicasWithoutEffect spec.retainReplicas true")]
    [InlineData("'retainReplicas':false", null)]
    [InlineData("'retainReplicas':true,'overrides':[{'clusterName':'c1','clusterOverrides':[{'path':'/spec/replicas','value':2}]}]", null)]
    [InlineData(
        "'overrides':[{'clusterName':'c1','clusterOverrides':[{'path':'/metadata/labels/kubefed.io~1managed','value':'false'}]}]",
        "Warning OverrideWithoutEffect spec.overrides[0].clusterOverrides[0].path \"/metadata/labels/kubefed.io~1managed\"")]
    public void What_has_no_effect_is_found_in_the_spec(string field, string? finding)
    {
        var found = ResourceCheck.Alone(Make.Resource($"{{'template':{{'spec':{{}}}},{Everywhere},{field}}}"));

        Assert.Equal(finding is null ? [] : [finding], found.Select(each => $"{each.Severity} {each.Id} {each.Field} {each.Value}"));
        Assert.All(found, each => Assert.NotEmpty(each.Remedy));
    }

    [Theory]
    [InlineData("kubefed.io/deleteoption", "{bad", "Error InvalidDeleteOptions")]
    [InlineData("kubefed.io/deleteoption", "{\"propagationPolcy\":\"Orphan\"}", "Error InvalidDeleteOptions")]
    [InlineData("kubefed.io/deleteoption", "{\"propagationPolicy\":\"Orphan\"}", null)]
    [InlineData("kubefed.io/orphan", "True", "Warning AnnotationWithoutEffect")]
    [InlineData("kubefed.io/orphan", "true", null)]
    [InlineData("kubefed.io/orphan", "false", null)]
    [InlineData("kubefed.io/delete-unmanaged-content", "yes", "Warning AnnotationWithoutEffect")]
    public void What_has_no_effect_is_found_in_annotations_S_35_S_37(string name, string value, string? finding)
    {
        var resource = Make.Resource($"{{'template':{{}},{Everywhere}}}");
        resource.Object.SetAnnotation(name, value);

        var found = ResourceCheck.Alone(resource);

        Assert.Equal(finding is null ? [] : [$"{finding} metadata.annotations[{name}]"], found.Select(each => $"{each.Severity} {each.Id} {each.Field}"));
    }

    [Theory]
    [InlineData("types.kubefed.io/v9", "Write types.kubefed.io/v1beta1.")]
    [InlineData("types.kubefed.io/v1beta1", null)]
    [InlineData("federated.example.com/v1", null)]
    public void A_version_that_no_host_serves_is_found_where_it_can_be_known(string apiVersion, string? remedy)
    {
        var value = new KubeObject((JsonObject)JsonNode.Parse(
            """{"kind":"FederatedConfigMap","metadata":{"name":"web","namespace":"ns1"},"spec":{"template":{},"placement":{"clusterSelector":{}}}}""")!);
        value.Json["apiVersion"] = apiVersion;

        var found = ResourceCheck.Alone(new FederatedResource(ResourceCheck.Guess(value), value));

        Assert.Equal(remedy is null ? [] : [$"UnknownVersion {remedy}"], found.Select(each => $"{each.Id} {each.Remedy}"));
    }

    [Theory]
    [InlineData("FederatedConfigMap", "ns1", "ConfigMap", "federatedconfigmaps", true)]
    [InlineData("FederatedClusterRole", null, "ClusterRole", "federatedclusterroles", false)]
    [InlineData("FederatedNamespace", "web", "Namespace", "federatednamespaces", true)]
    public void A_type_is_guessed_from_its_federated_kind(string kind, string? @namespace, string target, string plural, bool namespaced)
    {
        var value = new KubeObject(new JsonObject
        {
            ["apiVersion"] = "types.kubefed.io/v1beta1",
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = "web", ["namespace"] = @namespace },
        });

        var type = ResourceCheck.Guess(value);

        Assert.Equal((target, plural, namespaced), (type.Target.Kind, type.Federated.Plural, type.Federated.Namespaced));
        Assert.Equal(kind == "FederatedNamespace", type.IsNamespaceType);
    }
}
