using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Federate.Checking;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>Whoever may write a federated resource chooses what its copies hold, not which object of the member they are.</summary>
/// <remarks>E-52, E-53, E-72, E-73.</remarks>
public class TargetIdentityTests
{
    private const string Elsewhere = "x/../../api/v1/namespaces/other/services/http:dash:80/proxy/admin/run?cmd=1&";

    private static readonly ApiResource EvilMaps = new("evil.io", "v1", "ConfigMap", "configmaps", Namespaced: true);

    public static TheoryData<string> ForeignVersions() =>
        [Elsewhere, "evil.io/v1", "apps/v1", "//v1", "/apps/v1", "v1/../../apis/apps/v1", "v1/status", "..", "v1?x=1", "v1%2f..", "V1", "v1.1", " v1", "v1\n", "v1\u202E"];

    [Theory]
    [MemberData(nameof(ForeignVersions))]
    public async Task A_template_of_another_group_reaches_no_member_and_every_cluster_says_why(string apiVersion)
    {
        await using var bed = await WithEvilMapsAsync();
        await bed.DeclareAsync("configmaps", "web", $"{{'template':{{'apiVersion':'{Escaped(apiVersion)}','data':{{'a':'b'}}}},'placement':{{'clusterSelector':{{}}}}}}");

        await bed.SyncAsync();

        Assert.Equal("False/CheckClusters c1=ComputeResourceFailed c2=ComputeResourceFailed", await bed.BriefAsync("configmaps", "web"));
        Assert.All((await bed.StatusAsync("configmaps", "web")).Clusters, cluster => Assert.StartsWith("spec.template.apiVersion: ", cluster.Message, StringComparison.Ordinal));
        NoneOutsideTheType(bed);
    }

    [Theory]
    [MemberData(nameof(ForeignVersions))]
    public async Task An_override_to_another_group_reaches_no_member_and_fails_its_cluster_alone(string apiVersion)
    {
        await using var bed = await WithEvilMapsAsync();
        await bed.DeclareAsync(
            "configmaps",
            "web",
            "{'template':{'data':{'a':'b'}},'placement':{'clusterSelector':{}},'overrides':[{'clusterName':'c2','clusterOverrides':"
                + $"[{{'op':'replace','path':'/apiVersion','value':'{Escaped(apiVersion)}'}}]}}]}}");

        await bed.SyncAsync();

        Assert.Equal("False/CheckClusters c1=Ok c2=ApplyOverridesFailed", await bed.BriefAsync("configmaps", "web"));
        Assert.Contains("apiVersion", (await bed.StatusAsync("configmaps", "web")).Clusters.Single(c => c.Name == "c2").Message, StringComparison.Ordinal);
        NoneOutsideTheType(bed);
    }

    [Theory]
    [InlineData("'op':'replace','path':'/metadata','value':{'name':'other'}")]
    [InlineData("'op':'replace','path':'/metadata','value':{'name':'web','namespace':'kube-system'}")]
    [InlineData("'op':'add','path':'/metadata','value':{'generateName':'web-'}")]
    [InlineData("'path':'/metadata','valueTemplate':{'name':'x-${cluster.name}'}")]
    [InlineData("'path':'/apiVersion','valueTemplate':'evil.io/${cluster.name}'")]
    [InlineData("'path':'/apiVersion','value':7")]
    public async Task An_override_that_would_make_another_object_of_a_copy_fails_its_cluster(string operation)
    {
        await using var bed = await WithEvilMapsAsync();
        await bed.DeclareAsync(
            "configmaps",
            "web",
            "{'template':{'metadata':{'labels':{'x':'y'}}},'placement':{'clusterSelector':{}},"
                + $"'overrides':[{{'clusterName':'c2','clusterOverrides':[{{{operation}}}]}}]}}");

        await bed.SyncAsync();

        Assert.Equal("False/CheckClusters c1=Ok c2=ApplyOverridesFailed", await bed.BriefAsync("configmaps", "web"));
        NoneOutsideTheType(bed);
    }

    [Fact]
    public async Task A_template_of_another_kind_is_a_fault_at_declaration_and_where_it_is_stored_copies_are_of_the_type_all_the_same_E_52()
    {
        await using var bed = await WithEvilMapsAsync();
        await bed.DeclareAsync("configmaps", "web", "{'template':{'kind':'Secret','data':{'a':'b'}},'placement':{'clusterSelector':{}}}");

        await bed.SyncAsync();

        Assert.Equal("True c1=Ok c2=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal("ConfigMap", (await bed.MapAsync("c1"))!.Kind);
        var fault = Assert.Single(FederatedResourceValidation.Check(Make.Resource("{'template':{'kind':'Secret'},'placement':{'clusterSelector':{}}}")));
        Assert.Equal("spec.template.kind", fault.Field);
        NoneOutsideTheType(bed);
    }

    [Fact]
    public async Task An_override_of_metadata_that_keeps_the_identity_applies()
    {
        await using var bed = await WithEvilMapsAsync();
        await bed.DeclareAsync(
            "configmaps",
            "web",
            "{'template':{},'placement':{'clusterSelector':{}},'overrides':[{'clusterName':'c2','clusterOverrides':"
                + "[{'path':'/metadata','value':{'name':'web','namespace':'ns1','labels':{'x':'y'}}}]}]}");

        await bed.SyncAsync();

        Assert.Equal("True c1=Ok c2=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal("y", (await bed.MapAsync("c2"))!.Label("x"));
    }

    [Fact]
    public async Task A_resource_that_was_led_elsewhere_removes_its_own_copies_when_it_is_deleted()
    {
        await using var bed = await WithEvilMapsAsync();
        await bed.DeclareAsync("configmaps", "web", "{'template':{'data':{'a':'b'}},'placement':{'clusterSelector':{}}}");
        await bed.SyncAsync();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'apiVersion':'evil.io/v1'}}}");
        await bed.SyncAsync();
        Assert.Equal("c1,c2", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));

        await bed.DeleteAsync("configmaps", "web");
        await bed.SyncAsync();

        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
        NoneOutsideTheType(bed);
    }

    [Theory]
    [MemberData(nameof(ForeignVersions))]
    public void A_template_of_another_group_is_a_fault_at_declaration_and_offline(string apiVersion)
    {
        var resource = Make.Resource($"{{'template':{{'apiVersion':'{Escaped(apiVersion)}'}},'placement':{{'clusterSelector':{{}}}}}}");

        var fault = Assert.Single(FederatedResourceValidation.Check(resource));
        Assert.Equal(("InvalidTemplate", "spec.template.apiVersion"), (fault.Id, fault.Field));
        Assert.Equal("InvalidTemplate", Assert.Throws<FederationException>(() => resource.ThrowIfFaulty()).Id);
        Assert.Contains(
            ResourceCheck.Alone(new FederatedResource(ResourceCheck.Guess(resource.Object), resource.Object)), finding => finding.Field == "spec.template.apiVersion");
    }

    [Theory]
    [MemberData(nameof(ForeignVersions))]
    public void An_override_to_another_group_is_a_fault_at_declaration_and_offline(string apiVersion)
    {
        var resource = Make.Resource(
            "{'template':{},'placement':{'clusterSelector':{}},'overrides':[{'clusterSelector':{},'clusterOverrides':"
                + $"[{{'path':'/apiVersion','value':'{Escaped(apiVersion)}'}}]}}]}}");

        var fault = Assert.Single(FederatedResourceValidation.Check(resource));
        Assert.Equal(("InvalidOverride", "spec.overrides[0].clusterOverrides[0].value"), (fault.Id, fault.Field));
        Assert.Contains(
            ResourceCheck.Alone(new FederatedResource(ResourceCheck.Guess(resource.Object), resource.Object)),
            finding => finding.Field == "spec.overrides[0].clusterOverrides[0].value");
    }

    [Theory]
    [InlineData("{'name':'other'}", "name")]
    [InlineData("{'namespace':'other'}", "namespace")]
    [InlineData("{'generateName':'web-'}", "generateName")]
    public void An_override_of_metadata_that_renames_is_a_fault_at_declaration(string metadata, string field)
    {
        var resource = Make.Resource(
            "{'template':{},'placement':{'clusterSelector':{}},'overrides':[{'clusterName':'c1','clusterOverrides':"
                + $"[{{'path':'/metadata','value':{metadata}}}]}}]}}");

        var fault = Assert.Single(FederatedResourceValidation.Check(resource));
        Assert.Equal(("ForbiddenOverridePath", $"spec.overrides[0].clusterOverrides[0].value.{field}"), (fault.Id, fault.Field));
    }

    [Theory]
    [InlineData("FederatedDeployment", "apps/v1", true)]
    [InlineData("FederatedDeployment", "extensions/v1beta1", false)]
    [InlineData("FederatedService", "v1", true)]
    [InlineData("FederatedService", "serving.knative.dev/v1", false)]
    [InlineData("FederatedIngress", "networking.k8s.io/v1", true)]
    [InlineData("FederatedIngress", "extensions/v1beta1", true)]
    [InlineData("FederatedWidget", "example.io/v1", true)]
    [InlineData("FederatedWidget", "example.io/../v1", false)]
    [InlineData("FederatedWidget", Elsewhere, false)]
    public void Offline_the_group_of_a_kind_that_Kubernetes_has_is_known_and_of_others_the_form(string kind, string apiVersion, bool passes)
    {
        var federated = KubeObject.Parse(
            $$"""
            {"apiVersion":"types.kubefed.io/v1beta1","kind":"{{kind}}","metadata":{"name":"a","namespace":"ns"},
             "spec":{"template":{"apiVersion":"{{apiVersion}}" },"placement":{"clusterSelector":{ } } } }
            """);

        var findings = ResourceCheck.Alone(new FederatedResource(ResourceCheck.Guess(federated), federated));

        Assert.Equal(passes, findings.All(finding => finding.Field != "spec.template.apiVersion"));
    }

    [Fact]
    public async Task The_doctor_reports_what_is_stored()
    {
        await using var bed = await WithEvilMapsAsync();
        await bed.DeclareAsync("configmaps", "web", "{'template':{'apiVersion':'evil.io/v1'},'placement':{'clusterSelector':{}}}");
        await bed.DeclareAsync(
            "configmaps",
            "way",
            $"{{'template':{{}},'placement':{{'clusterSelector':{{}}}},'overrides':[{{'clusterName':'c1','clusterOverrides':[{{'path':'/apiVersion','value':'{Elsewhere}'}}]}}]}}");

        var findings = (await bed.Federation.ControlPlane.ExamineAsync(askMembers: true, bed, default)).Where(finding => finding.Id == "ResourceInvalid").ToList();

        Assert.Contains(findings, finding => finding.Message.Contains("spec.template.apiVersion", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Message.Contains("spec.overrides[0].clusterOverrides[0].value", StringComparison.Ordinal));
    }

    private static string Escaped(string text) => text.Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>Members that serve ConfigMaps of another group too, in the same plural.</summary>
    private static async Task<FederationBed> WithEvilMapsAsync()
    {
        var bed = await FederationBed.WithNamespaceAsync(members: 2);
        foreach (var cluster in new[] { "c1", "c2" })
        {
            var definition = KubeObject.Parse(
                """
                {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"configmaps.evil.io"},
                 "spec":{"group":"evil.io","scope":"Namespaced","names":{"plural":"configmaps","kind":"ConfigMap"},
                  "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}
                """);
            await bed.Admin(cluster).CreateAsync(KnownResources.CustomResourceDefinitions, definition, WriteOptions.Default, default);
            while (await bed.Admin(cluster).Discovery.FindAsync(EvilMaps.Gvk, TestContext.Current.CancellationToken) is null)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }
        }

        bed.Clear();
        return bed;
    }

    private static void NoneOutsideTheType(FederationBed bed)
    {
        var sent = bed.Requests.Where(request => request.Server != "host").ToList();
        Assert.All(sent, request => Assert.DoesNotContain("evil", request.Path, StringComparison.Ordinal));
        Assert.All(sent, request => Assert.DoesNotContain("other", request.Path, StringComparison.Ordinal));
        Assert.All(sent.Where(request => request.Method != "GET"), request => Assert.Equal("/api/v1/namespaces/ns1/configmaps/web", request.Path));
    }
}
