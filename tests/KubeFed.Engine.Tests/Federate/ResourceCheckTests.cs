using System.Text.Json.Nodes;
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
