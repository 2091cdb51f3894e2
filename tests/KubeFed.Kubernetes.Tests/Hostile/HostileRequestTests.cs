using System.Text.Json;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;
using KubeFed.TestSupport.Hostile;

namespace KubeFed.Kubernetes.Tests.Hostile;

/// <summary>Whatever stands in a part of a request, what leaves the process is that request or none.</summary>
public class HostileRequestTests
{
    private const int Values = 10_000;

    private static readonly CancellationToken None = CancellationToken.None;

    private static readonly ApiResource Maps = KnownResources.ConfigMaps;

    [Fact]
    public Task Ten_thousand_names() => EachAsync(
        (client, text) => client.GetAsync(Maps, new ObjectKey("ns", text), None), text => $"/api/v1/namespaces/ns/configmaps/{Uri.EscapeDataString(text)}");

    [Fact]
    public Task Ten_thousand_names_to_write() => EachAsync(
        (client, text) => client.ApplyAsync(Maps, KubeObject.Create(Maps, new ObjectKey("ns", text)), new WriteOptions { FieldManager = "m" }, None),
        text => $"/api/v1/namespaces/ns/configmaps/{Uri.EscapeDataString(text)}");

    [Fact]
    public Task Ten_thousand_namespaces() => EachAsync(
        (client, text) => client.DeleteAsync(Maps, new ObjectKey(text, "a"), DeleteOptions.Default, None), text => $"/api/v1/namespaces/{text}/configmaps/a");

    [Fact]
    public Task Ten_thousand_groups() => EachAsync(
        (client, text) => client.PatchAsync(Maps with { Group = text }, new ObjectKey("ns", "a"), KubePatch.Merge([]), WriteOptions.Default, None),
        text => text.Length == 0 ? "/api/v1/namespaces/ns/configmaps/a" : $"/apis/{text}/v1/namespaces/ns/configmaps/a");

    [Fact]
    public Task Ten_thousand_versions() => EachAsync(
        (client, text) => client.ReplaceAsync(Maps with { Version = text }, KubeObject.Create(Maps, new ObjectKey("ns", "a")), WriteOptions.Default, None),
        text => $"/api/{text}/namespaces/ns/configmaps/a");

    [Fact]
    public Task Ten_thousand_plurals() => EachAsync(
        (client, text) => client.CreateAsync(Maps with { Plural = text }, KubeObject.Create(Maps, new ObjectKey("ns", "a")), WriteOptions.Default, None),
        text => $"/api/v1/namespaces/ns/{text}");

    [Fact]
    public Task Ten_thousand_subresources() => EachAsync(
        (client, text) => client.PostSubresourceAsync(Maps, new ObjectKey("ns", "a"), text, new KubeObject([]), None),
        text => $"/api/v1/namespaces/ns/configmaps/a/{text}");

    [Fact]
    public Task Ten_thousand_field_managers_selectors_and_positions() => EachAsync(
        async (client, text) =>
        {
            var query = new ListQuery { Namespace = "ns", LabelSelector = text, FieldSelector = text, ResourceVersion = text };
            await client.ListAsync(Maps, query, None);
            await client.PatchAsync(Maps, new ObjectKey("ns", "a"), KubePatch.Merge([]), new WriteOptions { FieldManager = text }, None);
        },
        _ => "/api/v1/namespaces/ns/configmaps",
        "/api/v1/namespaces/ns/configmaps/a");

    [Fact]
    public Task Ten_thousand_groups_asked_of_discovery() => EachAsync(
        (client, text) => client.Discovery.FindAsync(new GroupVersionKind(text, "v1", "X"), None), text => $"/apis/{text}/v1", "/api", "/apis", "/api/v1");

    [Fact]
    public Task Ten_thousand_versions_asked_of_discovery() => EachAsync(
        (client, text) => client.Discovery.FindAsync(new GroupVersionKind("apps", text, "X"), None), text => $"/apis/apps/{text}", "/api", "/apis");

    [Fact]
    public async Task Ten_thousand_groups_versions_and_plurals_that_a_server_announces()
    {
        foreach (var chunk in HostileTexts.Values(Values).Chunk(500))
        {
            var groups = chunk.Select(text => new { name = text, versions = new[] { new { version = "v1" }, new { version = text } } });
            var resources = chunk.Select(text => new { name = text, kind = "X", namespaced = true });
            var api = new FakeApi(sent => FakeApi.Json(sent.Path switch
            {
                "/api" => JsonSerializer.Serialize(new { kind = "APIVersions", versions = chunk.Append("v1") }),
                "/apis" => JsonSerializer.Serialize(new { kind = "APIGroupList", groups }),
                _ => JsonSerializer.Serialize(new { kind = "APIResourceList", resources, items = Array.Empty<string>() }),
            }));
            using var client = api.Client();

            foreach (var resource in (await client.Discovery.GetAllAsync(None)).Resources)
            {
                await client.ListAsync(resource, new ListQuery(), None);
            }

            Assert.All(api.Requests, sent => Assert.True(IsPlain(sent.Url.AbsolutePath), sent.Url.AbsolutePath));
        }
    }

    /// <summary>Only segments that need no escape, none of them of dots.</summary>
    private static bool IsPlain(string path) =>
        path.Split('/').Skip(1).All(segment => segment.Length > 0 && segment is not ("." or "..") && segment.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.'));

    private static async Task EachAsync(Func<IKubeClient, string, Task> send, Func<string, string> path, params string[] others)
    {
        var api = new FakeApi(sent => FakeApi.Json("""{"kind":"X","apiVersion":"v1","metadata":{},"items":[],"groups":[],"resources":[]}"""));
        using var client = api.Client();
        var (sent, kept) = (0, 0);
        foreach (var text in HostileTexts.Values(Values))
        {
            try
            {
                await send(client, text);
            }
            catch (InvalidRequestException)
            {
                // Then nothing was sent.
            }

            catch (KubeConnectionException error) when (error.Failure == ConnectionFailure.Malformed)
            {
                // It was sent, and the fake's answer is not the object that was asked for.
            }

            var before = sent;
            while (api.Requests.TryDequeue(out var request))
            {
                sent += request.Url.AbsolutePath == path(text) ? 1 : 0;
                Assert.True(request.Url.AbsolutePath == path(text) || others.Contains(request.Url.AbsolutePath), $"{JsonSerializer.Serialize(text)}: {request.Url.AbsolutePath}");
                Assert.All(request.Url.AbsoluteUri, c => Assert.InRange(c, '!', '~'));
                Assert.Empty(request.Url.Fragment);
                Assert.Equal("c1.example", request.Url.Host);
            }

            kept += sent == before ? 1 : 0;
        }

        Assert.True(sent > 0 && kept > 0, $"{sent} were sent and {kept} were not: that proves nothing");
    }
}
