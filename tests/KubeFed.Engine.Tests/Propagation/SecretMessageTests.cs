using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation.Comparison;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>Messages about Secrets name the field, never the value.</summary>
public class SecretMessageTests
{
    private const string Value = "hunter2";

    private static readonly FederatedType Secrets = Make.Type("secrets", KnownResources.Secrets);

    [Theory]
    [InlineData("{'template':'hunter2'}", "spec.template")]
    [InlineData("{'template':{'metadata':'hunter2'}}", "spec.template.metadata")]
    [InlineData("{'template':{'metadata':{'labels':'hunter2'}}}", null)]
    [InlineData("{'template':{'metadata':{'annotations':['hunter2']}}}", null)]
    [InlineData("{'template':{'kind':'hunter2'}}", "spec.template.kind")]
    [InlineData("{'template':{'spec':'hunter2'}}", "spec.template.spec")]
    [InlineData("{'template':{},'overrides':'hunter2'}", "spec.overrides")]
    [InlineData("{'template':{},'overrides':['hunter2']}", "spec.overrides[0]")]
    [InlineData("{'template':{},'overrides':[{'clusterName':'c1','clusterOverrides':'hunter2'}]}", "spec.overrides[0].clusterOverrides")]
    [InlineData("{'template':{},'overrides':[{'clusterName':'c1','clusterOverrides':['hunter2']}]}", "spec.overrides[0].clusterOverrides[0]")]
    [InlineData("{'template':{},'overrides':[{'clusterName':'c1','clusterOverrides':[{'path':['hunter2']}]}]}", "clusterOverrides[0].path")]
    [InlineData(
        "{'template':{},'overrides':[{'clusterName':'c1','clusterOverrides':[{'path':'/data/a','valueTemplate':'${hunter2'}]}]}",
        "clusterOverrides[0].valueTemplate")]
    [InlineData(
        "{'template':{},'overrides':[{'clusterName':'c1','clusterOverrides':[{'path':'/data','valueTemplate':{'a':'${hunter2}'}}]}]}",
        "clusterOverrides[0].valueTemplate.a")]
    [InlineData(
        "{'template':{},'overrides':[{'clusterName':'c1','clusterOverrides':[{'path':'/data/a','value':'x','valueTemplate':'hunter2'}]}]}",
        "clusterOverrides[0].valueTemplate")]
    public void What_is_wrong_with_a_declaration_is_told_by_its_place(string spec, string? field)
    {
        var resource = Make.Resource(spec, Secrets);
        var faults = FederatedResourceValidation.Check(resource);
        var source = new DesiredSource(resource);
        var texts = faults.SelectMany(fault => new[] { fault.ToString(), fault.Value, fault.Message, fault.Remedy }).ToList();
        texts.Add(source.Error ?? string.Empty);
        texts.AddRange(source.Warnings);
        texts.Add(source.Error is null ? Record.Exception(() => source.For(Make.Facts("c1")))?.ToString() ?? string.Empty : string.Empty);

        Assert.DoesNotContain(texts, text => text.Contains(Value));
        Assert.Contains(texts, text => field is null ? text.Contains("must be an object") : text.Contains(field));
    }

    [Fact]
    public void A_template_that_lacks_a_label_of_a_cluster_is_told_by_its_place_and_the_label()
    {
        var source = new DesiredSource(Make.Resource(
            "{'template':{},'overrides':[{'clusterName':'c1','clusterOverrides':[{'path':'/data/a','valueTemplate':'hunter2-${cluster.labels.region}'}]}]}", Secrets));

        var error = Assert.Throws<OverrideException>(() => source.For(Make.Facts("c1")));

        Assert.Contains("spec.overrides[0].clusterOverrides[0].valueTemplate: cluster 'c1' has no label 'region'", error.Message);
        Assert.DoesNotContain(Value, error.Message);
    }

    [Fact]
    public void The_same_of_another_kind_shows_the_value()
    {
        var faults = FederatedResourceValidation.Check(Make.Resource("{'template':'hunter2'}"));

        Assert.Contains(Value, faults[0].ToString());
    }

    [Theory]
    [InlineData("{'data':{'a':'hunter2'}}", "{'data':{'a':'b'}}")]
    [InlineData("{'data':'hunter2'}", "{'data':{'a':'b'}}")]
    [InlineData("{'metadata':{'annotations':{'kubectl.kubernetes.io/last-applied-configuration':'hunter2'}}}", "{}")]
    [InlineData("{'metadata':{'annotations':{'kubectl.kubernetes.io/last-applied-configuration':'hunter2'}}}", "{'metadata':{'annotations':'x'}}")]
    [InlineData("{'metadata':['hunter2']}", "{'metadata':{'labels':{'a':'b'}}}")]
    public void Differences_are_told_without_what_differs(string before, string after)
    {
        var differences = FieldDifferences.Between(Secret(before), Secret(after));

        Assert.NotEmpty(differences);
        Assert.DoesNotContain(Value, FieldDifferences.Describe(differences, ("was", "is now")));
    }

    [Theory]
    [InlineData("/", "{'metadata':{'annotations':{'kubectl.kubernetes.io/last-applied-configuration':'hunter2'}},'data':{'a':'hunter2'}}")]
    [InlineData("/data", "'hunter2'")]
    [InlineData("/data/a", "'hunter2'")]
    [InlineData("/stringData", "{'a':['hunter2']}")]
    [InlineData("/metadata", "{'annotations':{'kubectl.kubernetes.io/last-applied-configuration':'hunter2'}}")]
    [InlineData("/metadata/annotations", "{'kubectl.kubernetes.io/last-applied-configuration':'hunter2'}")]
    [InlineData("/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration", "'hunter2'")]
    public void A_comparison_tells_that_values_differ_and_not_what_they_are(string path, string value)
    {
        var shown = SecretMask.Over(new FieldComparison { Path = path, State = FieldState.Differs, Actual = Make.Json(value), Desired = Make.Json(value) });

        Assert.DoesNotContain(Value, $"{shown.Actual?.ToJsonString()} {shown.Desired?.ToJsonString()}");
        Assert.Contains("***", shown.Actual!.ToJsonString());
    }

    private static KubeObject Secret(string json)
    {
        var value = new KubeObject((JsonObject)Make.Json(json)!);
        value.Json["apiVersion"] = "v1";
        value.Json["kind"] = "Secret";
        return value;
    }
}
