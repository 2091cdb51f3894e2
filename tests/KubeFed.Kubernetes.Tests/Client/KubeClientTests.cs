using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Kubernetes.Tests.Client;

public class KubeClientTests
{
    private const string ConfigMap = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"ns","resourceVersion":"7"}}""";
    private static readonly ObjectKey Key = new("ns", "a");
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Get_reads_the_object_at_its_path()
    {
        var api = new FakeApi(() => FakeApi.Json(ConfigMap));
        using var client = api.Client();

        var value = await client.GetAsync(KnownResources.ConfigMaps, Key, None);

        Assert.Equal("7", value.ResourceVersion);
        var sent = Assert.Single(api.Requests);
        Assert.Equal("/api/v1/namespaces/ns/configmaps/a", sent.Target);
        Assert.Equal("application/json", sent.Headers["Accept"]);
        Assert.StartsWith("KubeFed.PowerShell/", sent.Headers["User-Agent"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_base_path_of_the_server_is_kept_and_its_query_dropped()
    {
        var api = new FakeApi(() => FakeApi.Json(ConfigMap));
        using var client = api.Client(FakeApi.Settings with { Server = new Uri("https://rancher.example/k8s/clusters/c-1/?x=y") });

        await client.GetAsync(KnownResources.ConfigMaps, Key, None);

        Assert.Equal("https://rancher.example/k8s/clusters/c-1/api/v1/namespaces/ns/configmaps/a", Assert.Single(api.Requests).Url.ToString());
    }

    [Fact]
    public async Task Create_posts_to_the_collection_with_manager_and_dry_run()
    {
        var api = new FakeApi(() => FakeApi.Json(ConfigMap, HttpStatusCode.Created));
        using var client = api.Client();

        await client.CreateAsync(KnownResources.ConfigMaps, KubeObject.Parse(ConfigMap), new WriteOptions { FieldManager = "kube fed", DryRun = true }, None);

        var sent = Assert.Single(api.Requests);
        Assert.Equal(HttpMethod.Post, sent.Method);
        Assert.Equal("/api/v1/namespaces/ns/configmaps?fieldManager=kube%20fed&dryRun=All", sent.Target);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(ConfigMap), JsonNode.Parse(sent.Body)));
        Assert.Equal("application/json", sent.ContentType);
    }

    [Fact]
    public async Task Replace_puts_and_can_address_a_subresource()
    {
        var api = new FakeApi(() => FakeApi.Json(ConfigMap));
        using var client = api.Client();

        await client.ReplaceAsync(KnownResources.ConfigMaps, KubeObject.Parse(ConfigMap), new WriteOptions { Subresource = "status" }, None);

        var sent = Assert.Single(api.Requests);
        Assert.Equal((HttpMethod.Put, "/api/v1/namespaces/ns/configmaps/a/status"), (sent.Method, sent.Target));
    }

    [Theory]
    [InlineData(PatchKind.Json, "application/json-patch+json")]
    [InlineData(PatchKind.Merge, "application/merge-patch+json")]
    [InlineData(PatchKind.Strategic, "application/strategic-merge-patch+json")]
    public async Task Each_patch_format_has_its_content_type(PatchKind kind, string contentType)
    {
        var api = new FakeApi(() => FakeApi.Json(ConfigMap));
        using var client = api.Client();

        await client.PatchAsync(KnownResources.ConfigMaps, Key, new KubePatch(kind, new JsonObject()), WriteOptions.Default, None);

        var sent = Assert.Single(api.Requests);
        Assert.Equal((HttpMethod.Patch, contentType), (sent.Method, sent.ContentType));
    }

    [Fact]
    public async Task Apply_patches_with_its_own_content_type_manager_and_force()
    {
        var api = new FakeApi(() => FakeApi.Json(ConfigMap));
        using var client = api.Client();

        await client.ApplyAsync(KnownResources.ConfigMaps, KubeObject.Parse(ConfigMap), new WriteOptions { FieldManager = "kubefed", Force = true }, None);

        var sent = Assert.Single(api.Requests);
        Assert.Equal("application/apply-patch+yaml", sent.ContentType);
        Assert.Equal("/api/v1/namespaces/ns/configmaps/a?fieldManager=kubefed&force=true", sent.Target);
    }

    [Fact]
    public async Task Apply_without_a_manager_is_a_mistake_of_the_caller()
    {
        using var client = new FakeApi(() => FakeApi.Json(ConfigMap)).Client();

        await Assert.ThrowsAsync<ArgumentException>(
            () => client.ApplyAsync(KnownResources.ConfigMaps, KubeObject.Parse(ConfigMap), WriteOptions.Default, None));
    }

    [Fact]
    public async Task A_namespaced_object_without_a_namespace_is_a_mistake_of_the_caller()
    {
        using var client = new FakeApi(() => FakeApi.Json(ConfigMap)).Client();

        await Assert.ThrowsAsync<InvalidRequestException>(() => client.GetAsync(KnownResources.ConfigMaps, new ObjectKey(null, "a"), None));
    }

    [Fact]
    public async Task Delete_carries_its_options_in_the_body_and_returns_what_is_left()
    {
        var api = new FakeApi(() => FakeApi.Json(ConfigMap), () => FakeApi.Json("""{"kind":"Status","status":"Success"}"""));
        using var client = api.Client();
        var options = new DeleteOptions
        {
            Propagation = DeletionPropagation.Foreground, GracePeriodSeconds = 0, PreconditionUid = "u", PreconditionResourceVersion = "7", DryRun = true,
        };

        Assert.Equal("a", (await client.DeleteAsync(KnownResources.ConfigMaps, Key, options, None))!.Name);
        Assert.Null(await client.DeleteAsync(KnownResources.ConfigMaps, Key, DeleteOptions.Default, None));

        Assert.Equal(
            """{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Foreground","gracePeriodSeconds":0,"preconditions":{"uid":"u","resourceVersion":"7"},"dryRun":["All"]}""",
            api.Requests.First().Body);
    }

    [Fact]
    public async Task Find_returns_null_for_an_absent_object()
    {
        using var client = new FakeApi(() => FakeApi.Refuse(404, "NotFound")).Client();

        Assert.Null(await client.FindAsync(KnownResources.ConfigMaps, Key, None));
    }

    [Fact]
    public async Task A_refusal_becomes_an_error_with_the_servers_status()
    {
        using var client = new FakeApi(() => FakeApi.Json(
            """
            {"kind":"Status","apiVersion":"v1","status":"Failure","message":"ConfigMap \"a\" is invalid","reason":"Invalid","code":422,
             "details":{"name":"a","kind":"ConfigMap","causes":[{"reason":"FieldValueInvalid","message":"bad","field":"metadata.name"}]}}
            """, HttpStatusCode.UnprocessableEntity)).Client();

        var error = await Assert.ThrowsAsync<KubeApiException>(() => client.GetAsync(KnownResources.ConfigMaps, Key, None));

        Assert.True(error.IsInvalid);
        Assert.Equal(new KubeStatusCause("metadata.name", "FieldValueInvalid", "bad"), Assert.Single(error.Status.Causes));
        Assert.Equal("c1: GET /api/v1/namespaces/ns/configmaps/a: ConfigMap \"a\" is invalid (422 Invalid)", error.Message);
    }

    [Fact]
    public async Task An_html_error_page_is_still_a_typed_error()
    {
        using var client = new FakeApi(() =>
            new HttpResponseMessage(HttpStatusCode.BadGateway) { Content = new StringContent("<html>bad gateway</html>") }).Client();

        var error = await Assert.ThrowsAsync<KubeApiException>(() => client.GetAsync(KnownResources.ConfigMaps, Key, None));

        Assert.Equal((502, "<html>bad gateway</html>"), (error.Code, error.Status.Message));
    }

    [Theory]
    [InlineData("<html>log in</html>")]
    [InlineData("[]")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("")]
    public async Task A_success_that_is_no_object_is_a_connection_error_with_a_remedy(string body)
    {
        using var client = new FakeApi(() => new HttpResponseMessage { Content = new StringContent(body, Encoding.UTF8, "text/html") }).Client();

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => client.GetAsync(KnownResources.ConfigMaps, Key, None));

        Assert.Contains("not a Kubernetes object (text/html)", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Remedy);
    }

    [Fact]
    public async Task The_version_is_read_even_with_a_plus_sign()
    {
        using var client = new FakeApi(() => FakeApi.Json("""{"major":"1","minor":"20+","gitVersion":"v1.20.2-eks"}""")).Client();

        Assert.Equal(new KubeVersion(1, 20, "v1.20.2-eks"), await client.GetVersionAsync(None));
    }

    [Fact]
    public async Task A_plain_text_endpoint_gives_its_text()
    {
        var api = new FakeApi(() => new HttpResponseMessage { Content = new StringContent("ok") });
        using var client = api.Client();

        Assert.Equal("ok", await client.GetTextAsync(RequestPath.Parse("/readyz?verbose"), None));
        Assert.Equal("/readyz?verbose", Assert.Single(api.Requests).Target);
    }

    [Fact]
    public async Task A_subresource_can_be_posted_to()
    {
        var api = new FakeApi(() => FakeApi.Json("""{"kind":"TokenRequest","status":{"token":"t"}}"""));
        using var client = api.Client();

        var answer = await client.PostSubresourceAsync(KnownResources.ServiceAccounts, Key, "token", KubeObject.Parse("""{"kind":"TokenRequest"}"""), None);

        Assert.Equal("t", (string)answer.Status!["token"]!);
        Assert.Equal("/api/v1/namespaces/ns/serviceaccounts/a/token", Assert.Single(api.Requests).Target);
    }

    [Fact]
    public async Task Many_requests_at_once_are_bounded_and_all_answered()
    {
        var (now, most) = (0, 0);
        var api = new FakeApi(async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Yield();
            Interlocked.Decrement(ref now);
            return FakeApi.Json(ConfigMap);
        });
        using var client = api.Client(FakeApi.Settings with { MaxConcurrency = 4 });

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => client.GetAsync(KnownResources.ConfigMaps, Key, None))));

        Assert.InRange(most, 1, 4);
        Assert.Equal(200, api.Requests.Count);
    }
}
