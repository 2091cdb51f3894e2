using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Kubernetes.Tests.Tls;

public class ProxyTests
{
    private static readonly TestAuthority Root = new("root");

    // With and without tls-server-name, since that path speaks to proxies itself. E-154: other TLS settings do not switch the proxy off.
    [Theory]
    [InlineData("http", null, TlsChecksDisabled.None)]
    [InlineData("http", "kubernetes", TlsChecksDisabled.None)]
    [InlineData("socks5", null, TlsChecksDisabled.None)]
    [InlineData("socks5", "kubernetes", TlsChecksDisabled.None)]
    [InlineData("http", null, TlsChecksDisabled.ValidityPeriod)]
    [InlineData("http", null, TlsChecksDisabled.All)]
    public async Task A_proxy_is_used_whatever_the_TLS_settings(string scheme, string? name, TlsChecksDisabled disabled)
    {
        await using var api = await TlsApi.StartAsync(Root.Server(name ?? "127.0.0.1"));
        await using var proxy = scheme == "http" ? LoopbackProxy.Http() : LoopbackProxy.Socks();
        using var client = new KubeClientFactory().Create(api.Settings(disabled == TlsChecksDisabled.All ? null : Root.Pem) with
        {
            Proxy = new Uri($"{scheme}://127.0.0.1:{proxy.Port}"), TlsServerName = name, TlsChecksDisabled = disabled,
        });

        await client.GetVersionAsync(CancellationToken.None);

        Assert.Equal($"127.0.0.1:{api.Server.Port}", Assert.Single(proxy.Tunnels).Trim());
    }

    [Theory]
    [InlineData("http", null)]
    [InlineData("http", "kubernetes")]
    [InlineData("socks5", null)]
    [InlineData("socks5", "kubernetes")]
    public async Task User_and_password_of_the_proxy_are_given_to_it(string scheme, string? name)
    {
        await using var api = await TlsApi.StartAsync(Root.Server(name ?? "127.0.0.1"));
        await using var proxy = scheme == "http" ? LoopbackProxy.Http(authenticate: true) : LoopbackProxy.Socks(authenticate: true);
        using var client = new KubeClientFactory().Create(
            api.Settings(Root.Pem) with { Proxy = new Uri($"{scheme}://u:p@127.0.0.1:{proxy.Port}"), TlsServerName = name });

        await client.GetVersionAsync(CancellationToken.None);

        Assert.EndsWith(" u:p", proxy.Tunnels[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http", null)]
    [InlineData("http", "kubernetes")]
    [InlineData("socks5", null)]
    [InlineData("socks5", "kubernetes")]
    public async Task A_proxy_that_refuses_is_reported_without_its_password(string scheme, string? name)
    {
        await using var proxy = scheme == "http" ? LoopbackProxy.Http("403 Forbidden") : LoopbackProxy.Socks(answer: 2);
        using var client = new KubeClientFactory().Create(new ConnectionSettings
        {
            Name = "c1", Server = new Uri("https://127.0.0.1:9"), CertificateAuthority = Root.Pem,
                Proxy = new Uri($"{scheme}://u:s3cret@127.0.0.1:{proxy.Port}"), TlsServerName = name,
        });

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => client.GetVersionAsync(CancellationToken.None));

        Assert.Equal(ConnectionFailure.Unreachable, error.Failure);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_proxy_of_another_kind_is_a_configuration_error() =>
        Assert.Throws<KubeConfigException>(() => new KubeClientFactory().Create(FakeApi.Settings with { Proxy = new Uri("ftp://p") }));
}
