using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Kubernetes.Tests.Objects;

public class RequestPathTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("", "v1", "pods", true, "ns", null, null, "/api/v1/namespaces/ns/pods")]
    [InlineData("apps", "v1", "deployments", true, null, null, null, "/apis/apps/v1/deployments")]
    [InlineData("apps", "v1", "deployments", true, "ns", "web", "scale", "/apis/apps/v1/namespaces/ns/deployments/web/scale")]
    [InlineData("rbac.authorization.k8s.io", "v1", "clusterroles", false, null, "system:node", null, "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode")]
    [InlineData("", "v1", "nodes", false, "ignored", "...", null, "/api/v1/nodes/...")]
    [InlineData("", "v1", "nodes", false, null, "a?b#c;d e\\f", null, "/api/v1/nodes/a%3Fb%23c%3Bd%20e%5Cf")]
    [InlineData("", "v1", "nodes", false, null, "a\r\nb\u202E\u00e9", null, "/api/v1/nodes/a%0D%0Ab%E2%80%AE%C3%A9")]
    public void A_path_is_made_of_checked_and_escaped_values(
        string group, string version, string plural, bool namespaced, string? @namespace, string? name, string? subresource, string expected) =>
        Assert.Equal(expected, RequestPath.Of(new ApiResource(group, version, "X", plural, namespaced), @namespace, name, subresource).ToString());

    public static TheoryData<string, string, string, string, string, string, string> Refused() => new()
    {
        { "group", "x/../../api", "v1", "pods", "ns", "a", "status" },
        { "group", "..", "v1", "pods", "ns", "a", "status" },
        { "group", "apps%2f..", "v1", "pods", "ns", "a", "status" },
        { "group", "Apps", "v1", "pods", "ns", "a", "status" },
        { "version", "apps", "", "pods", "ns", "a", "status" },
        { "version", "apps", "..", "pods", "ns", "a", "status" },
        { "version", "apps", "v1?x=1", "pods", "ns", "a", "status" },
        { "version", "apps", "v1.1", "pods", "ns", "a", "status" },
        { "resource", "apps", "v1", "pods/log", "ns", "a", "status" },
        { "resource", "apps", "v1", "%2e%2e", "ns", "a", "status" },
        { "resource", "apps", "v1", "", "ns", "a", "status" },
        { "namespace", "apps", "v1", "pods", "..", "a", "status" },
        { "namespace", "apps", "v1", "pods", "a.b", "a", "status" },
        { "namespace", "apps", "v1", "pods", "a/services/b", "a", "status" },
        { "name", "apps", "v1", "pods", "ns", "", "status" },
        { "name", "apps", "v1", "pods", "ns", ".", "status" },
        { "name", "apps", "v1", "pods", "ns", "..", "status" },
        { "name", "apps", "v1", "pods", "ns", "a/b", "status" },
        { "name", "apps", "v1", "pods", "ns", "a%2fb", "status" },
        { "name", "apps", "v1", "pods", "ns", new string('a', 1025), "status" },
        { "subresource", "apps", "v1", "pods", "ns", "a", "proxy/x" },
        { "subresource", "apps", "v1", "pods", "ns", "a", "" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_value_that_would_lead_elsewhere_is_refused_by_what_it_is(
        string part, string group, string version, string plural, string @namespace, string name, string subresource)
    {
        var error = Assert.Throws<InvalidRequestException>(
            () => RequestPath.Of(new ApiResource(group, version, "X", plural, Namespaced: true), @namespace, name, subresource));

        Assert.Equal(part, error.Part);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    /// <remarks>Rows of a theory go to the runner as UTF-8, which has no halves of characters.</remarks>
    [Fact]
    public void A_name_with_half_a_character_is_refused()
    {
        foreach (var name in (string[])["\uD83D", "\uDE00\uD83D"])
        {
            Assert.Equal("name", Assert.Throws<InvalidRequestException>(
                () => RequestPath.Of(new ApiResource("apps", "v1", "X", "pods", Namespaced: true), "ns", name, "status")).Part);
        }
    }

    [Theory]
    [InlineData("/readyz?verbose")]
    [InlineData("/api/v1/namespaces/ns/services/http:dash:80/proxy/x%20y?a=b&c=%2e%2e")]
    [InlineData("/logs/a...b")]
    public void A_path_that_is_written_out_is_sent_as_it_is(string text) => Assert.Equal(text, RequestPath.Parse(text).ToString());

    [Theory]
    [InlineData("readyz")]
    [InlineData("http://evil.example/")]
    [InlineData("/api/../metrics")]
    [InlineData("/api/%2e%2e/metrics")]
    [InlineData("/api/.%2E/metrics")]
    [InlineData("/api/v1/namespaces/a%2f..%2fb")]
    [InlineData("/api\\..\\metrics")]
    [InlineData("/api/%5c..%5cmetrics")]
    [InlineData("/metrics#x")]
    [InlineData("/metrics x")]
    [InlineData("/metr\u00efcs")]
    [InlineData("/metrics\r\nX: y")]
    [InlineData("/metrics%")]
    [InlineData("/metrics%zz")]
    public void A_path_that_is_written_out_and_leads_elsewhere_is_refused(string text) =>
        Assert.Equal("path", Assert.Throws<InvalidRequestException>(() => RequestPath.Parse(text)).Part);

    [Theory]
    [InlineData("a..b")]
    [InlineData("...")]
    [InlineData("\u2025")]
    [InlineData("\uFF0E\uFF0E")]
    [InlineData("\u2215..\u2215")]
    [InlineData("\\..\\..\\")]
    [InlineData(";..;")]
    [InlineData("e\u0301")]
    public async Task What_is_composed_is_what_leaves_the_process(string name)
    {
        var api = new FakeApi(() => FakeApi.Json("""{"kind":"ConfigMap","apiVersion":"v1"}"""));
        using var client = api.Client();

        // The fake knows no object of that name; what counts is where it was looked for.
        Assert.IsType<KubeConnectionException>(await Record.ExceptionAsync(() => client.GetAsync(KnownResources.ConfigMaps, new ObjectKey("ns", name), None)));

        var sent = Assert.Single(api.Requests).Url;
        Assert.Equal("/api/v1/namespaces/ns/configmaps/" + Uri.EscapeDataString(name), sent.AbsolutePath);
        Assert.Equal($"https://c1.example:6443{sent.AbsolutePath}", sent.AbsoluteUri);
    }

    [Fact]
    public async Task A_query_that_is_too_long_or_no_text_is_a_typed_error()
    {
        var api = new FakeApi(() => FakeApi.Json("""{"kind":"ConfigMapList","apiVersion":"v1","items":[]}"""));
        using var client = api.Client();

        var tooLong = await Assert.ThrowsAsync<InvalidRequestException>(
            () => client.ListAsync(KnownResources.ConfigMaps, new ListQuery { ResourceVersion = new string('9', 70_000) }, None));
        var half = await Assert.ThrowsAsync<InvalidRequestException>(
            () => client.ListAsync(KnownResources.ConfigMaps, new ListQuery { ResourceVersion = "\uD800" }, None));

        Assert.Equal(("resourceVersion", "resourceVersion"), (tooLong.Part, half.Part));
        Assert.Empty(api.Requests);
    }

    [Fact]
    public async Task An_object_without_a_name_or_a_namespace_is_not_asked_for()
    {
        var api = new FakeApi(() => FakeApi.Json("""{"kind":"ConfigMap"}"""));
        using var client = api.Client();

        await Assert.ThrowsAsync<InvalidRequestException>(() => client.GetAsync(KnownResources.ConfigMaps, new ObjectKey("ns", string.Empty), None));
        await Assert.ThrowsAsync<InvalidRequestException>(
            () => client.DeleteAsync(KnownResources.ConfigMaps, new ObjectKey(null, "a"), DeleteOptions.Default, None));

        Assert.Empty(api.Requests);
    }
}
