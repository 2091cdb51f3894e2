using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Planning;

namespace KubeFed.Engine.Tests.Propagation;

public class PlacementTests
{
    private static readonly Engine.Api.MemberCluster[] Clusters = [Make.Cluster("c1"), Make.Cluster("c2", ("foo", "bar"))];

    [Theory]
    [InlineData("E-40", "{'clusters':[{'name':'c1'}],'clusterSelector':{}}", "c1")]
    [InlineData("E-42 neither", "{}", "")]
    [InlineData("E-40 P-35 an empty list selects none", "{'clusters':[],'clusterSelector':{'matchLabels':{'foo':'bar'}}}", "")]
    [InlineData("E-42 the empty selector selects all", "{'clusterSelector':{}}", "c1,c2")]
    [InlineData("E-42 empty matchLabels", "{'clusterSelector':{'matchLabels':{}}}", "c1,c2")]
    [InlineData("E-41", "{'clusterSelector':{'matchLabels':{'foo':'bar'}}}", "c2")]
    [InlineData("E-41 null names", "{'clusters':null,'clusterSelector':{'matchLabels':{'foo':'bar'}}}", "c2")]
    [InlineData("E-43 In", "{'clusterSelector':{'matchExpressions':[{'key':'foo','operator':'In','values':['bar','baz']}]}}", "c2")]
    [InlineData("E-43 NotIn", "{'clusterSelector':{'matchExpressions':[{'key':'foo','operator':'NotIn','values':['bar']}]}}", "c1")]
    [InlineData("E-43 Exists", "{'clusterSelector':{'matchExpressions':[{'key':'foo','operator':'Exists'}]}}", "c2")]
    [InlineData("E-43 DoesNotExist", "{'clusterSelector':{'matchExpressions':[{'key':'foo','operator':'DoesNotExist'}]}}", "c1")]
    [InlineData("E-43 both", "{'clusterSelector':{'matchLabels':{'foo':'bar'},'matchExpressions':[{'key':'x','operator':'Exists'}]}}", "")]
    public void Names_win_over_the_selector(string id, string placement, string expected)
    {
        var result = Placement.Compute(Make.Resource($"{{'placement':{placement}}}"), NamespaceScope.Unrestricted, Clusters);
        Assert.True(result.IsKnown, id);
        Assert.Equal(expected, string.Join(',', result.Selected));
    }

    [Theory]
    [InlineData(null, "spec is missing")]
    [InlineData("{'placement':[]}", "spec.placement must be an object")]
    [InlineData("{'placement':{'clusters':'c1'}}", "spec.placement.clusters must be a list")]
    [InlineData("{'placement':{'clusters':[{'name':'c1'},{}]}}", "spec.placement.clusters[1]")]
    [InlineData("{'placement':{'clusterSelector':{'matchExpressions':[{'key':'a','operator':'Bad'}]}}}", "matchExpressions[0].operator")]
    [InlineData("{'placement':{'clusterSelector':{'matchExpressions':[{'key':'a','operator':'In'}]}}}", "matchExpressions[0].values")]
    public void A_placement_that_makes_no_sense_is_refused_by_the_name_of_its_field_S_9_E_42(string? spec, string text)
    {
        var result = Placement.Compute(Make.Resource(spec), NamespaceScope.Unrestricted, Clusters);
        Assert.Equal(AggregateReason.ComputePlacementFailed, result.Failure);
        Assert.Contains(text, result.Message);
        Assert.Empty(result.Selected);
    }

    [Fact]
    public void A_name_nobody_registered_is_reported_P_34()
    {
        var result = Placement.Compute(Make.Resource("{'placement':{'clusters':[{'name':'c1'},{'name':'mars'}]}}"), NamespaceScope.Unrestricted, Clusters);
        Assert.Equal(["c1"], result.Selected);
        Assert.Equal(["mars"], result.Unknown);
        Assert.Contains("mars", result.Clusters.Single(c => c.Cluster == "mars").Explanation);
    }

    [Fact]
    public void The_namespace_narrows_what_the_resource_selects_E_45_S_5()
    {
        var scope = NamespaceScope.Of("ns1", Make.Resource("{'placement':{'clusters':[{'name':'c1'}]}}", Make.Namespaces, "ns1"));
        var result = Placement.Compute(Make.Resource("{'placement':{'clusterSelector':{}}}"), scope, Clusters);
        Assert.Equal(["c1"], result.Selected);
        Assert.Equal(PlacementVerdict.NamespaceElsewhere, result.Clusters.Single(c => c.Cluster == "c2").Verdict);
        Assert.Equal(AggregateReason.None, result.Failure);
    }

    [Fact]
    public void Without_a_FederatedNamespace_nothing_is_selected_and_the_message_says_what_to_create_E_45_S_3_P_30()
    {
        var result = Placement.Compute(Make.Resource("{'placement':{'clusterSelector':{}}}"), NamespaceScope.Of("ns1", null), Clusters);
        Assert.Empty(result.Selected);
        Assert.True(result.IsKnown);
        Assert.Equal(AggregateReason.NamespaceNotFederated, result.Failure);
        Assert.Contains("FederatedNamespace named ns1", result.Message);
    }

    [Fact]
    public void A_FederatedNamespace_that_is_going_away_places_nothing_P_38()
    {
        var going = Make.Resource("{'placement':{'clusterSelector':{}}}", Make.Namespaces, "ns1").Finalized(deleting: true);
        var result = Placement.Compute(Make.Resource("{'placement':{'clusterSelector':{}}}"), NamespaceScope.Of("ns1", going), Clusters);
        Assert.Empty(result.Selected);
        Assert.Equal(AggregateReason.NamespaceNotFederated, result.Failure);
    }

    [Fact]
    public void A_FederatedNamespace_whose_placement_is_broken_leaves_its_content_alone()
    {
        var broken = Make.Resource("{'placement':{'clusters':1}}", Make.Namespaces, "ns1");
        var result = Placement.Compute(Make.Resource("{'placement':{'clusterSelector':{}}}"), NamespaceScope.Of("ns1", broken), Clusters);
        Assert.Equal(AggregateReason.ComputePlacementFailed, result.Failure);
        Assert.Contains("FederatedNamespace ns1/ns1", result.Message);
    }
}
