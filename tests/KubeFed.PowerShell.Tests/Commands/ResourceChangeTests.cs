using System.Text.Json.Nodes;
using KubeFed.Engine.Federate;
using KubeFed.PowerShell.Commands;
using KubeFed.PowerShell.Running;

namespace KubeFed.PowerShell.Tests.Commands;

public sealed class ResourceChangeTests
{
    private const string Stored =
        """{"metadata":{"name":"a","namespace":"demo","labels":{"x":"1"}},"spec":{"template":{"data":{"k":"v"}}"""
        + ""","placement":{"clusters":[{"name":"m1"},{"name":"m2"}]},"overrides":[{"clusterName":"m1"}]}}""";

    [Fact]
    public void What_is_not_named_stays_as_it_is() => Assert.Equal(Stored, Apply(new ResourceChange()).Object.Json.ToJsonString());

    [Fact]
    public void Clusters_are_added_and_removed_by_name() =>
        Assert.Equal(["m2", "m3"], Apply(new ResourceChange { AddClusters = ["m3", "m2"], RemoveClusters = ["m1"] }).PlacementClusters!);

    [Fact]
    public void A_new_placement_replaces_the_old_one_whole()
    {
        var changed = Apply(new ResourceChange { Placement = PlacementSpec.All });

        Assert.Null(changed.PlacementClusters);
        Assert.Equal("""{"matchLabels":{}}""", changed.PlacementSelector!.ToJsonString());
    }

    [Fact]
    public void Nothing_is_added_by_name_where_a_selector_decides_E41()
    {
        var resource = Kinds.Resource("""{"metadata":{"name":"a"},"spec":{"placement":{"clusterSelector":{}}}}""");

        Assert.Equal("PlacementIsSelector", Assert.Throws<InputException>(() => new ResourceChange { AddClusters = ["m1"] }.ApplyTo(resource)).Id);
    }

    [Fact]
    public void Overrides_are_replaced_or_taken_away()
    {
        var replaced = Apply(new ResourceChange { Overrides = [new("m2", null, "/data/k", "w")] });
        Assert.Equal("""[{"clusterName":"m2","clusterOverrides":[{"path":"/data/k","value":"w"}]}]""", replaced.Overrides!.ToJsonString());
        Assert.Null(Apply(new ResourceChange { Overrides = [] }).Overrides);
    }

    [Fact]
    public void Labels_are_set_and_removed()
    {
        var changed = Apply(new ResourceChange { Labels = new Dictionary<string, string?> { ["x"] = null, ["y"] = "2" } });

        Assert.Equal("y=2", string.Join(',', changed.Object.Labels.Select(label => $"{label.Key}={label.Value}")));
    }

    [Fact]
    public void Applied_twice_it_changes_what_it_changed_once()
    {
        var change = new ResourceChange { Template = new JsonObject { ["data"] = new JsonObject() }, AddClusters = ["m3"], RetainReplicas = true };
        var resource = Apply(change);
        var once = resource.Object.Json.ToJsonString();

        change.ApplyTo(resource);

        Assert.Equal(once, resource.Object.Json.ToJsonString());
    }

    private static KubeFed.Engine.Api.FederatedResource Apply(ResourceChange change)
    {
        var resource = Kinds.Resource(Stored);
        change.ApplyTo(resource);
        return resource;
    }
}
