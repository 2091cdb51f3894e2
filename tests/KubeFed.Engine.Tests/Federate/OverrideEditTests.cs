using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Tests.Propagation;

namespace KubeFed.Engine.Tests.Federate;

/// <summary>spec.overrides changed operation by operation, P-60, P-63, P-65.</summary>
public sealed class OverrideEditTests
{
    private const string Eu = "{'clusterSelector':{'matchLabels':{'region':'eu'}},'clusterOverrides':[{'path':'/a','value':1}]}";
    private const string C1 = "{'clusterName':'c1','clusterOverrides':[{'path':'/a','value':2},{'op':'add','path':'/l/-','value':3}]}";

    private static readonly JsonObject EuByExpression = (JsonObject)Make.Json("{'matchExpressions':[],'matchLabels':{'region':'eu'}}")!;

    [Fact]
    public void The_first_operation_of_a_target_makes_its_entry_at_the_end()
    {
        var resource = Resource(null);
        OverrideEdit.Add(resource, new("c1", null, "/a", 2));
        OverrideEdit.Add(resource, new(null, "add", "/b", null) { Selector = EuByExpression, ValueTemplate = "${cluster.name}" });
        OverrideEdit.Add(resource, new("c1", "remove", "/c", "ignored"));
        AssertOverrides(
            "{'clusterName':'c1','clusterOverrides':[{'path':'/a','value':2},{'op':'remove','path':'/c'}]},"
            + "{'clusterSelector':{'matchExpressions':[],'matchLabels':{'region':'eu'}},"
            + "'clusterOverrides':[{'op':'add','path':'/b','valueTemplate':'${cluster.name}'}]}",
            resource);
    }

    [Fact]
    public void Equal_selectors_are_one_target_however_they_are_written()
    {
        var resource = Resource($"{Eu},{C1}");
        OverrideEdit.Add(resource, new(null, null, "/b", 9) { Selector = EuByExpression });
        AssertOverrides(
            "{'clusterSelector':{'matchLabels':{'region':'eu'}},'clusterOverrides':[{'path':'/a','value':1},{'path':'/b','value':9}]}," + C1, resource);
    }

    [Theory]
    [InlineData("[{'path':'/a','value':1},{'path':'/b','value':1}]", null, "/a", "[{'path':'/a','value':9},{'path':'/b','value':1}]")]
    [InlineData("[{'op':'replace','path':'/a','value':1}]", null, "/a", "[{'path':'/a','value':9}]")]
    [InlineData("[{'path':'/a','valueTemplate':'x'}]", null, "/a", "[{'path':'/a','value':9}]")]
    [InlineData("[{'op':'add','path':'/m/x','value':1}]", "add", "/m/x", "[{'op':'add','path':'/m/x','value':9}]")]
    [InlineData("[{'path':'/l/1','value':1},{'path':'/l/0','value':1}]", null, "/l/1", "[{'path':'/l/1','value':9},{'path':'/l/0','value':1}]")]
    public void The_same_again_takes_the_place_of_what_was(string operations, string? op, string path, string expected) =>
        AssertAdded(operations, op, path, expected);

    [Theory]
    [InlineData("two appends are both meant, P-63", "[{'op':'add','path':'/l/-','value':1}]", "add", "/l/-")]
    [InlineData("and so are two insertions", "[{'op':'add','path':'/l/0','value':1}]", "add", "/l/0")]
    [InlineData("what is below was replaced after", "[{'path':'/a/b','value':1},{'path':'/a','value':{}}]", null, "/a/b")]
    [InlineData("what is above", "[{'path':'/a','value':{}},{'path':'/a/b','value':1}]", null, "/a")]
    [InlineData("an insertion shifted the list", "[{'path':'/l/1','value':1},{'op':'add','path':'/l/0','value':1}]", null, "/l/1")]
    [InlineData("deep in the list too", "[{'path':'/l/1/x','value':1},{'op':'remove','path':'/l/0'}]", null, "/l/1/x")]
    [InlineData("another operation there", "[{'path':'/a','value':1},{'op':'remove','path':'/a'}]", null, "/a")]
    [InlineData("the document itself", "[{'path':'','value':{}}]", null, "")]
    [InlineData("no object", "[7]", null, "/a")]
    public void Where_the_place_matters_it_is_appended(string why, string operations, string? op, string path)
    {
        var expected = (JsonArray)Make.Json(operations)!;
        expected.Add((JsonNode)new OverrideEntry("c1", op, path, 9).ToJson());
        Assert.NotEmpty(why);
        AssertAdded(operations, op, path, expected.ToJsonString());
    }

    [Fact]
    public void However_it_is_put_in_it_is_carried_out_last() => Prop.ForAll(
        Gen.Choose(0, 5).SelectMany(length => Operations.ListOf(length)).ToArbitrary(), Operations.ToArbitrary(), (before, added) =>
        {
            var appended = Resource($"{{'clusterName':'c1','clusterOverrides':[{string.Join(',', before.Append(added))}]}}");
            var edited = Resource($"{{'clusterName':'c1','clusterOverrides':[{string.Join(',', before)}]}}");
            var wanted = (JsonObject)Make.Json(added)!;
            OverrideEdit.Add(edited, new("c1", wanted["op"]!.GetValue<string>(), wanted["path"]!.GetValue<string>(), wanted["value"]));
            return Made(appended) is not { } made || made == Made(edited);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));

    [Theory]
    [InlineData("c1", null, null, Eu)]
    [InlineData("c1", "/a", null, Eu + ",{'clusterName':'c1','clusterOverrides':[{'op':'add','path':'/l/-','value':3}]}")]
    [InlineData("c1", "/l/-", "add", Eu + ",{'clusterName':'c1','clusterOverrides':[{'path':'/a','value':2}]}")]
    [InlineData(null, null, null, C1)]
    [InlineData(null, "/a", "replace", C1)]
    public void Operations_are_taken_away_by_target_path_and_kind_and_entries_with_their_last(string? cluster, string? path, string? op, string expected)
    {
        var resource = Resource($"{Eu},{C1}");
        Assert.True(OverrideEdit.Remove(resource, new OverrideTarget(cluster, cluster is null ? EuByExpression : null), path, op));
        AssertOverrides(expected, resource);
    }

    [Theory]
    [InlineData("c2", null, null)]
    [InlineData("c1", "/b", null)]
    [InlineData("c1", "/a", "remove")]
    [InlineData("region=eu", null, null)]
    public void What_is_not_there_cannot_be_taken_away(string cluster, string? path, string? op)
    {
        var resource = Resource($"{Eu},{C1},{{'clusterName':'c3'}}");
        var before = resource.Object.Json.ToJsonString();
        Assert.False(OverrideEdit.Remove(resource, new OverrideTarget(cluster, null), path, op));
        Assert.False(OverrideEdit.Remove(resource, new OverrideTarget(null, []), path, op));
        Assert.False(OverrideEdit.Remove(resource, new OverrideTarget("c3", null), "/a"));
        Assert.Equal(before, resource.Object.Json.ToJsonString());
    }

    [Fact]
    public void Entries_that_concern_nobody_can_be_taken_away()
    {
        var resource = Resource($"{{'clusterOverrides':[{{'path':'/a','value':1}}]}},{Eu},{C1}");
        Assert.True(OverrideEdit.Remove(resource, new OverrideTarget(string.Empty, null), "/a"));
        AssertOverrides($"{Eu},{C1}", resource);
    }

    [Fact]
    public void The_last_entry_takes_the_list_with_it()
    {
        var resource = Resource("{'clusterName':'c1'}");
        Assert.True(OverrideEdit.Remove(resource, new OverrideTarget("c1", null)));
        Assert.Null(resource.Overrides);
    }

    [Fact]
    public void All_at_once_names_come_once_and_selectors_as_often_as_their_order_asks_for()
    {
        var (eu, all) = (EuByExpression, new JsonObject());
        var resource = Resource("{'clusterName':'gone'}");
        OverrideEdit.Replace(resource,
        [
            new("c1", null, "/a", 1), new(null, null, "/b", 2) { Selector = eu }, new(null, null, "/c", 3) { Selector = eu },
            new(null, null, "/b", 4) { Selector = all }, new("c1", null, "/d", 5), new(null, null, "/b", 6) { Selector = eu },
        ]);
        Assert.Equal(
            ["c1 /a /d", " /b /c", " /b", " /b"],
            resource.Overrides!.Select(entry => $"{entry!["clusterName"]} {string.Join(' ', entry["clusterOverrides"]!.AsArray().Select(o => o!["path"]))}"));
        OverrideEdit.Replace(resource, []);
        Assert.Null(resource.Overrides);
    }

    /// <summary>Operations that meet each other in a small object with a list, and can nearly always be carried out, in any order.</summary>
    private static Gen<string> Operations { get; } =
        from operation in Gen.Elements(
            "'op':'replace','path':'/a','value':{'b':N}", "'op':'replace','path':'/a/b','value':N", "'op':'add','path':'/a/c','value':N",
            "'op':'remove','path':'/a/c'", "'op':'remove','path':'/a/b'", "'op':'replace','path':'/l/0','value':{'x':N}",
            "'op':'replace','path':'/l/1','value':{'x':N}", "'op':'replace','path':'/l/1/x','value':N", "'op':'add','path':'/l/0','value':{'x':N}",
            "'op':'add','path':'/l/1','value':{'x':N}", "'op':'add','path':'/l/-','value':{'x':N}",
            "'op':'remove','path':'/l/0'", "'op':'remove','path':'/l/1'",
            "'op':'replace','path':'/l','value':[{'x':N},{'x':N},{'x':N}]")
        from value in Gen.Choose(1, 99)
        select $"{{{operation.Replace("N", $"{value}", StringComparison.Ordinal)}}}";

    /// <summary>The object made for c1; null when the operations can't be carried out.</summary>
    private static string? Made(FederatedResource resource)
    {
        try
        {
            return OverrideSet.Parse(resource.Overrides).For(Make.Facts("c1"))
                .Apply((JsonObject)Make.Json("{'a':{'b':0},'l':[{'x':1},{'x':2},{'x':3}]}")!).ToJsonString();
        }
        catch (OverrideException)
        {
            return null;
        }
    }

    private static void AssertAdded(string operations, string? op, string path, string expected)
    {
        var resource = Resource($"{{'clusterName':'c1','clusterOverrides':{operations}}}");
        OverrideEdit.Add(resource, new("c1", op, path, 9));
        AssertOverrides($"{{'clusterName':'c1','clusterOverrides':{expected}}}", resource);
    }

    private static void AssertOverrides(string expected, FederatedResource resource) =>
        Assert.True(JsonNode.DeepEquals(Make.Json($"[{expected}]"), resource.Overrides), resource.Overrides?.ToJsonString());

    private static FederatedResource Resource(string? overrides) => Make.Resource(overrides is null ? "{}" : $"{{'overrides':[{overrides}]}}");
}
