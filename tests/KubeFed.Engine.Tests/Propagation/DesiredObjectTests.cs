using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Desired;

namespace KubeFed.Engine.Tests.Propagation;

public class DesiredObjectTests
{
    [Fact]
    public void Identity_and_the_managed_label_are_forced_whatever_template_and_overrides_say_E_52_E_55_E_76()
    {
        var resource = Make.Resource(
            """
            {'template':{'kind':'Pod','metadata':{'name':'x','namespace':'y','labels':{'kubefed.io/managed':'false','app':'web'}},'data':{'a':'b'}},
             'overrides':[{'clusterName':'c1','clusterOverrides':[
              {'path':'/metadata/labels','value':{'kubefed.io/managed':'false'}},{'path':'/metadata','value':{'name':'web'}}]}]}
            """);
        var source = new DesiredSource(resource);
        Same(
            "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'web','namespace':'ns1','labels':{'kubefed.io/managed':'true','app':'web'}},"
            + "'data':{'a':'b'}}",
            source.For(Make.Facts("c2")));
        Same("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'web','namespace':'ns1','labels':{'kubefed.io/managed':'true'}},'data':{'a':'b'}}",
            source.For(Make.Facts("c1")));
    }

    [Theory] // E-52, E-56: KubeFed's overrides found the object's identity there, whatever the template has
    [InlineData("'op':'add','path':'/metadata/labels','value':{'a':'b'}", "'labels':{'a':'b','kubefed.io/managed':'true'}")]
    [InlineData("'op':'add','path':'/metadata/annotations','value':{'a':'b'}", "'annotations':{'a':'b'},'labels':{'kubefed.io/managed':'true'}")]
    [InlineData("'path':'/metadata/annotations','value':{'a':'b'}", "'annotations':{'a':'b'},'labels':{'kubefed.io/managed':'true'}")]
    [InlineData("'op':'add','path':'/metadata/finalizers','value':['a.io/b']", "'finalizers':['a.io/b'],'labels':{'kubefed.io/managed':'true'}")]
    [InlineData("'op':'remove','path':'/metadata'", "'labels':{'kubefed.io/managed':'true'}")]
    [InlineData("'op':'remove','path':'/apiVersion'", "'labels':{'kubefed.io/managed':'true'}")]
    public void Overrides_find_the_identity_of_the_object_in_a_template_that_has_none(string operation, string metadata)
    {
        foreach (var template in (string[])["'template':{'data':{}},", "'template':{'data':{},'metadata':null},"])
        {
            var resource = Make.Resource($"{{{template}'overrides':[{{'clusterName':'c1','clusterOverrides':[{{{operation}}}]}}]}}");
            var desired = new DesiredSource(resource).For(Make.Facts("c1"));
            Same($"{{'apiVersion':'v1','kind':'ConfigMap','metadata':{{'name':'web','namespace':'ns1',{metadata}}},'data':{{}}}}", desired);
            Assert.False(desired.ChoosesVersion);
        }
    }

    [Fact]
    public void What_only_a_server_can_say_is_left_out()
    {
        var resource = Make.Resource(
            """
            {'template':{'metadata':{'uid':'u','resourceVersion':'1','generation':3,'creationTimestamp':null,'managedFields':[],'selfLink':'/x',
             'generateName':'g',
             'ownerReferences':[{'uid':'h'}],'deletionTimestamp':'2026-01-01T00:00:00Z','labels':null},'status':{'a':1}}}
            """);
        Same("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'web','namespace':'ns1','labels':{'kubefed.io/managed':'true'}}}",
            new DesiredSource(resource).For(Make.Facts("c1")));
    }

    [Fact]
    public void Annotations_and_finalizers_of_the_template_are_honoured_P_41_E_51_S_24()
    {
        var source = new DesiredSource(Make.Resource("{'template':{'metadata':{'annotations':{'a':'b'},'finalizers':['x/y']}}}"));
        Assert.True(source.IsBeyondKubeFed);
        var metadata = source.For(Make.Facts("c1")).Json["metadata"]!;
        Assert.Equal("b", metadata["annotations"]!["a"]!.GetValue<string>());
        Assert.Equal("x/y", metadata["finalizers"]![0]!.GetValue<string>());
    }

    [Fact]
    public void A_namespaces_copy_has_no_namespace_and_an_absent_template_is_an_empty_object_E_50_E_52()
    {
        Same("{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'ns1','labels':{'kubefed.io/managed':'true'}}}",
            new DesiredSource(Make.Resource("{}", Make.Namespaces, "ns1")).For(Make.Facts("c1")));
    }

    [Theory]
    [InlineData("/v1", "v1")]
    [InlineData("v1", "v1")]
    [InlineData("v2beta1", "v2beta1")]
    [InlineData("", "v1")]
    public void The_template_may_choose_the_version_E_53(string written, string expected) =>
        Assert.Equal(
            expected,
            new DesiredSource(Make.Resource($"{{'template':{{'apiVersion':'{written}'}}}}")).For(Make.Facts("c1")).Json["apiVersion"]!.GetValue<string>());

    [Fact]
    public void Retained_replicas_are_left_to_the_member_except_where_an_override_asks_for_them_E_56()
    {
        var source = new DesiredSource(Make.Resource(
            "{'retainReplicas':true,'template':{'spec':{'replicas':3}},"
            + "'overrides':[{'clusterName':'c2','clusterOverrides':[{'path':'/spec/replicas','value':7}]}]}",
            Make.Deployments));
        Assert.False(source.For(Make.Facts("c1")).Json["spec"]!.AsObject().ContainsKey("replicas"));
        Assert.Equal(3, source.InitialReplicas!.GetValue<int>());
        Assert.Equal(7, source.For(Make.Facts("c2")).Json["spec"]!["replicas"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("{'template':[]}", "spec.template must be an object")]
    [InlineData("{'template':{'metadata':1}}", "spec.template.metadata")]
    [InlineData("{'template':{'metadata':{'labels':[]}}}", "spec.template.metadata.labels")]
    public void A_template_of_the_wrong_shape_is_an_error_by_name(string spec, string text) =>
        Assert.Contains(text, new DesiredSource(Make.Resource(spec)).Error);

    [Fact]
    public void An_override_of_one_cluster_changes_that_clusters_hash_alone_P_46_S_23()
    {
        var plain = new DesiredSource(Make.Resource("{'template':{'data':{'a':'1'}}}"));
        var overridden = new DesiredSource(Make.Resource(
            "{'template':{'data':{'a':'1'}},'overrides':[{'clusterName':'c1','clusterOverrides':[{'path':'/data/a','value':'2'}]}]}"));
        Assert.Equal(plain.For(Make.Facts("c2")).Hash, overridden.For(Make.Facts("c2")).Hash);
        Assert.NotEqual(plain.For(Make.Facts("c1")).Hash, overridden.For(Make.Facts("c1")).Hash);
    }

    [Fact]
    public void A_port_without_a_protocol_gets_the_default_written_out_E_67_P_44()
    {
        var service = new DesiredSource(Make.Resource("{'template':{'spec':{'ports':[{'port':80},{'port':53,'protocol':'UDP'}]}}}",
            Make.Services)).For(Make.Facts("c")).Json;
        Assert.Equal(["TCP", "UDP"], service["spec"]!["ports"]!.AsArray().Select(p => p!["protocol"]!.GetValue<string>()));
        var deployment = new DesiredSource(Make.Resource(
            "{'template':{'spec':{'template':{'spec':{'containers':[{'name':'c','ports':[{'containerPort':80}]}]}}}}}", Make.Deployments)).For(Make.Facts("c")).Json;
        Assert.Equal("TCP", deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["ports"]![0]!["protocol"]!.GetValue<string>());
    }

    [Fact]
    public void The_order_of_keys_does_not_change_the_hash() =>
        Assert.Equal(
            new DesiredSource(Make.Resource("{'template':{'data':{'a':'1','b':'2'}}}")).For(Make.Facts("c")).Hash,
            new DesiredSource(Make.Resource("{'template':{'data':{'b':'2','a':'1'}}}")).For(Make.Facts("c")).Hash);

    [Fact]
    public void The_marks_say_whose_copy_it_is_and_of_which_resource_whatever_the_template_says_and_count_in_no_hash()
    {
        const string Marks = "'annotations':{'kubefed.io/federation':'x/y','kubefed.io/federated-uid':'z'}";
        var marked = new DesiredSource(
            Make.Resource($"{{'template':{{'metadata':{{{Marks}}},'data':{{'a':'1'}}}}}}"), new FederationIdentity("us/kube-federation-system")).For(Make.Facts("c"));
        var plain = new DesiredSource(Make.Resource("{'template':{'data':{'a':'1'}}}")).For(Make.Facts("c"));
        Assert.Equal(plain.Hash, marked.Hash);
        Assert.True(JsonNode.DeepEquals(
            Make.Json("{'kubefed.io/federation':'us/kube-federation-system','kubefed.io/federated-uid':'u-web'}"), marked.Json["metadata"]!["annotations"]));
    }

    /// <summary>Compares what is declared; the marks are tested on their own.</summary>
    private static void Same(string expected, DesiredObject actual)
    {
        var declared = (JsonObject)actual.Json.DeepClone();
        CopyMarks.Remove((JsonObject)declared["metadata"]!);
        Assert.True(JsonNode.DeepEquals(Make.Json(expected), declared), declared.ToJsonString());
    }
}
