using System.Net.Sockets;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Kubernetes.Tests.Client;

/// <summary>What is ridden out, and what is not because it may have been done.</summary>
public class PatientClientTests
{
    private const string Found = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"ns"}}""";

    private const string Listed = """{"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"a","namespace":"ns"}}]}""";

    private static readonly ObjectKey Key = new("ns", "a");

    private static readonly WriteOptions Mine = new() { FieldManager = "me" };

    private static CancellationToken None => TestContext.Current.CancellationToken;

    public static TheoryData<int, string> Passing { get; } = new()
    {
        { 429, "too many requests" },
        { 503, "the server is currently unable to handle the request" },
        { 500, "etcdserver: leader changed" },
        { 500, "rpc error: code = Unavailable desc = transport is closing" },
    };

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task Reads_applies_and_repeatable_writes_ride_it_out(int code, string message)
    {
        Func<IKubeClient, Task>[] calls =
        [
            client => client.GetAsync(KnownResources.ConfigMaps, Key, None),
            client => client.FindAsync(KnownResources.ConfigMaps, Key, None),
            client => client.ApplyAsync(KnownResources.ConfigMaps, KubeObject.Parse(Found), Mine, None),
            client => client.CreateAsync(KnownResources.ConfigMaps, KubeObject.Parse(Found), Mine with { Repeatable = true }, None),
            client => client.CreateAsync(KnownResources.ConfigMaps, KubeObject.Parse(Found), Mine with { DryRun = true }, None),
        ];
        foreach (var call in calls)
        {
            var (api, client, time) = Start(Refuse(code, message), Refuse(code, message), () => FakeApi.Json(Found));
            await call(client);
            Assert.Equal(3, api.Requests.Count);
            Assert.Equal(2, time.Slept.Count);
        }

        foreach (var list in (Func<IKubeClient, Task<int>>[])[
            async client => (await client.ListAsync(KnownResources.ConfigMaps, new ListQuery(), None)).Items.Count,
            async client => await client.ListPagesAsync(KnownResources.ConfigMaps, new ListQuery(), None).Select(page => page.Items.Count).SumAsync(None),
            async client => await client.ReadPagesAsync(KnownResources.ConfigMaps, new ListQuery(), _ => 1, None).Select(page => page.Count).SumAsync(None)])
        {
            var (_, client, _) = Start(Refuse(code, message), () => FakeApi.Json(Listed));
            Assert.Equal(1, await list(client));
        }
    }

    [Theory]
    [InlineData(500, "Internal error occurred: failed calling webhook")]
    [InlineData(403, "etcdserver: not you")]
    [InlineData(409, "the object has been modified")]
    public async Task Any_other_refusal_is_final(int code, string message)
    {
        var (api, client, _) = Start(Refuse(code, message));
        await Assert.ThrowsAsync<KubeApiException>(() => client.GetAsync(KnownResources.ConfigMaps, Key, None));
        await Assert.ThrowsAsync<KubeApiException>(() => client.ApplyAsync(KnownResources.ConfigMaps, KubeObject.Parse(Found), Mine, None));
        Assert.Equal(2, api.Requests.Count);
    }

    [Fact]
    public async Task A_write_that_may_have_been_carried_out_is_not_made_again()
    {
        Func<IKubeClient, Task>[] refused =
        [
            client => client.CreateAsync(KnownResources.ConfigMaps, KubeObject.Parse(Found), Mine, None),
            client => client.ReplaceAsync(KnownResources.ConfigMaps, KubeObject.Parse(Found), Mine, None),
            client => client.PatchAsync(KnownResources.ConfigMaps, Key, KubePatch.Merge([]), Mine, None),
            client => client.DeleteAsync(KnownResources.ConfigMaps, Key, DeleteOptions.Default, None),
        ];
        foreach (var call in refused)
        {
            var (api, client, _) = Start(Refuse(503, "away"));
            await Assert.ThrowsAsync<KubeApiException>(() => call(client));
            Assert.Single(api.Requests);
        }

        var (lost, writer, _) = Start(Reset);
        await Assert.ThrowsAsync<KubeConnectionException>(() => writer.ApplyAsync(KnownResources.ConfigMaps, KubeObject.Parse(Found), Mine, None));
        Assert.Single(lost.Requests);
    }

    [Fact]
    public async Task A_repeatable_write_is_made_again_when_its_answer_was_lost()
    {
        var (api, client, _) = Start(Reset, () => FakeApi.Json(Found));
        await client.CreateAsync(KnownResources.ConfigMaps, KubeObject.Parse(Found), Mine with { Repeatable = true }, None);
        Assert.Equal(2, api.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_stays_away_is_told_after_some_seconds()
    {
        var (api, client, time) = Start(Refuse(503, "away"));
        Assert.Equal(503, (await Assert.ThrowsAsync<KubeApiException>(() => client.GetAsync(KnownResources.ConfigMaps, Key, None))).Code);
        Assert.Equal(8, api.Requests.Count);
        Assert.InRange(time.Slept.Sum(slept => slept.TotalSeconds), 5, 20);
    }

    private static Func<HttpResponseMessage> Refuse(int code, string message) => () => FakeApi.Refuse(code, "Whatever", message: message);

    private static HttpResponseMessage Reset() =>
        throw new HttpRequestException("reset", new IOException("reset", new SocketException((int)SocketError.ConnectionReset)));

    private static (FakeApi Api, IKubeClient Client, ManualTime Time) Start(params Func<HttpResponseMessage>[] answers)
    {
        var time = new ManualTime { AutoAdvance = TimeSpan.FromSeconds(10) };
        var api = new FakeApi(answers);
        return (api, new PatientClient(api.Client(FakeApi.Settings with { Timeout = TimeSpan.FromMinutes(5) }, time), time), time);
    }
}
