using System.Text;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;
using KubeFed.Kubernetes.Watching;

namespace KubeFed.Kubernetes.Tests.Client;

/// <summary>How much one server may make this process read and hold.</summary>
public class AnswerLimitTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly ResponseLimits OneMiB = new() { MaxBodyBytes = 1 << 20 };

    [Fact]
    public async Task An_answer_beyond_the_limit_is_an_error_that_names_the_setting()
    {
        using var client = Client(() => Endless("""{"kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"""), OneMiB);

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => client.GetAsync(KnownResources.ConfigMaps, new ObjectKey("ns", "a"), None));

        Assert.Equal(ConnectionFailure.TooLong, error.Failure);
        Assert.Contains("longer than 1 MiB", error.Message, StringComparison.Ordinal);
        Assert.Contains("KUBEFED_MAX_RESPONSE_MIB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_announced_length_is_neither_believed_nor_given_room()
    {
        using var client = Client(
            () =>
            {
                var response = new HttpResponseMessage { Content = new StreamContent(new MemoryStream("{}"u8.ToArray())) };
                response.Content.Headers.ContentLength = 2_000_000_000;
                return response;
            },
            new ResponseLimits());

        Assert.Equal(ConnectionFailure.TooLong, (await Assert.ThrowsAsync<KubeConnectionException>(() => client.GetVersionAsync(None))).Failure);
    }

    [Fact]
    public async Task A_list_of_large_objects_is_read_in_smaller_pages()
    {
        var big = new string('x', 300_000);
        var api = new FakeApi(sent =>
        {
            var (start, size) = (int.Parse(sent.Query.GetValueOrDefault("continue", "0")), int.Parse(sent.Query["limit"]));
            var items = Enumerable.Range(start, Math.Min(size, 10 - start)).Select(i => $$"""{"metadata":{"name":"c{{i}}"},"data":{"x":"{{big}}"} }""");
            var next = start + size < 10 ? $"{start + size}" : string.Empty;
            return FakeApi.Json($$"""{"metadata":{"resourceVersion":"1","continue":"{{next}}"},"items":[{{string.Join(',', items)}}]}""");
        });
        using var client = api.Client(FakeApi.Settings with { Limits = new ResponseLimits { MaxBodyBytes = 1 << 20 } });

        var list = await client.ListAsync(KnownResources.ConfigMaps, new ListQuery { PageSize = 8 }, None);

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"c{i}"), list.Items.Select(item => item.Name));
        Assert.Equal(["8", "2", "2", "2", "2", "2"], api.Requests.Select(sent => sent.Query["limit"]));
    }

    [Fact]
    public async Task A_server_that_takes_no_notice_of_the_page_size_ends_with_the_error()
    {
        var requests = 0;
        using var client = Client(
            () =>
            {
                requests++;
                return Endless("""{"items":[{"metadata":{"name":"a"},"x":""");
            },
            OneMiB);

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => client.ListAsync(KnownResources.ConfigMaps, new ListQuery(), None));

        Assert.Equal((ConnectionFailure.TooLong, 5), (error.Failure, requests));
    }

    [Theory]
    [InlineData("same")]
    [InlineData("cycle")]
    [InlineData("long")]
    [InlineData("fresh")]
    public async Task A_list_without_end_ends(string kind)
    {
        var page = 0;
        var limits = new ResponseLimits { MaxListPages = 50 };
        using var client = Client(
            () => Page(kind switch { "same" => "t", "cycle" => $"t{page++ % 3}", "long" => new string('t', 100_000), _ => $"t{page++}" }, $"c{page}"), limits);

        var error = await Assert.ThrowsAsync<KubeConnectionException>(async () =>
        {
            await foreach (var _ in client.ReadPagesAsync(KnownResources.ConfigMaps, new ListQuery(), item => 1, None))
            {
            }
        });

        Assert.Equal(ConnectionFailure.TooLong, error.Failure);
        Assert.Contains(kind switch { "fresh" => "MaxListPages", "long" => "100000 characters", _ => "has been sent before" }, error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<KubeConnectionException>(() => client.ListAsync(KnownResources.ConfigMaps, new ListQuery(), None));
    }

    [Fact]
    public async Task A_list_has_a_time_a_size_and_a_number_of_objects()
    {
        var time = new ManualTime();
        var page = 0;
        var slow = new FakeApi(() =>
        {
            time.Advance(TimeSpan.FromSeconds(20));
            return Page($"t{page++}", "a");
        });
        using var timed = slow.Client(FakeApi.Settings with { Limits = new ResponseLimits { MaxListTime = TimeSpan.FromMinutes(1) } }, time);
        using var sized = Client(() => Page($"t{page++}", "a", new string('x', 500_000)), OneMiB);
        using var many = Client(() => Page(string.Empty, [.. Enumerable.Range(0, 11).Select(i => $"a{i}")]), new ResponseLimits { MaxListItems = 10 });
        using var more = Client(() => Page($"t{page++}", "a", "b", "c", "d"), new ResponseLimits { MaxListItems = 10 });

        Assert.Contains("KUBEFED_MAX_LIST_MINUTES", await MessageAsync(timed), StringComparison.Ordinal);
        Assert.Equal(4, slow.Requests.Count);
        Assert.Contains("KUBEFED_MAX_RESPONSE_MIB", await MessageAsync(sized), StringComparison.Ordinal);
        Assert.Contains("KUBEFED_MAX_LIST_ITEMS", await MessageAsync(many), StringComparison.Ordinal);
        Assert.Contains("KUBEFED_MAX_LIST_ITEMS", await MessageAsync(more), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_holds_no_more_objects_than_a_list()
    {
        var time = new ManualTime();
        var lines = string.Concat(Enumerable.Range(0, 50).Select(i => $$"""{"type":"ADDED","object":{"metadata":{"name":"c{{i}}","resourceVersion":"{{i + 2}}"} } }""" + "\n"));
        var api = new FakeApi(sent => sent.Query.ContainsKey("watch") ? new HttpResponseMessage { Content = new StringContent(lines) } : Page(string.Empty, "a"));
        using var client = api.Client(FakeApi.Settings with { Limits = new ResponseLimits { MaxListItems = 10 } }, time);
        using var stop = new CancellationTokenSource();
        KubeException? trouble = null;
        var informer = Informers.OfVersions(client, KnownResources.ConfigMaps, new ListQuery(), time, onTrouble: error =>
        {
            trouble = error;
            stop.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in informer.RunAsync(stop.Token))
            {
            }
        });

        Assert.Contains("KUBEFED_MAX_LIST_ITEMS", trouble!.Message, StringComparison.Ordinal);
        Assert.Equal(10, informer.Count);
    }

    [Theory]
    [InlineData("KUBEFED_MAX_RESPONSE_MIB", "0")]
    [InlineData("KUBEFED_MAX_RESPONSE_MIB", "1025")]
    [InlineData("KUBEFED_MAX_LIST_ITEMS", "many")]
    [InlineData("KUBEFED_MAX_LIST_MINUTES", "-1")]
    public void A_limit_that_is_none_is_an_error_that_names_the_variable(string name, string value)
    {
        var error = Assert.Throws<KubeConfigException>(() => ResponseLimits.FromEnvironment(asked => asked == name ? value : null));

        Assert.Contains($"{name} is '{value}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_sets_the_limits()
    {
        var limits = ResponseLimits.FromEnvironment(name => name switch
        {
            "KUBEFED_MAX_RESPONSE_MIB" => "2",
            "KUBEFED_MAX_LIST_ITEMS" => "3",
            "KUBEFED_MAX_LIST_MINUTES" => "4",
            _ => null,
        });

        Assert.Equal((2L << 20, 16L << 20, 3, TimeSpan.FromMinutes(4)), (limits.MaxBodyBytes, limits.MaxListBytes, limits.MaxListItems, limits.MaxListTime));
    }

    private static async Task<string> MessageAsync(IKubeClient client)
    {
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => client.ListAsync(KnownResources.ConfigMaps, new ListQuery(), None));
        Assert.Equal(ConnectionFailure.TooLong, error.Failure);
        return error.Message;
    }

    private static IKubeClient Client(Func<HttpResponseMessage> answer, ResponseLimits limits) =>
        new FakeApi(answer).Client(FakeApi.Settings with { Limits = limits });

    private static HttpResponseMessage Page(string next, params string[] names) => FakeApi.Json(
        $$"""{"metadata":{"resourceVersion":"1","continue":"{{next}}"},"items":[{{string.Join(',', names.Select(name => $$"""{"metadata":{"name":"{{name}}"} }"""))}}]}""");

    /// <summary>A body that goes on for ever, in one string.</summary>
    private static HttpResponseMessage Endless(string start) => new() { Content = new StreamContent(new EndlessStream(Encoding.UTF8.GetBytes(start + "\""))) };

    private sealed class EndlessStream(byte[] start) : MemoryStream(start)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = Read(buffer.Span);
            if (read == 0)
            {
                buffer.Span.Fill((byte)'x');
                read = buffer.Length;
            }

            return ValueTask.FromResult(read);
        }
    }
}
