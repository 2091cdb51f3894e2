using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using KubeFed.Engine.Propagation.Desired;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>Overrides for clusters that a selector chooses (P-60), with values made for each (P-65), and what keeps them apart (P-61).</summary>
public class OverrideSelectorTests
{
    private static readonly ClusterFacts[] Fleet =
    [
        Make.Facts("c1", ("region", "eu"), ("tier", "edge")),
        Make.Facts("c2", ("region", "eu")),
        Make.Facts("c3", ("region", "us")),
        Make.Facts("c4"),
    ];

    [Theory]
    [InlineData("by label", "{'clusterSelector':{'matchLabels':{'region':'eu'}},SET:1}", "1 1 - -")]
    [InlineData("by expression", "{'clusterSelector':{'matchExpressions':[{'key':'tier','operator':'DoesNotExist'}]},SET:1}", "- 1 1 1")]
    [InlineData("everywhere", "{'clusterSelector':{},SET:1}", "1 1 1 1")]
    [InlineData("several match one: in order", "{'clusterSelector':{},SET:1},{'clusterSelector':{'matchLabels':{'region':'eu'}},SET:2}", "2 2 1 1")]
    [InlineData("the order is the list's", "{'clusterSelector':{'matchLabels':{'region':'eu'}},SET:2},{'clusterSelector':{},SET:1}", "1 1 1 1")]
    [InlineData("the same selector twice", "{'clusterSelector':{},SET:1},{'clusterSelector':{},SET:2}", "2 2 2 2")]
    [InlineData("a name has the last word", "{'clusterName':'c1',SET:9},{'clusterSelector':{},SET:1}", "9 1 1 1")]
    [InlineData("an empty name is none", "{'clusterName':'','clusterSelector':{},SET:1}", "1 1 1 1")]
    public void Selectors_apply_in_order_and_then_the_name_P_60(string id, string overrides, string expected)
    {
        var set = Parse(overrides);
        Assert.True(!set.Faults.Any(), id);
        Assert.Equal(expected, string.Join(' ', Fleet.Select(cluster => Value(set, cluster))));
    }

    [Theory]
    [InlineData(
        "both: the named cluster", "{'clusterName':'c3','clusterSelector':{'matchLabels':{'region':'eu'}},SET:1}", "- - ! -",
        "spec.overrides[0].clusterSelector", "names cluster 'c3' as well")]
    [InlineData(
        "a bad selector: everybody, for nobody can tell", "{'clusterSelector':{'matchLabels':'eu'},SET:1},{'clusterName':'c1',SET:2}", "! ! ! !",
        "spec.overrides[0].clusterSelector.matchLabels", "nobody can tell")]
    [InlineData(
        "a bad operation: whom the selector matches", "{'clusterSelector':{'matchLabels':{'region':'eu'}},'clusterOverrides':[{'path':'v'}]}", "! ! - -",
        "spec.overrides[0].clusterOverrides[0].path", "Write '/v'")]
    [InlineData(
        "S-29 the same name twice", "{'clusterName':'c2',SET:1},{'clusterSelector':{},SET:3},{'clusterName':'c2',SET:2}", "3 ! 3 3",
        "spec.overrides[2].clusterName", "entries 0 and 2")]
    [InlineData(
        "a name that is no text", "{'clusterName':5,'clusterSelector':{'matchLabels':{'region':'us'}},SET:1}", "- - ! -",
        "spec.overrides[0].clusterName", "must be a text")]
    [InlineData(
        "an unknown variable", "{'clusterSelector':{'matchLabels':{'region':'us'}},'clusterOverrides':[{'path':'/v','valueTemplate':'${region}'}]}", "- - ! -",
        "spec.overrides[0].clusterOverrides[0].valueTemplate", "is not known")]
    public void A_fault_fails_exactly_the_clusters_it_could_concern_P_61(string id, string overrides, string expected, string field, string text)
    {
        var set = Parse(overrides);
        Assert.True(expected == string.Join(' ', Fleet.Select(cluster => Value(set, cluster))), id);
        var fault = Assert.Single(set.Faults);
        Assert.Equal(field, fault.Field);
        Assert.Empty(set.Warnings);
        foreach (var error in Fleet.Select(cluster => set.For(cluster).Error).OfType<string>())
        {
            Assert.StartsWith(field, error, StringComparison.Ordinal);
            Assert.Contains(text, error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{SET:1}", "neither the name of a cluster nor a clusterSelector")]
    [InlineData("{'clusterSelector':null,SET:1}", "enable the type again")]
    [InlineData("7", "must be an object")]
    public void What_concerns_nobody_is_a_warning_that_knows_of_pruned_fields(string entry, string text)
    {
        var set = Parse(entry);
        Assert.Contains(text, Assert.Single(set.Warnings));
        Assert.Equal("- - - -", string.Join(' ', Fleet.Select(cluster => Value(set, cluster))));
    }

    [Fact]
    public void An_operation_left_without_a_value_is_carried_out_as_null_and_told_of_E_74()
    {
        var set = Parse("{'clusterName':'c1','clusterOverrides':[{'path':'/v'},{'op':'remove','path':'/w'}]}");
        Assert.Null(set.For(Fleet[0]).Error);
        var warning = Assert.Single(set.Warnings);
        Assert.Contains("spec.overrides[0].clusterOverrides[0] has no value, so /v is set to null", warning);
        Assert.Contains("too old", warning);
    }

    [Fact]
    public void A_value_that_is_null_is_told_of_as_that_and_not_laid_to_an_old_definition()
    {
        var warning = Assert.Single(Parse("{'clusterName':'c1','clusterOverrides':[{'path':'/v','value':null}]}").Warnings);
        Assert.Contains("has the value null, so /v is set to null", warning);
        Assert.DoesNotContain("too old", warning);
    }

    [Fact]
    public void Every_text_of_a_valueTemplate_is_made_for_the_cluster_and_a_missing_label_fails_that_cluster_alone_P_65()
    {
        var set = Parse(
            """
            {'clusterSelector':{},'clusterOverrides':[{'path':'/v','valueTemplate':
             {'name':'${cluster.name}','list':['${cluster.labels.region}',7,true,null],'${cluster.name}':'$${x}'}}]}
            """);
        Assert.Equal("""{"name":"c1","list":["eu",7,true,null],"${cluster.name}":"${x}"}""", Value(set, Fleet[0]));
        Assert.Equal("""{"name":"c3","list":["us",7,true,null],"${cluster.name}":"${x}"}""", Value(set, Fleet[2]));
        var error = set.For(Fleet[3]).Error;
        Assert.StartsWith("spec.overrides[0].clusterOverrides[0].valueTemplate.list[0]", error, StringComparison.Ordinal);
        Assert.Contains("cluster 'c4' has no label 'region'", error, StringComparison.Ordinal);
        Assert.Contains("Set-KubeFedCluster c4 -Label @{ 'region' = '...' }", error, StringComparison.Ordinal);
        Assert.Contains("${cluster.labels['region']:-...}", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_value_of_KubeFed_is_never_expanded() => Assert.Equal(
        "\"${cluster.name}\"", Value(Parse("{'clusterName':'c1','clusterOverrides':[{'path':'/v','value':'${cluster.name}'}]}"), Fleet[0]));

    [Fact]
    public void What_applies_to_a_cluster_can_be_looked_at_with_its_origin()
    {
        var set = Parse(
            "{'clusterName':'c1',SET:2},"
            + "{'clusterSelector':{'matchLabels':{'region':'eu'}},'clusterOverrides':[{'path':'/v','valueTemplate':'${cluster.name}'}]}");
        Assert.Equal(
            ["region=eu /v \"c1\" \"${cluster.name}\"", " /v 2 "],
            set.For(Fleet[0]).Operations.Select(o => $"{o.Selector} {o.Path} {o.Value?.ToJsonString()} {o.Template?.ToJsonString()}"));
    }

    [Theory]
    [InlineData("{'clusterName':'c1',SET:1}", false)]
    [InlineData("{'clusterSelector':{},SET:1}", true)]
    [InlineData("{'clusterSelector':7,SET:1}", true)]
    [InlineData("{'clusterName':'c1','clusterOverrides':[{'path':'/v','valueTemplate':1}]}", true)]
    public void What_KubeFed_knew_nothing_of_is_known_as_such(string entry, bool beyond) => Assert.Equal(beyond, Parse(entry).IsBeyondKubeFed);

    [Fact]
    public void What_a_cluster_gets_depends_on_nothing_but_the_list_and_its_own_labels() => Prop.ForAll(Lists, entries =>
    {
        var (once, again) = (Parse([.. entries]), Parse([.. entries]));
        return Fleet.All(cluster => Outcome(once, cluster) == Outcome(again, cluster) && Outcome(once, cluster) == Outcome(once, cluster));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_of_entries_that_name_clusters_does_not_matter() => Prop.ForAll(Lists, entries =>
    {
        var names = entries.Where(entry => entry.Contains("clusterName", StringComparison.Ordinal)).Distinct().ToList();
        var others = entries.Except(names).ToList();
        var (first, last) = (Parse([.. names, .. others]), Parse([.. others, .. names.AsEnumerable().Reverse()]));
        return Fleet.All(cluster => Kind(first, cluster) == Kind(last, cluster));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_bad_entry_of_one_cluster_changes_nothing_for_another_P_61() => Prop.ForAll(
        Lists, Gen.Choose(0, 10).ToArbitrary(), Gen.Elements(Bad).ToArbitrary(), (entries, at, bad) =>
        {
            var list = entries.ToList();
            var without = Parse([.. list]);
            list.Insert(Math.Min(at, list.Count), bad);
            var with = Parse([.. list]);
            return Fleet.Where(cluster => cluster.Name != "c2").All(cluster => Kind(without, cluster) == Kind(with, cluster))
                && with.For(Fleet[1]).Error is not null;
        }).QuickCheckThrowOnFailure();

    private static readonly string[] Bad =
    [
        "{'clusterName':'c2','clusterOverrides':[{'path':'/kind','value':1}]}",
        "{'clusterName':'c2','clusterOverrides':7}",
        "{'clusterName':'c2','clusterSelector':{},SET:8}",
        "{'clusterName':'c2','clusterOverrides':[{'path':'/v','value':1,'valueTemplate':1}]}",
        "{'clusterName':'c2','clusterOverrides':[{'path':'/v','valueTemplate':'${cluster.labels.nothing}'}]}",
    ];

    /// <summary>Lists of up to a few entries, right and wrong, most of which meet in /v.</summary>
    private static Arbitrary<IList<string>> Lists { get; } = Gen.Elements(
            "{'clusterName':'c1',SET:1}",
            "{'clusterName':'c3','clusterOverrides':[{'op':'remove','path':'/v'}]}",
            "{'clusterName':'c4','clusterOverrides':[{'op':'add','path':'/l/-','value':1},{'op':'add','path':'/l/-','value':2}]}",
            "{'clusterName':'c4','clusterOverrides':[{'path':'/no/where','value':1}]}",
            "{'clusterSelector':{},SET:2}",
            "{'clusterSelector':{'matchLabels':{'region':'eu'}},'clusterOverrides':[{'path':'/v','valueTemplate':'${cluster.name}'}]}",
            "{'clusterSelector':{'matchLabels':{'region':'us'}},'clusterOverrides':[{'path':'/v','valueTemplate':'${cluster.labels.tier}'}]}",
            "{'clusterSelector':{'matchExpressions':[{'key':'tier','operator':'Exists'}]},'clusterOverrides':[{'path':'kind'}]}",
            "{SET:3}")
        .ListOf()
        .Select(list => (IList<string>)list.ToList())
        .ToArbitrary();

    /// <summary>The object a cluster gets, or why it gets none.</summary>
    private static string Outcome(OverrideSet set, ClusterFacts cluster)
    {
        try
        {
            return set.For(cluster).Apply((JsonObject)Make.Json("{'l':[]}")!).ToJsonString();
        }
        catch (OverrideException error)
        {
            return error.Message;
        }
    }

    /// <summary>As <see cref="Outcome"/>, where messages count as equal: they name places in the list, which differ.</summary>
    private static string Kind(OverrideSet set, ClusterFacts cluster) => Outcome(set, cluster) is ['{', ..] made ? made : "failed";

    /// <summary>What is at /v, <c>-</c> for nothing, or <c>!</c> when there can't be any.</summary>
    private static string Value(OverrideSet set, ClusterFacts cluster) => set.For(cluster).Error is not null
        ? "!"
        : set.For(cluster).Apply([])["v"]?.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) ?? "-";

    /// <summary>Entries in JSON, where <c>SET:1</c> is an operation that writes 1 at /v.</summary>
    private static OverrideSet Parse(params string[] entries)
    {
        var list = System.Text.RegularExpressions.Regex.Replace(
            string.Join(',', entries), @"SET:(\d)", "'clusterOverrides':[{'path':'/v','value':$1}]");
        return OverrideSet.Parse(Make.Json($"[{list}]"));
    }
}
