using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane.Doctor;
using KubeFed.Engine.Federate.Checking;
using KubeFed.Engine.Tests.Propagation;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
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

    [Fact]
    public async Task Lists_of_a_custom_kind_are_checked_by_the_keys_that_its_definition_names()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        var definition = KubeObject.Create(KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped("widgets.example.io"));
        definition.Json["spec"] = Make.Json("""
            {'group':'example.io','scope':'Namespaced','names':{'plural':'widgets','singular':'widget','kind':'Widget','listKind':'WidgetList'},
             'versions':[{'name':'v1','served':true,'storage':true,'schema':{'openAPIV3Schema':{
              'type':'object','properties':{'spec':{'type':'object','properties':{
              'size':{'type':'integer'},'open':{'type':'object','x-kubernetes-preserve-unknown-fields':true},'plain':{'type':'array','items':{'type':'string'}},
              'tags':{'type':'array','x-kubernetes-list-type':'set','items':{'type':'string'}},
              'parts':{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['name','port'],'items':{'type':'object',
               'required':['name'],'properties':{'name':{'type':'string'},'port':{'type':'integer','default':1},'value':{'type':'string'}}}}}}}}}}]}
            """);
        await bed.Admin("host").CreateAsync(KnownResources.CustomResourceDefinitions, definition, WriteOptions.Default, default);
        await bed.Federation.Types.EnableAsync(new EnableRequest { Name = "widgets.example.io" }, bed, default);
        var type = await bed.Federation.Types.ResolveAsync("widgets.example.io", default);
        var check = await ResourceCheck.OpenAsync(bed.Federation, default);

        Assert.Equal(
            [
                "DuplicateListKey spec.template.spec.parts[2]", "MissingListKey spec.template.spec.parts[3]", "InvalidTemplateValue spec.template.spec.size",
                "DuplicateListKey spec.template.spec.tags[1]",
            ],
            await Of("'size':'1','tags':['a','a'],'plain':['a','a'],'parts':[{'name':'a'},{'name':'a','port':2},{'name':'a','port':1},{'port':3}]"));
        Assert.Empty(await Of("'size':1,'tags':['a','b'],'open':{'x':[{'name':'a'},{'name':'a'}]},'parts':[{'name':'a'},{'name':'a','port':2}]"));

        async Task<string[]> Of(string spec)
        {
            var resource = Make.Resource($"{{'template':{{'spec':{{{spec}}}}},{Everywhere}}}", type);
            var findings = await check.RunAsync(resource, askMembers: false, default);
            return [.. findings.Where(found => found.Severity == FindingSeverity.Error).Select(found => $"{found.Id} {found.Field}")];
        }
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
