using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Kubernetes.Tests.Authentication;

public class CredentialTests
{
    [Fact]
    public async Task Each_credential_is_sent_in_its_form()
    {
        Assert.Null(await AuthorizationAsync(new AnonymousCredentials()));
        Assert.Equal("Bearer t", await AuthorizationAsync(new TokenCredentials("t")));
        Assert.Equal("Basic dTpww6Q=", await AuthorizationAsync(new BasicCredentials("u", "pä")));
    }

    [Fact]
    public async Task A_token_file_is_read_anew_within_the_minute_it_rotates_in()
    {
        using var folder = new TempFolder();
        var path = folder.Write("token", " one\n");
        var time = new ManualTime();
        var api = Version();
        using var client = api.Client(FakeApi.Settings with { Credentials = new TokenFileCredentials(path) }, time);

        await client.GetVersionAsync(CancellationToken.None);
        folder.Write("token", "two");
        time.Advance(TimeSpan.FromSeconds(49));
        await client.GetVersionAsync(CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(1));
        await client.GetVersionAsync(CancellationToken.None);
        File.Delete(path);
        time.Advance(TimeSpan.FromSeconds(60));
        await client.GetVersionAsync(CancellationToken.None); // a rotation under way: the last good token goes on

        Assert.Equal(["Bearer one", "Bearer one", "Bearer two", "Bearer two"], api.Requests.Select(sent => sent.Headers["Authorization"]));
    }

    [Fact]
    public async Task A_401_makes_the_token_file_be_read_at_once()
    {
        using var folder = new TempFolder();
        var path = folder.Write("token", "one");
        var api = new FakeApi(sent => sent.Headers["Authorization"] == "Bearer two" ? Ok() : Rotate());
        using var client = api.Client(FakeApi.Settings with { Credentials = new TokenFileCredentials(path) });

        await client.GetVersionAsync(CancellationToken.None);

        Assert.Equal(2, api.Requests.Count);

        HttpResponseMessage Rotate()
        {
            folder.Write("token", "two");
            return FakeApi.Refuse(401, "Unauthorized");
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" \n")]
    public async Task A_token_file_that_never_could_be_read_is_an_error_with_its_path(string? content)
    {
        using var folder = new TempFolder();
        var path = content is null ? Path.Combine(folder.Path, "token") : folder.Write("token", content);
        using var client = Version().Client(FakeApi.Settings with { Credentials = new TokenFileCredentials(path) });

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => client.GetVersionAsync(CancellationToken.None));

        Assert.Equal(ConnectionFailure.Credentials, error.Failure);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fixed_token_is_not_tried_twice()
    {
        var api = new FakeApi(() => FakeApi.Refuse(401, "Unauthorized"));
        using var client = api.Client(FakeApi.Settings with { Credentials = new TokenCredentials("s3cret") });

        var error = await Assert.ThrowsAsync<KubeApiException>(() => client.GetVersionAsync(CancellationToken.None));

        Assert.Single(api.Requests);
        Assert.Contains("Renew the credentials", error.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Impersonation_is_sent_as_headers_with_escaped_keys()
    {
        var api = Version();
        using var client = api.Client(FakeApi.Settings with
        {
            Impersonation = new Impersonation("jane")
            {
                Uid = "7", Groups = ["a", "b"], Extra = new Dictionary<string, IReadOnlyList<string>> { ["acme.com/a b%"] = ["x", "y"] },
            },
        });

        await client.GetVersionAsync(CancellationToken.None);

        var headers = Assert.Single(api.Requests).Headers;
        Assert.Equal(("jane", "7", "a, b", "x, y"),
            (headers["Impersonate-User"], headers["Impersonate-Uid"], headers["Impersonate-Group"], headers["Impersonate-Extra-acme.com%2Fa%20b%25"]));
    }

    private static async Task<string?> AuthorizationAsync(Credentials credentials)
    {
        var api = Version();
        using var client = api.Client(FakeApi.Settings with { Credentials = credentials });
        await client.GetVersionAsync(CancellationToken.None);
        return Assert.Single(api.Requests).Headers.GetValueOrDefault("Authorization");
    }

    private static HttpResponseMessage Ok() => FakeApi.Json("""{"major":"1","minor":"30","gitVersion":"v"}""");

    private static FakeApi Version() => new(() => Ok());
}
