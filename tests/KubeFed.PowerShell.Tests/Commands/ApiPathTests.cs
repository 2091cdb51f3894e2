using KubeFed.Kubernetes.Objects;
using KubeFed.PowerShell.Commands;

namespace KubeFed.PowerShell.Tests.Commands;

public sealed class ApiPathTests
{
    [Theory]
    [InlineData("/api/v1/namespaces", "namespaces", null, null, null)]
    [InlineData("/api/v1/namespaces/demo", "namespaces", null, "demo", null)]
    [InlineData("/api/v1/namespaces/demo/status", "namespaces", null, "demo", "status")]
    [InlineData("/api/v1/namespaces/demo/finalize", "namespaces", null, "demo", "finalize")]
    [InlineData("/api/v1/namespaces/demo/configmaps", "configmaps", "demo", null, null)]
    [InlineData("/api/v1/namespaces/demo/configmaps/a", "configmaps", "demo", "a", null)]
    [InlineData("/apis/apps/v1/namespaces/demo/deployments/web/scale", "deployments", "demo", "web", "scale")]
    [InlineData("/apis/rbac.authorization.k8s.io/v1/clusterroles/x%3Ay", "clusterroles", null, "x:y", null)]
    [InlineData("apis/apps/v1/deployments?labelSelector=a%3Db", "deployments", null, null, null)]
    public void A_path_is_taken_apart_and_put_together_again(string text, string plural, string? @namespace, string? name, string? subresource)
    {
        var path = ApiPath.Parse(text)!;

        Assert.Equal((plural, @namespace, name, subresource), (path.Resource.Plural, path.Namespace, path.Name, path.Subresource));
        var again = Uri.UnescapeDataString(RequestPath.Of(path.Resource, @namespace, name, subresource).ToString());
        Assert.Equal(Uri.UnescapeDataString("/" + text.TrimStart('/').Split('?')[0]), again);
    }

    [Theory]
    [InlineData("/version")]
    [InlineData("/readyz")]
    [InlineData("/api")]
    [InlineData("/api/v1")]
    [InlineData("/apis/apps")]
    [InlineData("/apis/apps/v1")]
    [InlineData("/")]
    public void A_path_that_names_no_resource_is_none(string text) => Assert.Null(ApiPath.Parse(text));

    [Fact]
    public void Its_query_is_read() => Assert.Equal("a=b", ApiPath.Parse("/api/v1/pods?labelSelector=a%3Db&x")!.Query["labelSelector"]);
}
