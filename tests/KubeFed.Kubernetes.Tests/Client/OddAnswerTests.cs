using System.Text;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Discovery;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Kubernetes.Tests.Client;

/// <summary>A server that answers with something else than Kubernetes does: every call ends in a typed error that says what it was.</summary>
public class OddAnswerTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly ObjectKey Key = new("ns", "a");

    public static TheoryData<string, string> Metadata => new()
    {
        { "4", "metadata is 4 where a map belongs" },
        { "[]", "metadata is a list where a map belongs" },
        { "\"x\"", "metadata is a text where a map belongs" },
        { "true", "metadata is true where a map belongs" },
        { """{"name":4}""", "metadata.name is 4 where a text belongs" },
        { """{"name":"a","namespace":{} }""", "metadata.namespace is a map where a text belongs" },
        { """{"name":"a","uid":[]}""", "metadata.uid is a list where a text belongs" },
        { """{"name":"a","resourceVersion":12}""", "metadata.resourceVersion is 12 where a text belongs" },
        { """{"name":"a","deletionTimestamp":false}""", "metadata.deletionTimestamp is false where a text belongs" },
        { """{"name":"a","generation":"1"}""", "metadata.generation is a text where a number belongs" },
        { """{"name":"a","labels":4}""", "metadata.labels is 4 where a map belongs" },
        { """{"name":"a","labels":{"kubefed.io/managed":true} }""", "metadata.labels['kubefed.io/managed'] is true where a text belongs" },
        { """{"name":"a","annotations":{"x\u001b\n":[]} }""", @"metadata.annotations['x\u001b\n'] is a list where a text belongs" },
        { """{"name":"a","finalizers":{} }""", "metadata.finalizers is a map where a list belongs" },
        { """{"name":"a","finalizers":["x",null]}""", "metadata.finalizers[1] is null where a value belongs" },
        { """{"name":"a","ownerReferences":["x"]}""", "metadata.ownerReferences[0] is a text where a map belongs" },
        { """{"name":"a","ownerReferences":[{"uid":1}]}""", "metadata.ownerReferences[0].uid is 1 where a text belongs" },
        { """{"name":"a","managedFields":4}""", "metadata.managedFields is 4 where a list belongs" },
        { """{"name":"a","managedFields":[4]}""", "metadata.managedFields[0] is 4 where a map belongs" },
        { """{"name":"a","managedFields":[{"manager":4}]}""", "metadata.managedFields[0].manager is 4 where a text belongs" },
        { """{"name":"a","managedFields":[{"fieldsV1":"f:data"}]}""", "metadata.managedFields[0].fieldsV1 is a text where a map belongs" },
    };

    [Theory]
    [MemberData(nameof(Metadata))]
    public async Task Metadata_of_another_shape_is_refused_wherever_an_object_comes_from(string metadata, string expected)
    {
        var one = $$"""{"kind":"ConfigMap","apiVersion":"v1","metadata":{{metadata}} }""";
        using var client = Answering(one);
        using var list = Answering($$"""{"kind":"ConfigMapList","metadata":{},"items":[{"metadata":{"name":"fine"} },{{one}}]}""");
        var value = KubeObject.Create(KnownResources.ConfigMaps, Key);
        var options = new WriteOptions { FieldManager = "kubefed" };

        await Refused(expected, () => client.GetAsync(KnownResources.ConfigMaps, Key, None));
        await Refused(expected, () => client.CreateAsync(KnownResources.ConfigMaps, value, options, None));
        await Refused(expected, () => client.ReplaceAsync(KnownResources.ConfigMaps, value, options, None));
        await Refused(expected, () => client.ApplyAsync(KnownResources.ConfigMaps, value, options, None));
        await Refused(expected, () => client.PatchAsync(KnownResources.ConfigMaps, Key, KubePatch.Merge([]), options, None));
        await Refused(expected, () => client.DeleteAsync(KnownResources.ConfigMaps, Key, DeleteOptions.Default, None));
        await Refused(expected, () => client.PostSubresourceAsync(KnownResources.ServiceAccounts, Key, "token", value, None));
        await Refused(expected, () => client.GetVersionAsync(None));
        await Refused("items[1]: " + expected, () => list.ListAsync(KnownResources.ConfigMaps, new ListQuery(), None));
        await Refused("items[1]: " + expected, () => list.ReadPagesAsync(KnownResources.ConfigMaps, new ListQuery(), item => 1, None).FirstAsync(None).AsTask());
    }

    [Theory]
    [InlineData("""{"kind":"Status","metadata":{},"status":"Success"}""", "it is a Status where a ConfigMap belongs")]
    [InlineData("""{"kind":"Secret","metadata":{"name":"a"}}""", "it is a Secret where a ConfigMap belongs")]
    [InlineData("""{"kind":4,"metadata":{"name":"a"}}""", "kind is 4 where a text belongs")]
    [InlineData("""{"metadata":{"name":"a"}}""", "it is of no kind where a ConfigMap belongs")]
    [InlineData("""{"kind":"ConfigMap","apiVersion":[],"metadata":{"name":"a"}}""", "apiVersion is a list where a text belongs")]
    [InlineData("""{"kind":"ConfigMap","metadata":{"name":"b\u202e"}}""", @"it is called 'b\u202e', not 'a'")]
    [InlineData("""{"kind":"ConfigMap"}""", "it has no metadata.name")]
    [InlineData("""{"kind":"ConfigMap","metadata":null}""", "it has no metadata.name")]
    public async Task Another_object_than_the_one_that_was_asked_for_is_refused(string body, string expected)
    {
        using var client = Answering(body);

        await Refused(expected, () => client.GetAsync(KnownResources.ConfigMaps, Key, None));
    }

    [Fact]
    public async Task Whoever_knows_only_a_path_takes_an_object_of_any_kind()
    {
        var unknown = KnownResources.ConfigMaps with { Kind = string.Empty };
        using var client = Answering("""{"kind":"ConfigMap","metadata":{"name":"a"}}""");
        using var other = Answering("""{"kind":"ConfigMap","metadata":{"name":"b"}}""");
        using var none = Answering("""{"metadata":{"name":"a"}}""");

        Assert.Equal("ConfigMap", (await client.GetAsync(unknown, Key, None)).Kind);
        await client.PatchAsync(unknown, Key, KubePatch.Merge([]), new WriteOptions { FieldManager = "kubefed" }, None);
        await Refused("it is called 'b', not 'a'", () => other.GetAsync(unknown, Key, None));
        await Refused("it is of no kind where an object belongs", () => none.GetAsync(unknown, Key, None));
    }

    // An empty list would be believed: everything is gone.
    [Theory]
    [InlineData("{}", "it has no items")]
    [InlineData("""{"kind":"Status","status":"Success"}""", "it has no items")]
    [InlineData("""{"items":4}""", "items is 4 where a list belongs")]
    [InlineData("""{"items":{"metadata":{"name":"a"}}}""", "items is a map where a list belongs")]
    [InlineData("""{"items":[null]}""", "items[0]: it is null where an object belongs")]
    [InlineData("""{"items":[4]}""", "items[0]: it is 4 where an object belongs")]
    [InlineData("""{"items":[{}]}""", "items[0]: it has no metadata.name")]
    [InlineData("""{"items":[{"metadata":{"name":""}}]}""", "items[0]: it has no metadata.name")]
    [InlineData("""{"items":[],"metadata":4}""", "metadata is 4 where a map belongs")]
    [InlineData("""{"items":[],"metadata":{"continue":4}}""", "metadata.continue is 4 where a text belongs")]
    [InlineData("""{"items":[],"metadata":{"resourceVersion":4}}""", "metadata.resourceVersion is 4 where a text belongs")]
    public async Task A_list_that_is_none_is_not_taken_for_an_empty_one(string body, string expected)
    {
        using var client = Answering(body);

        await Refused(expected, () => client.ListAsync(KnownResources.ConfigMaps, new ListQuery(), None));
        await Refused(expected, () => client.ReadPagesAsync(KnownResources.ConfigMaps, new ListQuery(), item => 1, None).FirstAsync(None).AsTask());
    }

    [Theory]
    [InlineData("""{"items":null}""")]
    [InlineData("""{"items":[],"metadata":null}""")]
    public async Task Null_is_an_empty_list_as_Go_writes_one(string body)
    {
        using var client = Answering(body);

        Assert.Empty((await client.ListAsync(KnownResources.ConfigMaps, new ListQuery(), None)).Items);
    }

    [Theory]
    [InlineData("""{"kind":"ConfigMap","kind":"ConfigMap","metadata":{"name":"a"}}""")]
    [InlineData("""{"kind":"ConfigMap","metadata":{"name":"a","labels":{"x":"1","x":"2"}}}""")]
    [InlineData("""{"kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"\ud83d"}}""")]
    [InlineData("""{"kind":"ConfigMap","metadata":{"name":"a"}""")]
    [InlineData("<html>log in</html>")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("4")]
    public async Task What_is_no_JSON_object_is_refused(string body)
    {
        using var client = Answering(body);

        Assert.Contains("not a Kubernetes object",
            (await Assert.ThrowsAsync<KubeConnectionException>(() => client.GetAsync(KnownResources.ConfigMaps, Key, None))).Message, StringComparison.Ordinal);
        Assert.IsType<KubeConnectionException>(await Record.ExceptionAsync(() => client.ListAsync(KnownResources.ConfigMaps, new ListQuery(), None)));
        Assert.IsType<KubeConnectionException>(await Record.ExceptionAsync(() => client.Discovery.GetAllAsync(None)));
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_and_values_deeper_than_any_schema_are_refused()
    {
        byte[] bytes = [.. """{"kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"""u8, (byte)'"', 0xc3, 0x28, (byte)'"', .. "}}"u8];
        using var latin = new FakeApi(() => new HttpResponseMessage { Content = new ByteArrayContent(bytes) }).Client();
        using var deep = Answering($$"""{"kind":"ConfigMap","metadata":{"name":"a"},"x":{{new string('[', 100_000)}}{{new string(']', 100_000)}} }""");

        await Assert.ThrowsAsync<KubeConnectionException>(() => latin.GetAsync(KnownResources.ConfigMaps, Key, None));
        await Assert.ThrowsAsync<KubeConnectionException>(() => deep.GetAsync(KnownResources.ConfigMaps, Key, None));
    }

    [Theory]
    [InlineData("/api", """{"kind":"APIVersions","versions":4}""", "versions is a single value where a list belongs")]
    [InlineData("/apis", """{"kind":"APIGroupList","groups":{}}""", "groups is a map where a list belongs")]
    [InlineData("/apis", """{"kind":"APIGroupDiscoveryList","items":"x"}""", "items is a single value where a list belongs")]
    [InlineData("/apis", "{}", "it has none of the lists of a discovery document")]
    public async Task Discovery_of_another_shape_is_not_taken_for_a_server_that_serves_nothing(string path, string body, string expected)
    {
        using var client = new FakeApi(sent => sent.Path == path ? FakeApi.Json(body) : FakeApi.Refuse(404, "NotFound")).Client();

        await Refused(expected, () => client.Discovery.GetAllAsync(None));
    }

    [Theory]
    [InlineData("""{"components":2}""", "components is a single value")]
    [InlineData("""{"components":{"schemas":[]}}""", "schemas is a list")]
    public async Task An_OpenAPI_document_of_another_shape_is_an_error_that_names_the_field(string body, string expected)
    {
        using var client = Answering(body);

        await Refused(expected, () => new OpenApiSchemas(client).HasFieldAsync(new GroupVersionKind("apps", "v1", "Deployment"), "spec.replicas", None));
    }

    [Theory]
    [InlineData("""{"x":{"x-kubernetes-group-version-kind":[{"group":"apps","version":"v1","kind":"Deployment"}],"allOf":[4]}}""")]
    [InlineData("""{"x":{"x-kubernetes-group-version-kind":[{"group":"apps","version":"v1","kind":"Deployment"}],"allOf":[null],"$ref":{}}}""")]
    [InlineData("""{"x":{"x-kubernetes-group-version-kind":[4,{"group":"apps","version":"v1","kind":"Deployment"}],"properties":4}}""")]
    [InlineData("""{"x":4}""")]
    public async Task A_schema_of_another_shape_says_nothing_of_its_fields(string schemas)
    {
        using var client = Answering($$"""{"components":{"schemas":{{schemas}} } }""");

        Assert.Null(await new OpenApiSchemas(client).HasFieldAsync(new GroupVersionKind("apps", "v1", "Deployment"), "spec.replicas", None) is true ? true : null);
    }

    [Theory]
    [InlineData("""{"type":"ADDED","object":{"kind":"ConfigMap","metadata":4}}""", "metadata is 4 where a map belongs")]
    [InlineData("""{"type":"ADDED","object":4}""", "it is 4 where an object belongs")]
    [InlineData("""{"type":4,"object":{}}""", "has no type and object")]
    [InlineData("<html>", "is not a JSON object")]
    public async Task A_watch_that_sends_the_same_odd_line_again_and_again_ends_with_an_error(string line, string expected)
    {
        var time = new ManualTime();
        var api = new FakeApi(() => new HttpResponseMessage { Content = new StringContent(line + "\n", Encoding.UTF8, "application/json") });
        using var client = api.Client(time: time);
        var watching = client.WatchAsync(KnownResources.ConfigMaps, new ListQuery(), "1", None).GetAsyncEnumerator(None).MoveNextAsync().AsTask();
        while (!watching.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        await Refused(expected, () => watching);
        Assert.Equal(3, api.Requests.Count);
    }

    [Theory]
    [InlineData("""{"kind":"Status","code":"x","reason":4,"message":[],"details":4}""")]
    [InlineData("""{"kind":"Status","details":{"causes":[4,null,{"field":4}],"retryAfterSeconds":"1"}}""")]
    [InlineData("""{"kind":"Status","details":{"causes":4,"retryAfterSeconds":1e300}}""")]
    [InlineData("[]")]
    [InlineData("{\"kind\":\"Status\",\"kind\":\"x\"}")]
    public async Task A_Status_of_another_shape_is_still_a_refusal(string body)
    {
        using var client = new FakeApi(() => FakeApi.Json(body, System.Net.HttpStatusCode.UnprocessableEntity)).Client();

        Assert.Equal(422, (await Assert.ThrowsAsync<KubeApiException>(() => client.GetAsync(KnownResources.ConfigMaps, Key, None))).Code);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_the_error_says_where_it_leads_without_what_it_carries()
    {
        var api = new FakeApi(() =>
        {
            var response = FakeApi.Json("<html>", System.Net.HttpStatusCode.Found);
            response.Headers.TryAddWithoutValidation("Location", "https://login.example/sso?state=s3cret");
            return response;
        });
        using var client = api.Client();

        var error = await Assert.ThrowsAsync<KubeApiException>(() => client.GetAsync(KnownResources.ConfigMaps, Key, None));

        Assert.Contains("redirects to https://login.example/sso,", error.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString() + error.Remedy, StringComparison.Ordinal);
        Assert.Single(api.Requests);
    }

    private static IKubeClient Answering(string body) => new FakeApi(() => FakeApi.Json(body)).Client();

    private static async Task Refused(string expected, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<KubeConnectionException>(call);

        Assert.Equal(ConnectionFailure.Malformed, error.Failure);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Same(error.Message, Printable.Of(error.Message));
    }
}
