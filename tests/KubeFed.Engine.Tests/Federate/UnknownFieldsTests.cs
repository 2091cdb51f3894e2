using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane.Doctor;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Federate.Checking;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Tests.Propagation;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Federate;

/// <summary>Which fields of a federated object are known, what is said of others (P-55), and what they keep from being done (E-42, P-61).</summary>
public class UnknownFieldsTests
{
    private const string Whole =
        "{'template':{'data':{'a':'1'}},'retainReplicas':true,"
        + "'placement':{'clusters':[{'name':'c1'}],"
        + "'clusterSelector':{'matchLabels':{'tier':'edge'},'matchExpressions':[{'key':'a','operator':'In','values':['b']}]}},"
        + "'overrides':[{'clusterName':'c1','clusterOverrides':[{'op':'add','path':'/data/b','value':'x'}]},"
        + "{'clusterSelector':{'matchLabels':{'tier':'edge'},'matchExpressions':[{'key':'a','operator':'In','values':['b']}]},"
        + "'clusterOverrides':[{'path':'/data/c','valueTemplate':'${cluster.name}'}]}]}";

    /// <summary>Every place where there is a field by a name of ours, and that field mistyped in one of several ways.</summary>
    public static TheoryData<string, string> Mistypings()
    {
        var data = new TheoryData<string, string>();
        foreach (var place in Places(Make.Json(Whole)!, string.Empty))
        {
            var name = place.Split('.')[^1];
            foreach (var mistyped in new[] { name[..^1], name + name[^1], char.ToUpperInvariant(name[0]) + name[1..], $"x-{name}" })
            {
                data.Add(place, mistyped);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Mistypings))]
    public void However_a_field_is_mistyped_no_cluster_it_could_concern_is_written_to_and_it_is_a_fault(string place, string mistyped)
    {
        var spec = Make.Json(Whole)!.AsObject();
        Rename(spec, place.Split('.'), mistyped);
        var resource = Make.Resource(spec.ToJsonString());
        var cluster = Make.Cluster("c1", ("tier", "edge"), ("a", "b"));

        var placement = Placement.Compute(resource, NamespaceScope.Unrestricted, [cluster]);

        // A field that resembles none, in a spec that lacks nothing without it, is somebody else's; there it is x-overrides or x-retainReplicas.
        var strangers = UnknownFields.StrangersInSpec(spec).ToList();
        if (strangers.Count == 0)
        {
            Assert.True(!placement.IsKnown || Fails(resource, ClusterFacts.Of(cluster)));
            Assert.Contains(FederatedResourceValidation.Check(resource), fault =>
                fault.Id == "UnknownField" && fault.Field.EndsWith($".{mistyped}", StringComparison.Ordinal));
        }
        else
        {
            Assert.StartsWith("x-", mistyped, StringComparison.Ordinal);
            Assert.DoesNotContain('.', place);
            Assert.True(placement.IsKnown);
        }
    }

    [Fact]
    public void The_schema_declares_what_is_known_and_nothing_else()
    {
        var schema = CrdGenerator.Generate(TypeNames.Federated(KnownResources.Deployments, "types.kubefed.io", "v1beta1"), retainReplicas: true)
            .Spec!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!.AsObject();
        var declared = Declared(schema, string.Empty).ToHashSet();
        var whole = Places(Make.Json(Whole)!, string.Empty)
            .Select(place => string.Join('.', place.Split('.').Select(token => token is "0" or "1" ? "[]" : token)));

        Assert.Equal(declared.Order(StringComparer.Ordinal), whole.Distinct().Order(StringComparer.Ordinal));
        Assert.Empty(FederatedResourceValidation.Check(Make.Resource(Whole)));
    }

    [Theory]
    [InlineData("'placement':{'matchLabels':{'a':'b'}}", "spec.placement.matchLabels: unknown field; did you mean clusterSelector.matchLabels?")]
    [InlineData("'placement':{'clusters':[{'nam':'c1'}]}", "spec.placement.clusters[0].nam: unknown field; did you mean name?")]
    [InlineData("'placement':{'selector':{}}", "spec.placement.selector: unknown field; known here are clusters and clusterSelector")]
    [InlineData("'clusters':[]", "spec.clusters: unknown field; did you mean placement.clusters?")]
    [InlineData("'clusterOverrides':[],'placement':{'clusterSelector':{}}", "spec.clusterOverrides: unknown field; did you mean overrides[].clusterOverrides?")]
    [InlineData("'replicas':3", "spec.replicas: unknown field; known here are template, placement, overrides and retainReplicas")]
    [InlineData(
        "'placement':{'clusterSelector':{}},'overrides':[{'clusterName':'c1','path':'/a'}]",
        "spec.overrides[0].path: unknown field; did you mean clusterOverrides[].path?")]
    public void The_message_names_the_place_and_what_may_have_been_meant(string spec, string message)
    {
        var fault = Assert.Single(
            FederatedResourceValidation.Check(Make.Resource($"{{'template':{{}},{spec}}}")), fault => fault.Id == "UnknownField");
        Assert.Equal(message, fault.ToString());
        Assert.NotEmpty(fault.Remedy);
    }

    [Theory]
    [InlineData("{'template':{},'placement':{'clusterSelector':{}},'note':'x'}", true)]
    [InlineData("{'template':{},'placement':{'clusters':[]},'note':'x'}", true)]
    [InlineData("{'template':{},'placement':{},'note':'x'}", false)]
    [InlineData("{'template':{},'placement':{'clusters':null,'clusterSelector':null},'note':'x'}", false)]
    [InlineData("{'template':{},'note':'x'}", false)]
    [InlineData("{'placement':{'clusterSelector':{}},'note':'x'}", false)]
    public void A_stranger_in_spec_is_a_warning_as_long_as_neither_template_nor_placement_may_be_what_it_was_meant_for(string spec, bool harmless)
    {
        var resource = Make.Resource(spec);

        Assert.Equal(harmless, Make.Plan(resource, "c1").Placement.IsKnown);
        var finding = Assert.Single(ResourceCheck.Alone(resource), finding => finding.Id == "UnknownField");
        Assert.Equal(harmless ? FindingSeverity.Warning : FindingSeverity.Error, finding.Severity);
        Assert.Equal("spec.note", finding.Field);
    }

    [Fact]
    public void All_unknown_fields_of_a_placement_are_named_at_once()
    {
        var message = Make.Plan(Make.Resource("{'placment':{},'placement':{'cluster':[],'clusterSelector':{'matchlabels':{}}}}"), "c1").Placement.Message;
        Assert.Equal(
            "spec.placment: unknown field; did you mean placement?; spec.placement.cluster: unknown field; did you mean clusters?; "
            + "spec.placement.clusterSelector.matchlabels: unknown field; did you mean matchLabels? No copy is touched until that is corrected",
            message);
    }

    [Fact]
    public void A_selector_that_was_mistyped_equals_no_other()
    {
        var resource = Make.Resource("{'overrides':[{'clusterSelector':{'matchLabel':{'a':'b'}},'clusterOverrides':[{'path':'/a','value':1}]}]}");
        Assert.False(OverrideEdit.Remove(resource, new OverrideTarget(null, [])));
        OverrideEdit.Add(resource, new OverrideEntry(null, null, "/b", 2) { Selector = [] });
        Assert.Equal(2, resource.Overrides!.Count);
    }

    /// <summary>Dotted paths of every field whose name is ours; labels, templates and values are the user's.</summary>
    private static IEnumerable<string> Places(JsonNode? node, string at)
    {
        var members = node switch
        {
            JsonObject map => map.Select(pair => (pair.Key, pair.Value)),
            JsonArray list => list.Select((item, i) => (Key: $"{i}", Value: item)).Where(item => item.Value is JsonObject),
            _ => [],
        };
        foreach (var (key, value) in members)
        {
            if (node is JsonObject)
            {
                yield return at + key;
            }

            foreach (var below in key is "template" or "matchLabels" or "value" ? [] : Places(value, $"{at}{key}."))
            {
                yield return below;
            }
        }
    }

    private static IEnumerable<string> Declared(JsonObject schema, string at)
    {
        foreach (var (name, property) in schema["properties"]?.AsObject() ?? [])
        {
            yield return $"{at}{name}";
            var inner = property!["items"] as JsonObject ?? property.AsObject();
            foreach (var below in Declared(inner, inner == property ? $"{at}{name}." : $"{at}{name}.[]."))
            {
                yield return below;
            }
        }
    }

    private static void Rename(JsonNode node, string[] path, string name)
    {
        foreach (var token in path[..^1])
        {
            node = node is JsonArray list ? list[int.Parse(token, null)]! : node[token]!;
        }

        var value = node[path[^1]]!.DeepClone();
        node.AsObject().Remove(path[^1]);
        node[name] = value;
    }

    private static bool Fails(FederatedResource resource, ClusterFacts cluster)
    {
        try
        {
            new DesiredSource(resource).For(cluster);
            return false;
        }
        catch (OverrideException)
        {
            return true;
        }
    }
}
