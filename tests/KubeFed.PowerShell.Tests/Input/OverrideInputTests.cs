using System.Collections;
using System.Text.Json.Nodes;
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
        var entry = Assert.Single(OverrideInput.Read([new Override { Cluster = "m1", Op = "replace", Path = "/a", Value = 3L }]));

        Assert.Equal(("m1", "replace", "/a", "3"), (entry.Cluster, entry.Op, entry.Path, entry.Value?.ToJsonString()));
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
    };
}
