using FsCheck;
using FsCheck.Fluent;
using KubeFed.Engine.Propagation.Desired;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>The variables of a valueTemplate, P-65.</summary>
public class ClusterTextTests
{
    private static readonly ClusterFacts C1 = Make.Facts("c1", ("region", "eu"), ("topology.kubernetes.io/zone", "eu-1a"), ("empty", string.Empty));

    /// <summary>Texts in which the interesting characters are likely to meet.</summary>
    private static readonly Arbitrary<string> Texts = Gen.OneOf(
            Gen.Elements("$", "{", "}", "${", "$${", "cluster", ".name", ".labels", ".region", "['", "']", ":-", "cluster.name}", "x", " ", "é", "\n"),
            ArbMap.Default.GeneratorFor<char>().Select(c => c.ToString()))
        .ListOf()
        .Select(string.Concat)
        .ToArbitrary();

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("${cluster.name}", "c1")]
    [InlineData("https://${cluster.name}.${cluster.labels.region}.example/", "https://c1.eu.example/")]
    [InlineData("${cluster.labels['topology.kubernetes.io/zone']}", "eu-1a")]
    [InlineData("${cluster.labels['region']}", "eu")]
    [InlineData("${cluster.labels.tier:-standard}", "standard")]
    [InlineData("${cluster.labels['a.b/c']:-a:-b ['x']}", "a:-b ['x']")]
    [InlineData("${cluster.labels.tier:-}", "")]
    [InlineData("${cluster.labels.region:-standard}", "eu")]
    [InlineData("${cluster.labels.empty}", "")]
    [InlineData("${cluster.labels.empty:-x}", "x")]
    [InlineData("$${cluster.name}", "${cluster.name}")]
    [InlineData("$$${cluster.name}", "$${cluster.name}")]
    [InlineData("costs 5$, $HOME, $(date), {x}, $$", "costs 5$, $HOME, $(date), {x}, $$")]
    public void Name_and_labels_are_put_in(string text, string expected)
    {
        Assert.True(ClusterText.TryParse(text, out var parsed, out var error), error);
        Assert.True(parsed.TryExpand(C1, out var expanded, out _));
        Assert.Equal(expected, expanded);
    }

    [Theory]
    [InlineData("${cluster.name", "not closed")]
    [InlineData("a ${", "not closed")]
    [InlineData("${cluster.zone}", "'${cluster.zone}' is not known")]
    [InlineData("${}", "is not known")]
    [InlineData("${HOME}", "'$${'")]
    [InlineData("${cluster.labels}", "${cluster.labels.<label>}")]
    [InlineData("${cluster.labels.}", "is not known")]
    [InlineData("${cluster.labels['a b']}", "is not known")]
    [InlineData("${cluster.labels.topology.kubernetes.io/zone}", "${cluster.labels['topology.kubernetes.io/zone']}")]
    [InlineData("${cluster.labels.a:-${cluster.name}}", "plain text")]
    [InlineData("${cluster.name:-x}", "is not known")]
    [InlineData("${ cluster.name }", "is not known")]
    [InlineData("${Cluster.Name}", "is not known")]
    public void What_is_not_known_is_refused_with_the_way_to_write_it(string text, string named)
    {
        Assert.False(ClusterText.TryParse(text, out _, out var error));
        Assert.Contains(named, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_label_is_named_unless_it_has_a_default()
    {
        Assert.True(ClusterText.TryParse("${cluster.labels.region}-${cluster.labels.tier:-x}-${cluster.labels.team}", out var parsed, out _));
        Assert.Equal(["region", "team"], parsed.RequiredLabels);
        Assert.False(parsed.TryExpand(C1, out var text, out var missing));
        Assert.Equal((null, "team"), (text, missing));
    }

    [Fact]
    public void No_text_makes_it_throw_and_what_is_read_is_expanded_or_names_a_label() => Prop.ForAll(Texts, text =>
        ClusterText.TryParse(text, out var parsed, out var error)
            ? parsed.TryExpand(C1, out var expanded, out var missing) ? expanded is not null && missing is null : parsed.RequiredLabels.Contains(missing)
            : error.Length > 0).QuickCheckThrowOnFailure();

    [Fact]
    public void Literal_text_round_trips() => Prop.ForAll(Texts, text =>
        ClusterText.TryParse(text.Replace("${", "$${", StringComparison.Ordinal), out var parsed, out _)
        && parsed.TryExpand(Make.Facts("any"), out var expanded, out _)
        && expanded == text).QuickCheckThrowOnFailure();

    [Fact]
    public void Text_without_a_reference_is_itself() => Prop.ForAll(
        Texts.Filter(text => !text.Contains("${", StringComparison.Ordinal)),
        text => ClusterText.TryParse(text, out var parsed, out _) && parsed.TryExpand(C1, out var expanded, out _) && expanded == text)
        .QuickCheckThrowOnFailure();
}
