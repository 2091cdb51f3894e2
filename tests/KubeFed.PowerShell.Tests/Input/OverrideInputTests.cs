using System.Collections;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;
using KubeFed.PowerShell.Input;
using KubeFed.PowerShell.Running;

namespace KubeFed.PowerShell.Tests.Input;

public sealed class OverrideInputTests
{
    [Fact]
    public void One_entry_names_cluster_path_and_value()
    {
        var entry = Assert.Single(OverrideInput.Read([new Hashtable { ["cluster"] = "member2", ["path"] = "/spec/replicas", ["value"] = 5 }]));

        Assert.Equal(("member2", "/spec/replicas", "5", null), (entry.Cluster, entry.Path, entry.Value?.ToJsonString(), entry.Op));
    }

    [Fact]
    public void A_map_by_cluster_holds_values_by_path()
    {
        var entries = OverrideInput.Read([new Hashtable { ["m1"] = new Hashtable { ["/a"] = 1 }, ["m2"] = new Hashtable { ["/b"] = "x", ["/c"] = null } }]);

        var texts = entries.Select(e => $"{e.Cluster} {e.Path} {e.Value?.ToJsonString() ?? "null"}").Order(StringComparer.Ordinal);
        Assert.Equal(["m1 /a 1", "m2 /b \"x\"", "m2 /c null"], texts);
    }

    [Fact]
    public void A_map_by_cluster_holds_operations_one_or_many()
    {
        var remove = new Hashtable { ["op"] = "remove", ["path"] = "/b" };
        var add = new Hashtable { ["Op"] = "add", ["Path"] = "/c/-", ["Value"] = new[] { "x" } };

        var entries = OverrideInput.Read([new Hashtable { ["m1"] = new object[] { remove, add } }, new Hashtable { ["m2"] = remove }]);

        Assert.Equal(["m1 remove /b", "m1 add /c/-", "m2 remove /b"], entries.Select(e => $"{e.Cluster} {e.Op} {e.Path}"));
    }

    [Fact]
    public void What_a_resource_shows_can_be_given_back()
    {
        var entry = Assert.Single(OverrideInput.Read([Shown("m1", null, value: 3L)]));

        Assert.Equal(("m1", "replace", "/a", "3"), (entry.Cluster, entry.Op, entry.Path, entry.Value?.ToJsonString()));
    }

    [Fact]
    public void What_a_selector_shows_can_be_given_back_and_so_can_what_it_gave_to_one_cluster_P60_P65()
    {
        var entries = OverrideInput.Read(
        [
            Shown(null, "env=prod", template: "${cluster.name}"), Shown(null, "*", value: 1L), Shown("m1", "env=prod", "m1", "${cluster.name}"),
            Shown("m2", null, template: "x"),
        ]);

        Assert.Equal(
            [
                """ {"matchLabels":{"env":"prod"}} - "${cluster.name}" """, """ {"matchLabels":{}} 1 - """, """m1 - "m1" - """, """m2 - - "x" """,
            ],
            entries.Select(e =>
                $"{e.Cluster} {e.Selector?.ToJsonString() ?? "-"} {e.Value?.ToJsonString() ?? "-"} {e.ValueTemplate?.ToJsonString() ?? "-"} "));
    }

    [Fact]
    public void Clusters_are_selected_by_label_in_every_form_P60()
    {
        var entries = OverrideInput.Read(
        [
            new Hashtable { ["clusterSelector"] = "env=prod", ["path"] = "/a", ["value"] = 1 },
            new Hashtable { ["ClusterSelector"] = new Hashtable { ["env"] = "prod" }, ["path"] = "/b", ["ValueTemplate"] = "${cluster.name}" },
            new Hashtable { ["env=prod"] = new Hashtable { ["/c"] = 3 } },
            new Hashtable { ["env in (a,b)"] = new Hashtable { ["op"] = "remove", ["path"] = "/d" } },
            new Hashtable { ["*"] = new Hashtable { ["/e"] = 5 } },
        ]);

        Assert.Equal(
            ["/a env=prod", "/b env=prod", "/c env=prod", "/d env in (a,b)", "/e "], entries.Select(e => $"{e.Path} {LabelSelector.FromJson(e.Selector)}"));
        Assert.All(entries, entry => Assert.Null(entry.Cluster));
        Assert.Equal("\"${cluster.name}\"", entries[1].ValueTemplate!.ToJsonString());
    }

    [Fact]
    public void A_cluster_may_be_called_path() =>
        Assert.Equal("path", Assert.Single(OverrideInput.Read([new Hashtable { ["path"] = new Hashtable { ["/a"] = 1 } }])).Cluster);

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_wrong_is_named_with_the_remedy(object given, string named)
    {
        var error = Assert.Throws<InputException>(() => OverrideInput.Read([given]));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.True(error.Id is "InvalidOverride" or "InvalidInput");
    }

    public static TheoryData<object, string> Wrong => new()
    {
        { new Hashtable { ["cluster"] = "m1", ["value"] = 1 }, "no path" },
        { new Hashtable { ["cluster"] = "m1", ["path"] = "/a", ["vlaue"] = 1 }, "vlaue" },
        { new Hashtable { ["m1"] = 5 }, "m1" },
        { new Hashtable { ["m1"] = new Hashtable { ["spec/replicas"] = 1 } }, "m1" },
        { "m1=/a", "hashtable" },
        { new Hashtable { ["cluster"] = "m1", ["clusterSelector"] = "a=b", ["path"] = "/a", ["value"] = 1 }, "both a cluster and a clusterSelector" },
        { new Hashtable { ["cluster"] = "m1", ["path"] = "/a", ["value"] = 1, ["valueTemplate"] = "x" }, "both a value and a valueTemplate" },
        { new Hashtable { ["a=b"] = new Hashtable { ["c"] = 1 } }, "clusters a=b" },
    };

    private static Override Shown(string? cluster, string? selector, object? value = null, object? template = null) => new()
    {
        Name = "web", Type = "configmaps", Cluster = cluster, ClusterSelector = selector, Op = "replace", Path = "/a", Value = value, ValueTemplate = template,
    };

    [Fact]
    public void A_path_without_a_slash_is_named_with_the_right_one()
    {
        var error = Assert.Throws<InputException>(() => OverrideInput.Read([new Hashtable { ["member1"] = new Hashtable { ["data/a"] = "x" } }]));

        Assert.Equal("InvalidOverride", error.Id);
        Assert.Contains("'data/a' for cluster member1 does not start with a slash", error.Message, StringComparison.Ordinal);
        Assert.Contains("Write '/data/a'", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_repeated_of_the_input_is_cut()
    {
        var error = Assert.Throws<InputException>(() => OverrideInput.Read([new Hashtable { ["cluster"] = "member1", ["value"] = new string('x', 5000) }]));

        Assert.InRange(error.Message.Length, 200, 400);
        Assert.Contains("characters)", error.Message, StringComparison.Ordinal);
    }
}
