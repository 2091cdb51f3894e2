using KubeFed.Kubernetes.Objects;

namespace KubeFed.Kubernetes.Tests.Objects;

public class FieldSelectorTests
{
    private static readonly KubeObject Pod = KubeObject.Parse(
        """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"ns"},"status":{"phase":"Running","note":"a=b,c\\d"}}""");

    [Theory]
    [InlineData("", true)]
    [InlineData("metadata.name=web", true)]
    [InlineData("metadata.name==web", true)]
    [InlineData("metadata.name!=web", false)]
    [InlineData("metadata.name=web,status.phase!=Pending", true)]
    [InlineData("metadata.name=web,status.phase=Pending", false)]
    [InlineData("spec.nodeName=", true)]
    [InlineData(@"status.note=a\=b\,c\\d", true)]
    public void All_terms_must_hold(string text, bool matches) => Assert.Equal(matches, FieldSelector.Parse(text).Matches(Pod));

    [Theory]
    [InlineData("metadata.name", "has no =, == or !=")]
    [InlineData("=x", "names no field")]
    [InlineData(@"a=b\x", "a backslash must stand before")]
    [InlineData("a=b=c", @"must be written \=")]
    public void A_text_that_is_no_selector_is_refused(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<SelectorException>(() => FieldSelector.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_text_form_reads_back() => Assert.Equal(@"a=b\,c,d!=e", FieldSelector.Parse(@"a=b\,c,d!=e").ToString());
}
