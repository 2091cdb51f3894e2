using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace KubeFed.Cluster.Tests.Servers;

/// <summary>The API spoken by hand, so that the tests of the servers do not depend on the client that other tests prove against them.</summary>
internal static class RawApi
{
    public static Task<JsonNode> GetAsync(HttpClient client, string path) => SendAsync(client, HttpMethod.Get, path, null, null);

    public static Task<JsonNode> CreateAsync(HttpClient client, string path, string body) => SendAsync(client, HttpMethod.Post, path, body, "application/json");

    public static Task<JsonNode> ApplyAsync(HttpClient client, string path, string manager, string body) =>
        SendAsync(client, HttpMethod.Patch, $"{path}?fieldManager={manager}", body, "application/apply-patch+yaml");

    public static Task<JsonNode> DeleteAsync(HttpClient client, string path) => SendAsync(client, HttpMethod.Delete, path, null, null);

    /// <summary>Asks until the answer satisfies; the test's own timeout ends a wait that is in vain.</summary>
    public static async Task<JsonNode> UntilAsync(HttpClient client, string path, Func<JsonNode, bool> satisfies)
    {
        while (true)
        {
            var answer = await GetAsync(client, path);
            if (satisfies(answer))
            {
                return answer;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<JsonNode> SendAsync(HttpClient client, HttpMethod method, string path, string? body, string? mediaType)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType!);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }
}
