using System.Text.Json;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Kubernetes.Tests.Client;

public class ListTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task All_pages_are_read_and_later_ones_carry_only_the_token()
    {
        var api = new FakeApi(sent => sent.Query.ContainsKey("continue") ? Page("9", null, "c") : Page("9", "t&1", "a", "b"));
        using var client = api.Client();

        var list = await client.ListAsync(KnownResources.ConfigMaps,
            new ListQuery { Namespace = "ns", LabelSelector = "x in (y)", ResourceVersion = "5", PageSize = 2 }, None);

        Assert.Equal(["a", "b", "c"], list.Items.Select(item => item.Name));
        Assert.Equal("9", list.ResourceVersion);
        Assert.Equal(
            [
                "/api/v1/namespaces/ns/configmaps?labelSelector=x%20in%20%28y%29&limit=2&resourceVersion=5",
                "/api/v1/namespaces/ns/configmaps?labelSelector=x%20in%20%28y%29&limit=2&continue=t%261",
            ],
            api.Requests.Select(sent => sent.Url.PathAndQuery));
    }

    [Theory]
    [InlineData(410, "Expired")]
    [InlineData(410, "Gone")]
    public async Task A_token_that_expires_leads_to_one_whole_list_without_a_limit(int code, string reason)
    {
        var api = new FakeApi(sent => sent.Query.ContainsKey("continue") ? FakeApi.Refuse(code, reason)
            : sent.Query.ContainsKey("limit") ? Page("9", "t", "old") : Page("12", null, "a", "b"));
        using var client = api.Client();

        var list = await client.ListAsync(KnownResources.ConfigMaps, new ListQuery { FieldSelector = "metadata.name!=z" }, None);

        Assert.Equal(["a", "b"], list.Items.Select(item => item.Name));
        Assert.Equal("12", list.ResourceVersion);
        Assert.Equal("/api/v1/configmaps?fieldSelector=metadata.name%21%3Dz", api.Requests.Last().Target);
    }

    [Fact]
    public async Task A_first_page_that_expires_is_the_callers_to_know()
    {
        using var client = new FakeApi(() => FakeApi.Refuse(410, "Expired")).Client();

        Assert.True((await Assert.ThrowsAsync<KubeApiException>(() => client.ListAsync(KnownResources.ConfigMaps, new ListQuery(), None))).IsExpired);
    }

    [Fact]
    public async Task Items_get_the_apiVersion_and_kind_the_server_leaves_out()
    {
        using var client = new FakeApi(() => Page("1", null, "a")).Client();

        var item = (await client.ListAsync(KnownResources.Deployments, new ListQuery(), None)).Items[0];

        Assert.Equal(("apps/v1", "Deployment"), (item.ApiVersion, item.Kind));
        Assert.Equal("apiVersion", item.Json.First().Key);
    }

    [Fact]
    public async Task Metadata_only_asks_for_it_and_keeps_nothing_else_whatever_the_server_sends()
    {
        var api = new FakeApi(() => FakeApi.Json(
            """
            {"kind":"PartialObjectMetadataList","metadata":{"resourceVersion":"3"},"items":[
             {"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"a"}},
             {"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"b"},"data":{"x":"y"}}]}
            """));
        using var client = api.Client();

        var list = await client.ListAsync(KnownResources.ConfigMaps, new ListQuery { MetadataOnly = true }, None);

        Assert.Equal("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json", Assert.Single(api.Requests).Headers["Accept"]);
        Assert.All(list.Items, item => Assert.Equal(["apiVersion", "kind", "metadata"], item.Json.Select(entry => entry.Key)));
        Assert.All(list.Items, item => Assert.Equal("ConfigMap", item.Kind));
    }

    [Fact]
    public async Task Pages_can_be_taken_one_by_one()
    {
        var api = new FakeApi(sent => sent.Query.ContainsKey("continue") ? Page("9", null, "c") : Page("9", "t", "a", "b"));
        using var client = api.Client();

        var sizes = new List<int>();
        await foreach (var page in client.ListPagesAsync(KnownResources.ConfigMaps, new ListQuery(), None))
        {
            sizes.Add(page.Items.Count);
        }

        Assert.Equal([2, 1], sizes);
    }

    [Fact]
    public async Task Items_can_be_reduced_to_what_is_kept_of_them_page_by_page()
    {
        var api = new FakeApi(sent => sent.Query.ContainsKey("continue") ? Page("9", null, "c") : Page("9", "t", "a", "b"));
        using var client = api.Client();

        var pages = await client.ReadPagesAsync(KnownResources.ConfigMaps, new ListQuery { MetadataOnly = true, PageSize = 2 }, Name, None).ToListAsync(None);

        Assert.Equal(["a,b", "c"], pages.Select(page => string.Join(',', page)));
        Assert.Equal(["/api/v1/configmaps?limit=2", "/api/v1/configmaps?limit=2&continue=t"], api.Requests.Select(sent => sent.Url.PathAndQuery));
        Assert.All(api.Requests, sent => Assert.StartsWith("application/json;as=PartialObjectMetadataList", sent.Headers["Accept"], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("""{"items":[{"metadata":{"name":"a","name":"b"} }]}""")]
    [InlineData("""{"items":[{"metadata":{"name":"\ud800"} }]}""")]
    public async Task What_is_no_list_is_no_api_server_s_also_where_items_are_reduced(string body)
    {
        using var client = new FakeApi(() => FakeApi.Json(body)).Client();

        var error = await Assert.ThrowsAsync<KubeConnectionException>(
            () => client.ReadPagesAsync(KnownResources.ConfigMaps, new ListQuery(), Name, None).ToListAsync(None).AsTask());

        var whole = await Assert.ThrowsAsync<KubeConnectionException>(() => client.ListAsync(KnownResources.ConfigMaps, new ListQuery(), None));
        Assert.Equal(whole.Failure, error.Failure);
    }

    [Fact]
    public async Task A_long_page_of_unknown_length_that_breaks_off_is_read_again_to_its_end()
    {
        var names = Enumerable.Range(0, 5000).Select(i => $"name-{i:d6}").ToArray();
        var tries = 0;
        using var client = new FakeApi(() =>
        {
            var page = Page("9", null, names);
            var stream = new TricklingStream(page.Content.ReadAsStream(None), breakAt: tries++ == 0 ? 100_000 : long.MaxValue);
            page.Content = new StreamContent(stream) { Headers = { ContentType = new("application/json") } };
            return page;
        }).Client();

        var page = Assert.Single(await client.ReadPagesAsync(KnownResources.ConfigMaps, new ListQuery(), Name, None).ToListAsync(None));

        Assert.Equal(names, page);
        Assert.Equal(2, tries);
    }

    private static string Name(JsonElement item) => item.GetProperty("metadata").GetProperty("name").GetString()!;

    /// <summary>Gives its bytes in odd pieces, does not tell how many there are, and may lose its connection.</summary>
    private sealed class TricklingStream(Stream inner, long breakAt) : Stream
    {
        private long _given;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = _given < breakAt ? inner.Read(buffer, offset, Math.Min(count, 4093)) : throw new IOException("The connection was reset.");
            _given += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private static HttpResponseMessage Page(string version, string? next, params string[] names) => FakeApi.Json(
        $$"""
        {"kind":"List","metadata":{"resourceVersion":"{{version}}"{{(next is null ? "" : $",\"continue\":\"{next}\"")}}},
         "items":[{{string.Join(',', names.Select(name => $$$"""{"metadata":{"name":"{{{name}}}"} }"""))}}]}
        """);
}
