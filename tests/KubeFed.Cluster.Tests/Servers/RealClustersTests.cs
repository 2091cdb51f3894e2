using System.Net;
using KubeFed.TestSupport.Servers;

namespace KubeFed.Cluster.Tests.Servers;

[Collection(nameof(RealServers))]
public sealed class RealClustersTests(TwoClusters servers)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task Clusters_start_and_answer_readyz()
    {
        var clusters = await servers.GetAsync(Cancel);

        foreach (var cluster in clusters.Clusters)
        {
            using var client = cluster.CreateClient();
            Assert.Equal("ok", await client.GetStringAsync("readyz", Cancel));
        }
    }

    [Fact(Timeout = 240_000)]
    public async Task Each_cluster_has_data_of_its_own()
    {
        var clusters = await servers.GetAsync(Cancel);
        using var first = clusters[0].CreateClient();
        using var second = clusters[1].CreateClient();

        await RawApi.CreateAsync(first, "api/v1/namespaces/default/configmaps", """{"metadata":{"name":"only-in-the-first"},"data":{"a":"1"}}""");

        Assert.Equal("1", (string?)(await RawApi.GetAsync(first, "api/v1/namespaces/default/configmaps/only-in-the-first"))["data"]?["a"]);
        Assert.Equal(404, (int?)(await RawApi.GetAsync(second, "api/v1/namespaces/default/configmaps/only-in-the-first"))["code"]);
    }

    [Fact(Timeout = 240_000)]
    public async Task No_cluster_trusts_the_certificates_of_another()
    {
        var clusters = await servers.GetAsync(Cancel);
        using var stranger = clusters[0].CreateClient(clusters[1].Admin);
        using var deceived = (clusters[0] with { CertificateAuthority = clusters[1].CertificateAuthority }).CreateClient();

        using var refused = await stranger.GetAsync("api/v1/namespaces", Cancel);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        var untrusted = await Assert.ThrowsAsync<HttpRequestException>(() => deceived.GetAsync("readyz", Cancel));
        Assert.Equal(HttpRequestError.SecureConnectionError, untrusted.HttpRequestError);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_user_without_a_role_is_forbidden_and_an_expired_one_is_not_known()
    {
        var clusters = await servers.GetAsync(Cancel);
        using var nobody = clusters[0].CreateClient(clusters.IssueClientCertificate(0, "nobody", ["visitors"]));
        using var expired = clusters[0].CreateClient(clusters.IssueClientCertificate(0, "late", ["system:masters"], TimeSpan.FromDays(-1)));

        using var forbidden = await nobody.GetAsync("api/v1/namespaces/default/secrets", Cancel);
        using var unknown = await expired.GetAsync("api/v1/namespaces/default/secrets", Cancel);

        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_stopped_server_refuses_and_comes_back_on_the_same_port_with_its_data()
    {
        var clusters = await servers.GetAsync(Cancel);
        using var client = clusters[1].CreateClient();
        await RawApi.CreateAsync(client, "api/v1/namespaces/default/configmaps", """{"metadata":{"name":"survivor"}}""");
        using var other = clusters[0].CreateClient();

        await clusters.StopServerAsync(1);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("readyz", Cancel));
        var neighbour = await other.GetStringAsync("readyz", Cancel);
        await clusters.StartServerAsync(1, Cancel);

        Assert.Equal(HttpRequestError.ConnectionError, refused.HttpRequestError);
        Assert.Equal("ok", neighbour);
        Assert.Equal("survivor", (string?)(await RawApi.GetAsync(client, "api/v1/namespaces/default/configmaps/survivor"))["metadata"]?["name"]);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_paused_server_takes_connections_and_says_nothing_until_it_is_resumed()
    {
        var clusters = await servers.GetAsync(Cancel);
        using var client = clusters[1].CreateClient();
        await client.GetStringAsync("readyz", Cancel);

        clusters.PauseServer(1);
        var answer = client.GetStringAsync("readyz", Cancel);
        var first = await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(500), Cancel));
        clusters.ResumeServer(1);

        Assert.NotSame(answer, first);
        Assert.Equal("ok", await answer);
    }

    [Fact(Timeout = 240_000)]
    public async Task The_kubeconfig_names_one_context_for_each_cluster()
    {
        var clusters = await servers.GetAsync(Cancel);

        Assert.Equal(clusters.KubeconfigYaml, await File.ReadAllTextAsync(clusters.KubeconfigPath, Cancel));
        Assert.Contains("current-context: cluster1\n", clusters.KubeconfigYaml, StringComparison.Ordinal);
        foreach (var cluster in clusters.Clusters)
        {
            Assert.Contains($"- name: {cluster.Name}\n  context:\n", clusters.KubeconfigYaml, StringComparison.Ordinal);
            Assert.Contains($"server: https://127.0.0.1:{cluster.Server.Port}\n", clusters.KubeconfigYaml, StringComparison.Ordinal);
        }
    }
}
