using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using KubeFed.Engine.Propagation.Desired;

namespace KubeFed.Engine.Tests.Propagation;

public class OverrideTests
{
    [Theory]
    [InlineData("E-74 no op replaces", "{'spec':{'replicas':1}}", "[{'path':'/spec/replicas','value':5}]", "{'spec':{'replicas':5}}")]
    [InlineData("E-74 empty op replaces", "{'spec':{'replicas':1}}", "[{'op':'','path':'/spec/replicas','value':5}]", "{'spec':{'replicas':5}}")]
    [InlineData("S-27 replacing a missing member adds it", "{'spec':{}}", "[{'path':'/spec/notThere','value':1}]", "{'spec':{'notThere':1}}")]
    [InlineData("E-74 replace without value sets null", "{'spec':{'a':1}}", "[{'op':'replace','path':'/spec/a'}]", "{'spec':{'a':null}}")]
    [InlineData("E-74 add inserts", "{'l':[1,2]}", "[{'op':'add','path':'/l/1','value':9}]", "{'l':[1,9,2]}")]
    [InlineData("P-63 two appends to one list", "{'l':[]}", "[{'op':'add','path':'/l/-','value':1},{'op':'add','path':'/l/-','value':2}]", "{'l':[1,2]}")]
    [InlineData("E-74 escapes", "{'m':{'a/b':1,'c~d':2}}", "[{'path':'/m/a~1b','value':3},{'op':'remove','path':'/m/c~0d'}]", "{'m':{'a/b':3}}")]
    [InlineData("S-26 P-63 removing what is absent", "{'metadata':{}}", "[{'op':'remove','path':'/metadata/annotations/foo'}]", "{'metadata':{}}")]
    [InlineData("P-41 the first annotation", "{}", "[{'op':'add','path':'/metadata/annotations/foo','value':'bar'}]",
        "{'metadata':{'annotations':{'foo':'bar'}}}")]
    [InlineData("P-41 another label", "{'metadata':{'labels':{'a':'1'}}}", "[{'path':'/metadata/labels/b','value':'2'}]",
        "{'metadata':{'labels':{'a':'1','b':'2'}}}")]
    [InlineData("E-74 an index with zeros before it", "{'l':[1,2]}", "[{'path':'/l/01','value':9}]", "{'l':[1,9]}")]
    [InlineData("E-74 an index with a sign", "{'l':[{'a':1}]}", "[{'path':'/l/+0/a','value':9}]", "{'l':[{'a':9}]}")]
    [InlineData("E-74 a member that looks like an index", "{'m':{'01':1}}", "[{'path':'/m/01','value':9}]", "{'m':{'01':9}}")]
    [InlineData("P-41 a label of labels that are null", "{'metadata':{'labels':null}}", "[{'op':'add','path':'/metadata/labels/a','value':'b'}]",
        "{'metadata':{'labels':{'a':'b'}}}")]
    public void Operations_are_carried_out_in_order(string id, string document, string operations, string expected)
    {
        var overrides = Parse(operations).For(Make.Facts("c1"));
        Assert.True(overrides.Error is null, id);
        var result = overrides.Apply((JsonObject)Make.Json(document)!);
        Assert.True(JsonNode.DeepEquals(Make.Json(expected), result), $"{id}: {result}");
    }

    [Theory]
    [InlineData("P-62 no leading slash", "[{'path':'spec/replicas','value':1}]", "Write '/spec/replicas'")]
    [InlineData("P-62 no bypass of the identity check", "[{'path':'x/metadata/name','value':'y'}]", "not a JSON Pointer")]
    [InlineData("RFC 6901 a lone tilde", "[{'path':'/a~2','value':1}]", "'~0'")]
    [InlineData("no path", "[{'value':1}]", "path is missing")]
    [InlineData("a path that is no text", "[{'path':7}]", "but is 7")]
    [InlineData("E-72 S-28 kind", "[{'path':'/kind','value':'X'}]", "another object")]
    [InlineData("E-72 name", "[{'path':'/metadata/name','value':'X'}]", "another object")]
    [InlineData("E-72 namespace", "[{'path':'/metadata/namespace','value':'X'}]", "another object")]
    [InlineData("E-72 generateName", "[{'path':'/metadata/generateName','value':'X'}]", "another object")]
    [InlineData("E-74 move", "[{'op':'move','path':'/a'}]", "must be add, remove or replace")]
    [InlineData("not an object", "['x']", "must be an object")]
    [InlineData("not a list", "{'path':'/a'}", "must be a list")]
    public void What_can_not_be_meant_is_refused_before_anything_is_applied(string id, string operations, string text)
    {
        var error = Parse(operations).For(Make.Facts("c1")).Error;
        Assert.True(error is not null, id);
        Assert.Contains(text, error);
        Assert.Contains("spec.overrides[0]", error);
    }

    [Theory]
    [InlineData("E-74 replace below nothing", "{'op':'replace','path':'/spec/a/b','value':1}")]
    [InlineData("E-74 add below nothing", "{'op':'add','path':'/spec/a/b','value':1}")]
    [InlineData("E-74 index beyond the end", "{'op':'add','path':'/l/5','value':1}")]
    [InlineData("E-74 replace beyond the end", "{'op':'replace','path':'/l/1','value':1}")]
    [InlineData("E-74 remove beyond the end", "{'op':'remove','path':'/l/1'}")]
    [InlineData("P-64 a negative index", "{'op':'replace','path':'/l/-1','value':1}")]
    public void An_operation_that_does_not_fit_the_template_is_named_with_its_place(string id, string operation)
    {
        var error = Assert.Throws<OverrideException>(() => Parse($"[{operation}]").For(Make.Facts("c1")).Apply((JsonObject)Make.Json("{'spec':{},'l':[0]}")!));
        Assert.True(error.Message.Contains("spec.overrides[0].clusterOverrides[0]", StringComparison.Ordinal), id);
        Assert.Contains("can't be applied", error.Message);
    }

    [Theory] // P-64: KubeFed counted from the end, which a message that only refuses would hide
    [InlineData("'replace','path':'/l/-1','value':1", "write /l/2")]
    [InlineData("'replace','path':'/l/-3','value':1", "write /l/0")]
    [InlineData("'add','path':'/l/-1','value':1", "'-' to append")]
    [InlineData("'remove','path':'/l/-4'", "the list has 3, so there is no such element")]
    [InlineData("'replace','path':'/m/0/l/-1/a','value':1", "write /m/0/l/0")]
    public void A_negative_index_is_refused_with_the_index_that_KubeFed_took_it_for(string operation, string remedy)
    {
        var document = (JsonObject)Make.Json("{'l':[0,1,2],'m':[{'l':[{'a':0}]}]}")!;
        var error = Assert.Throws<OverrideException>(() => Parse($"[{{'op':{operation}}}]").For(Make.Facts("c1")).Apply(document));
        Assert.Contains("is a negative index", error.Message, StringComparison.Ordinal);
        Assert.Contains("KubeFed counted such an index from the list's end", error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_bad_entry_fails_only_its_own_cluster_P_61()
    {
        var set = OverrideSet.Parse(Make.Json(
            "[{'clusterName':'c1','clusterOverrides':[{'path':'/kind'}]},{'clusterName':'c2','clusterOverrides':[{'path':'/a','value':1}]}]"));
        Assert.NotNull(set.For(Make.Facts("c1")).Error);
        Assert.Null(set.For(Make.Facts("c2")).Error);
        Assert.True(set.For(Make.Facts("c3")).IsNone);
    }

    [Fact]
    public void A_cluster_listed_twice_is_that_clusters_fault_alone_S_29_E_72()
    {
        var set = OverrideSet.Parse(Make.Json("[{'clusterName':'c1'},{'clusterName':'c2'},{'clusterName':'c1'}]"));
        Assert.Contains("entries 0 and 2", set.For(Make.Facts("c1")).Error);
        Assert.Null(set.For(Make.Facts("c2")).Error);
    }

    [Fact]
    public void An_entry_without_a_cluster_is_a_warning_and_a_list_that_is_none_fails_everybody()
    {
        var set = OverrideSet.Parse(Make.Json("[{'clusterOverrides':[]}]"));
        Assert.Contains("spec.overrides[0]", Assert.Single(set.Warnings));
        Assert.True(set.For(Make.Facts("anybody")).IsNone);
        Assert.NotNull(OverrideSet.Parse(Make.Json("{'a':1}")).For(Make.Facts("anybody")).Error);
    }

    [Fact]
    public void Applying_is_deterministic_and_leaves_its_input_alone()
    {
        var operations = Gen.Elements(
            "{'path':'/spec/a','value':1}", "{'op':'add','path':'/spec/l/-','value':2}", "{'op':'remove','path':'/spec/a'}",
                "{'op':'add','path':'/spec/l/0','value':null}",
            "{'path':'/metadata/labels/x','value':'y'}", "{'op':'remove','path':'/spec/l/0'}", "{'path':'/spec','value':{'l':[7]}}").ListOf();
        Prop.ForAll(operations.ToArbitrary(), list =>
        {
            var overrides = Parse($"[{string.Join(',', list)}]").For(Make.Facts("c1"));
            var document = (JsonObject)Make.Json("{'spec':{'l':[1,2]}}")!;
            var before = document.DeepClone();
            return Run(overrides, document) == Run(overrides, document) && JsonNode.DeepEquals(before, document);
        }).QuickCheckThrowOnFailure();
    }

    private static string Run(ClusterOverrides overrides, JsonObject document)
    {
        try
        {
            return overrides.Apply((JsonObject)document.DeepClone()).ToJsonString();
        }
        catch (OverrideException error)
        {
            return error.Message;
        }
    }

    private static OverrideSet Parse(string operations) => OverrideSet.Parse(Make.Json($"[{{'clusterName':'c1','clusterOverrides':{operations}}}]"));
}
