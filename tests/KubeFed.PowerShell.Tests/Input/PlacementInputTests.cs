using System.Collections;
using KubeFed.Kubernetes.Objects;
using KubeFed.PowerShell.Input;
using KubeFed.PowerShell.Running;

namespace KubeFed.PowerShell.Tests.Input;

public sealed class PlacementInputTests
{
    [Fact]
    public void Nothing_given_is_no_placement() => Assert.Null(PlacementInput.Read(null, null));

    [Fact]
    public void Names_are_kept_in_order_once_each() => Assert.Equal(["b", "a"], PlacementInput.Read(["b", "a", "b"], null)!.Clusters!);

    [Fact]
    public void No_names_place_nowhere() => Assert.Empty(PlacementInput.Read([], null)!.Clusters!);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void An_empty_text_is_refused_since_an_empty_variable_must_not_select_every_cluster(string selector)
    {
        var error = Assert.Throws<InputException>(() => PlacementInput.Read(null, selector));

        Assert.Equal("InvalidSelector", error.Id);
        Assert.Contains("every cluster", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_star_and_an_empty_map_select_every_cluster_E42()
    {
        Assert.Equal("""{"matchLabels":{}}""", PlacementInput.Read(null, "*")!.Selector!.ToJsonString());
        Assert.Equal("""{"matchLabels":{}}""", PlacementInput.Read(null, new Hashtable())!.Selector!.ToJsonString());
        Assert.Equal("""{"matchLabels":{}}""", PlacementInput.Read(["*"], null)!.Selector!.ToJsonString());
        Assert.Null(PlacementInput.Read(["*"], null)!.Clusters);
    }

    [Theory]
    [InlineData("env=prod", """{"matchLabels":{"env":"prod"}}""")]
    [InlineData("env=prod,tier in (a,b)", """{"matchLabels":{"env":"prod"},"matchExpressions":[{"key":"tier","operator":"In","values":["a","b"]}]}""")]
    [InlineData("!gone", """{"matchExpressions":[{"key":"gone","operator":"DoesNotExist","values":[]}]}""")]
    [InlineData("a=1,a=2", """{"matchLabels":{"a":"1"},"matchExpressions":[{"key":"a","operator":"In","values":["2"]}]}""")]
    public void Selector_text_becomes_a_label_selector_that_selects_the_same(string text, string json)
    {
        var selector = PlacementInput.Read(null, text)!.Selector!;

        Assert.Equal(json, selector.ToJsonString());
        var (given, made) = (LabelSelector.Parse(text), LabelSelector.FromJson(selector));
        Dictionary<string, string>[] clusters =
            [[], new() { ["env"] = "prod" }, new() { ["env"] = "prod", ["tier"] = "b" }, new() { ["a"] = "1" }, new() { ["gone"] = "" }];
        foreach (var labels in clusters)
        {
            Assert.Equal(given.Matches(labels), made.Matches(labels));
        }
    }

    [Fact]
    public void A_map_of_labels_and_a_whole_selector_are_taken_too()
    {
        Assert.Equal("""{"matchLabels":{"env":"prod"}}""", PlacementInput.Read(null, new Hashtable { ["env"] = "prod" })!.Selector!.ToJsonString());
        var whole = new Hashtable { ["matchExpressions"] = new object[] { new Hashtable { ["key"] = "env", ["operator"] = "Exists" } } };
        Assert.Contains("Exists", PlacementInput.Read(null, whole)!.Selector!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_and_selector_together_are_refused() =>
        Assert.Equal("PlacementAmbiguous", Assert.Throws<InputException>(() => PlacementInput.Read(["a"], "b=c")).Id);

    [Fact]
    public void Comparisons_are_refused_since_placements_cannot_hold_them() =>
        Assert.Equal("InvalidSelector", Assert.Throws<InputException>(() => PlacementInput.Read(null, "size>3")).Id);

    [Theory]
    [InlineData("a in")]
    [InlineData("=b")]
    [InlineData("a b")]
    public void Text_that_is_no_selector_is_refused(string text) => Assert.Throws<SelectorException>(() => PlacementInput.Read(null, text));

    [Fact]
    public void A_mistyped_LabelSelector_is_not_taken_for_labels()
    {
        var labels = new Hashtable { ["a"] = "b" };
        Hashtable[] mistyped = [new() { ["matchLabel"] = labels }, new() { ["matchLabels"] = labels, ["matchExpression"] = Array.Empty<object>() }];
        foreach (var selector in mistyped)
        {
            var error = Assert.Throws<InputException>(() => PlacementInput.Read(null, selector));

            Assert.Equal("InvalidSelector", error.Id);
            Assert.Matches("-ClusterSelector\\.match(Label|Expression): unknown field; did you mean match(Labels|Expressions)", error.Message);
            Assert.NotNull(error.Remedy);
        }
    }
}
