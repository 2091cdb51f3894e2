using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Kubernetes.Tests.Objects;

public class LabelSelectorTests
{
    private static readonly Dictionary<string, string> Web = new() { ["app"] = "web", ["tier"] = "front", ["weight"] = "10", ["empty"] = "" };

    [Theory]
    [InlineData("", true)]
    [InlineData("   ", true)]
    [InlineData("app=web", true)]
    [InlineData("app==web", true)]
    [InlineData(" app = web , tier = front ", true)]
    [InlineData("app=db", false)]
    [InlineData("app!=db", true)]
    [InlineData("app!=web", false)]
    [InlineData("absent!=x", true)]
    [InlineData("absent=x", false)]
    [InlineData("app in (web,db)", true)]
    [InlineData("app in ( web , db )", true)]
    [InlineData("app in (db)", false)]
    [InlineData("app notin (db)", true)]
    [InlineData("app notin (web)", false)]
    [InlineData("absent notin (web)", true)]
    [InlineData("app", true)]
    [InlineData("absent", false)]
    [InlineData("!absent", true)]
    [InlineData("! absent", true)]
    [InlineData("!app", false)]
    [InlineData("empty=", true)]
    [InlineData("empty=,app=web", true)]
    [InlineData("app=", false)]
    [InlineData("empty in ()", true)]
    [InlineData("empty in (,x)", true)]
    [InlineData("weight>9", true)]
    [InlineData("weight>10", false)]
    [InlineData("weight<11", true)]
    [InlineData("app>1", false)]
    [InlineData("absent<1", false)]
    [InlineData("example.com/in=x", false)]
    [InlineData("app=web,tier in (front),!legacy", true)]
    [InlineData("app=web,tier=back", false)]
    public void A_selector_in_text_form_chooses_by_all_its_requirements(string text, bool matches) =>
        Assert.Equal(matches, LabelSelector.Parse(text).Matches(Web));

    [Theory]
    [InlineData("a=b,c in (d,e),!f", "a=b,c in (d,e),!f")]
    [InlineData("z,a notin (y,x,y)", "a notin (x,y),z")]
    [InlineData("a==b", "a=b")]
    [InlineData("a!=b", "a!=b")]
    [InlineData("a>1,b<2", "a>1,b<2")]
    [InlineData("in in (in)", "in in (in)")]
    public void The_text_form_is_canonical_and_reads_back(string text, string canonical)
    {
        var selector = LabelSelector.Parse(text);

        Assert.Equal(canonical, selector.ToString());
        Assert.Equal(canonical, LabelSelector.Parse(canonical).ToString());
    }

    [Theory]
    [InlineData("a=b,", "position 4")]
    [InlineData(",", "position 0")]
    [InlineData("=b", "a label key")]
    [InlineData("a in b", "'('")]
    [InlineData("a in (b", "',' or ')'")]
    [InlineData("a of (b)", "one of in, notin")]
    [InlineData("a!b", "'=' after '!'")]
    [InlineData("a=b c=d", "',' or the end")]
    [InlineData("-a=b", "name part must consist of alphanumeric")]
    [InlineData("a=-b", "a valid label must be an empty string or consist of")]
    [InlineData("a/b/c=d", "a qualified name must consist of")]
    [InlineData("/a=b", "prefix part must be non-empty")]
    [InlineData("A_B/a=b", "prefix part a lowercase RFC 1123 subdomain")]
    [InlineData("a>x", "an integer after '>'")]
    [InlineData("a in (b))", "',' or the end")]
    public void A_text_that_is_no_selector_is_refused_with_the_place(string text, string reason)
    {
        var error = Assert.Throws<SelectorException>(() => LabelSelector.Parse(text));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains($"\"{text}\"", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Remedy);
    }

    [Fact]
    public void An_absent_selector_matches_nothing_and_an_empty_one_everything()
    {
        Assert.False(LabelSelector.FromJson(null).Matches(Web));
        Assert.True(LabelSelector.FromJson(new JsonObject()).Matches(new Dictionary<string, string>()));
        Assert.True(LabelSelector.FromJson(new JsonObject()).IsEverything);
    }

    [Fact]
    public void A_json_selector_reads_labels_and_expressions_together()
    {
        var selector = LabelSelector.FromJson(JsonNode.Parse(
            """
            {"matchLabels":{"app":"web"},
             "matchExpressions":[{"key":"tier","operator":"In","values":["back","front"]},{"key":"legacy","operator":"DoesNotExist"},
              {"key":"weight","operator":"Exists"},{"key":"env","operator":"NotIn","values":["dev"]}]}
            """));

        Assert.True(selector.Matches(Web));
        Assert.Equal("app=web,env notin (dev),!legacy,tier in (back,front),weight", selector.ToString());
    }

    [Theory]
    [InlineData("""{"matchExpressions":[{"key":"a","operator":"In"}]}""",
        "spec.placement.clusterSelector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'")]
    [InlineData("""{"matchExpressions":[{"key":"a","operator":"Exists","values":["x"]}]}""",
        "spec.placement.clusterSelector.matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
    [InlineData("""{"matchExpressions":[{"key":"a","operator":"Is"}]}""",
        "spec.placement.clusterSelector.matchExpressions[0].operator: Invalid value: \"Is\": not a valid selector operator")]
    [InlineData("""{"matchExpressions":[{"key":"-a","operator":"Exists"}]}""",
        "spec.placement.clusterSelector.matchExpressions[0].key: Invalid value: \"-a\": name part must consist of alphanumeric characters")]
    [InlineData("""{"matchLabels":{"a":"-b"}}""", "spec.placement.clusterSelector.matchLabels[a]: Invalid value: \"-b\": a valid label must be")]
    [InlineData("""{"matchLabels":{"a":1}}""", "spec.placement.clusterSelector.matchLabels[a]: Invalid value: 1: must be a string")]
    [InlineData("""{"matchLabels":[]}""", "spec.placement.clusterSelector.matchLabels: Invalid value: []: must be an object")]
    [InlineData("""{"matchExpressions":{}}""", "spec.placement.clusterSelector.matchExpressions: Invalid value: {}: must be an array")]
    [InlineData("""[]""", "spec.placement.clusterSelector: Invalid value: []: must be an object")]
    public void Faults_of_a_json_selector_are_worded_as_the_API_server_words_them(string json, string expected)
    {
        var error = Assert.Throws<SelectorException>(() => LabelSelector.FromJson(JsonNode.Parse(json), "spec.placement.clusterSelector"));

        Assert.StartsWith(expected, error.Errors[0], StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_reported_at_once()
    {
        var json = JsonNode.Parse("""{"matchLabels":{"-":"x"},"matchExpressions":[{"key":"a","operator":"In"},{"key":"b","operator":"x"}]}""");

        Assert.Equal(3, Assert.Throws<SelectorException>(() => LabelSelector.FromJson(json)).Errors.Count);
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void Label_values_have_at_most_63_characters(int length, bool valid) =>
        Assert.Equal(valid, LabelSyntax.CheckValue(new string('a', length)).Count == 0);

    [Fact]
    public void A_trailing_newline_is_not_overlooked() => Assert.NotEmpty(LabelSyntax.CheckValue("a\n"));
}
