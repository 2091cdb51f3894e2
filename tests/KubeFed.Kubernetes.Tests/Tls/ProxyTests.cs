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
        Assert.Contains($"https://127.0.0.1:9 (through the proxy {scheme}://127.0.0.1:{proxy.Port})", error.Message, StringComparison.Ordinal);
        Assert.Equal("Check proxy-url.", error.Remedy);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http", null)]
    [InlineData("http", "kubernetes")]
    [InlineData("socks5", null)]
    [InlineData("socks5", "kubernetes")]
    [InlineData("socks5h", null)]
    [InlineData("socks5h", "kubernetes")]
    public async Task The_environments_proxy_is_used_for_another_machine(string scheme, string? name)
    {
        await using var api = await TlsApi.StartAsync(Root.Server(name ?? "api.example"));
        await using var proxy = scheme == "http" ? LoopbackProxy.Http(leadsTo: api.Server.Port) : LoopbackProxy.Socks(leadsTo: api.Server.Port);
        using var client = Client($"HTTPS_PROXY={scheme}://u:p@127.0.0.1:{proxy.Port} NO_PROXY=10.0.0.0/8,other.example", "https://api.example:6443", name);

        await client.GetVersionAsync(CancellationToken.None);

        Assert.StartsWith("api.example:6443", Assert.Single(proxy.Tunnels.Distinct()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", "", null)]
    [InlineData("127.0.0.1", "", "kubernetes")]
    [InlineData("localhost", "", null)]
    [InlineData("localhost", "x.example", "kubernetes")]
    public async Task The_environments_proxy_is_never_used_for_this_machine(string host, string exceptions, string? name)
    {
        await using var api = await TlsApi.StartAsync(Root.Server(name ?? host));
        await using var proxy = LoopbackProxy.Http();
        using var client = Client(
            $"HTTPS_PROXY=http://127.0.0.1:{proxy.Port} ALL_PROXY=http://127.0.0.1:{proxy.Port} NO_PROXY={exceptions}", $"https://{host}:{api.Server.Port}", name);

        await client.GetVersionAsync(CancellationToken.None);

        Assert.Empty(proxy.Tunnels);
    }

    [Theory]
    [InlineData("NO_PROXY=.example")]
    [InlineData("no_proxy=*.example:6443")]
    [InlineData("NO_PROXY=*")]
    [InlineData("ALL_PROXY=PROXY HTTPS_PROXY=")]
    [InlineData("HTTP_PROXY=PROXY HTTPS_PROXY=")]
    public async Task An_exception_is_spoken_to_directly(string variables)
    {
        await using var proxy = LoopbackProxy.Http();
        var address = $"http://127.0.0.1:{proxy.Port}";
        using var client = Client($"HTTPS_PROXY={address} {variables.Replace("PROXY ", address + " ", StringComparison.Ordinal)}", "https://api.kubefed.example:6443", null);

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => client.GetVersionAsync(CancellationToken.None));

        Assert.DoesNotContain("through the proxy", error.Message, StringComparison.Ordinal);
        Assert.Empty(proxy.Tunnels);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("kubernetes")]
    public async Task An_error_through_the_environments_proxy_names_it_and_its_variable_without_the_password(string? name)
    {
        int port;
        await using (var gone = LoopbackProxy.Http())
        {
            port = gone.Port;
        }

        await using var refusing = LoopbackProxy.Http("407 Proxy \u001b[31mAuthentication");
        using var unreachable = Client($"HTTPS_PROXY=http://u:s3cret@127.0.0.1:{port}", "https://api.example:6443", name);
        using var refused = Client($"https_proxy=http://u:s3cret@127.0.0.1:{refusing.Port}", "https://api.example:6443", name);

        foreach (var (client, at) in new[] { (unreachable, port), (refused, refusing.Port) })
        {
            var error = await Assert.ThrowsAsync<KubeConnectionException>(() => client.GetVersionAsync(CancellationToken.None));

            Assert.Contains($"https://api.example:6443 (through the proxy http://127.0.0.1:{at})", error.Message, StringComparison.Ordinal);
            Assert.Equal("Check the environment's HTTPS_PROXY, or name api.example in NO_PROXY.", error.Remedy);
            Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', error.Message);
        }
    }

    private static IKubeClient Client(string variables, string server, string? name)
    {
        var set = variables.Split(' ').Select(pair => pair.Split('=', 2)).GroupBy(pair => pair[0]).ToDictionary(pair => pair.Key, pair => pair.Last()[1]);
        return new KubeClientFactory(environment: variable => set.GetValueOrDefault(variable)).Create(
            new ConnectionSettings { Name = "c1", Server = new Uri(server), CertificateAuthority = Root.Pem, TlsServerName = name });
    }

    [Fact]
    public void A_proxy_of_another_kind_is_a_configuration_error() =>
        Assert.Throws<KubeConfigException>(() => new KubeClientFactory().Create(FakeApi.Settings with { Proxy = new Uri("ftp://p") }));
}
