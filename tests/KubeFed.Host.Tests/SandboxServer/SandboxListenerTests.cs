using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using KubeFed.Host.SandboxServer;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;
using KubeFed.Sandbox;

namespace KubeFed.Host.Tests.SandboxServer;

/// <summary>What goes over the wire between a listening sandbox and its clients.</summary>
public sealed class SandboxListenerTests : IAsyncLifetime
{
    private readonly Sandbox.Sandbox _sandbox = Sandbox.Sandbox.Start(new SandboxOptions { Clusters = ["host", "cluster1"] });
    private SandboxListener _listener = null!;

    private Uri Host => _listener.Clusters[0].Server;

    public async ValueTask InitializeAsync() => _listener = await SandboxListener.StartAsync(_sandbox, 0, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _sandbox.DisposeAsync();
    }

    [Fact]
    public async Task The_projects_own_client_works_through_the_kubeconfig()
    {
        var directory = Directory.CreateTempSubdirectory("kubefed-listener-");
        try
        {
            var path = Path.Combine(directory.FullName, "kubeconfig");
            await ListenerKubeconfig.WriteAsync(path, ListenerKubeconfig.Of(_listener.Clusters), TestContext.Current.CancellationToken);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            }

            using var client = new KubeClientFactory([]).Create(Settings(_listener.Clusters[1]));
            await client.CreateAsync(KnownResources.Namespaces, new KubeObject(new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["name"] = "made" } }), new WriteOptions(), TestContext.Current.CancellationToken);

            Assert.NotNull(_sandbox["cluster1"].Peek(KnownResources.Namespaces, new ObjectKey(null, "made")));
            Assert.Null(_sandbox["host"].Peek(KnownResources.Namespaces, new ObjectKey(null, "made")));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_watch_sends_its_headers_at_once_and_each_event_alone(string version)
    {
        using var http = Trusting(_sandbox.Host);
        var stop = TestContext.Current.CancellationToken;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Host, "/api/v1/namespaces/default/configmaps?watch=1&fieldSelector=metadata.name%3Dx"))
        {
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _sandbox.Host.AdminToken);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Version.Parse(version), response.Version);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(stop));

        _sandbox.Host.Seed(new KubeObject(new() { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["name"] = "x", ["namespace"] = "default" } }));
        Assert.StartsWith("""{"type":"ADDED","object":{""", await lines.ReadLineAsync(stop), StringComparison.Ordinal);
        _sandbox.Host.CloseWatches();
        Assert.Null(await lines.ReadLineAsync(stop));
    }

    [Fact]
    public async Task Nobody_and_a_wrong_token_are_told_apart()
    {
        using var http = Trusting(_sandbox.Host);

        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(http, "/api/v1/pods", null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(http, "/version", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(http, "/version", "wrong")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(http, "/version", _sandbox["cluster1"].AdminToken)).StatusCode);
    }

    [Fact]
    public async Task A_client_certificate_says_who_is_asking_if_this_clusters_authority_issued_it()
    {
        using var own = _sandbox.Host.IssueClientCertificate("ann", ["system:masters"]);
        using var plain = _sandbox.Host.IssueClientCertificate("bob", []);
        using var foreign = _sandbox["cluster1"].IssueClientCertificate("ann", ["system:masters"]);
        using var asAnn = Trusting(_sandbox.Host, own);
        using var asBob = Trusting(_sandbox.Host, plain);
        using var asStranger = Trusting(_sandbox.Host, foreign);

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(asAnn, "/api/v1/pods", null)).StatusCode);
        var refused = await GetAsync(asBob, "/api/v1/pods", null);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("User \\\"bob\\\" cannot list resource", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(asStranger, "/api/v1/pods", null)).StatusCode);
    }

    [Fact]
    public async Task A_clusters_certificate_is_good_for_no_other_authority()
    {
        using var http = Trusting(_sandbox["cluster1"]);

        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(http, "/version", null));
        Assert.Equal(HttpRequestError.SecureConnectionError, refused.HttpRequestError);
    }

    [Fact]
    public async Task A_service_accounts_ca_crt_is_the_authority_the_listener_shows()
    {
        var root = _sandbox.Host.Peek(KnownResources.ConfigMaps, new ObjectKey("default", "kube-root-ca.crt"));

        Assert.Equal(_sandbox.Host.CertificateAuthority, root?.Json["data"]?["ca.crt"]?.GetValue<string>());
        using var http = Trusting(_sandbox.Host);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(http, "/readyz", null)).StatusCode);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_answered_413_with_a_Status()
    {
        using var http = Trusting(_sandbox.Host);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Host, "/api/v1/namespaces/default/configmaps"))
        {
            Content = new ByteArrayContent(new byte[(3 << 20) + 1]),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _sandbox.Host.AdminToken);
        request.Headers.ExpectContinue = true;

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("limit is 3145728", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_offline_cluster_hangs_up()
    {
        using var http = Trusting(_sandbox.Host);
        _sandbox.Host.Offline = true;

        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(http, "/version", null));
    }

    private static ConnectionSettings Settings(ServedCluster served) => new()
    {
        Name = served.Cluster.Name,
        Server = served.Server,
        Credentials = new TokenCredentials(served.Cluster.AdminToken),
        CertificateAuthority = served.Cluster.CertificateAuthority,
    };

    private async Task<HttpResponseMessage> GetAsync(HttpClient http, string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Host, path));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>A client that trusts one cluster's authority and nothing else.</summary>
    private static HttpClient Trusting(SandboxCluster cluster, X509Certificate2? certificate = null)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPem(cluster.CertificateAuthority);
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        return new HttpClient(handler);
    }
}
