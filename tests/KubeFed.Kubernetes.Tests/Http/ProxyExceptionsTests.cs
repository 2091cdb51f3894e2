using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Http;

namespace KubeFed.Kubernetes.Tests.Http;

/// <summary>The values are those of golang.org/x/net/http/httpproxy, by which kubectl chooses.</summary>
public class ProxyExceptionsTests
{
    [Theory]
    [InlineData("https://localhost:6443", "")]
    [InlineData("https://LOCALHOST", "")]
    [InlineData("https://127.0.0.1:6443", "")]
    [InlineData("https://127.9.8.7", "")]
    [InlineData("https://[::1]:6443", "")]
    [InlineData("https://[::ffff:127.0.0.1]", "")]
    [InlineData("https://api.example.com", "*")]
    [InlineData("https://10.1.2.3", " other , * ")]
    [InlineData("https://10.1.2.3", "10.0.0.0/8")]
    [InlineData("https://10.1.2.3", "10.9.9.9/8")]
    [InlineData("https://10.1.2.3", "192.168.0.0/16,10.1.2.2/31")]
    [InlineData("https://10.1.2.3", "0.0.0.0/0")]
    [InlineData("https://[fd00::1]", "fd00::/8")]
    [InlineData("https://[::ffff:10.1.2.3]", "10.0.0.0/8")]
    [InlineData("https://10.1.2.3", "10.1.2.3")]
    [InlineData("https://10.1.2.3:6443", "10.1.2.3:6443")]
    [InlineData("https://[fd00::1]:6443", "fd00::1")]
    [InlineData("https://[fd00::1]:6443", "[fd00::1]:6443")]
    [InlineData("https://example.com", "example.com")]
    [InlineData("https://API.Example.COM", "example.com")]
    [InlineData("https://api.example.com", "EXAMPLE.com")]
    [InlineData("https://a.b.example.com", ".example.com")]
    [InlineData("https://a.b.example.com", "*.example.com")]
    [InlineData("https://api.example.com", "example.com:443")]
    [InlineData("https://api.example.com:6443", ".example.com:6443")]
    [InlineData("https://api.example.com:6443", "*.example.com:6443")]
    [InlineData("https://api.example.com", "\tfoo,,  example.com ,")]
    [InlineData("https://m\u00fcnchen.example", "m\u00fcnchen.example")]
    [InlineData("https://xn--mnchen-3ya.example", "m\u00fcnchen.example")]
    public void Spoken_to_directly(string server, string exceptions) => Assert.True(new ProxyExceptions(exceptions).Contain(new Uri(server)));

    [Theory]
    [InlineData("https://api.example.com", "")]
    [InlineData("https://localhost.example.com", "")]
    [InlineData("https://notlocalhost", "")]
    [InlineData("https://128.0.0.1", "")]
    [InlineData("https://11.1.2.3", "10.0.0.0/8")]
    [InlineData("https://10.1.2.3", "10.1.2.0/31")]
    [InlineData("https://10.1.2.3", "10.0.0.0/33")]
    [InlineData("https://10.1.2.3", "10.1.2.3:443x")]
    [InlineData("https://10.1.2.3:6443", "10.1.2.3:443")]
    [InlineData("https://[fd00::1]", "fc00::/8")]
    [InlineData("https://[fd00::1]", "[fd00::1]")]
    [InlineData("https://example.com", ".example.com")]
    [InlineData("https://example.com", "*.example.com")]
    [InlineData("https://notexample.com", "example.com")]
    [InlineData("https://example.com.evil", "example.com")]
    [InlineData("https://api.example.com:6443", "example.com:443")]
    [InlineData("https://api.example.com", "api.*")]
    [InlineData("https://api.example.com", "exa*.com")]
    [InlineData("https://10.1.2.3", "2.3")]
    [InlineData("https://0.0.0.10", "10")]
    [InlineData("https://api.example.com", ":443")]
    [InlineData("https://api.example.com", "10.0.0.0/8")]
    public void Spoken_to_by_the_proxy(string server, string exceptions) => Assert.False(new ProxyExceptions(exceptions).Contain(new Uri(server)));

    [Theory]
    [InlineData("https://a.example", "HTTPS_PROXY=http://p:1", "http://p:1/")]
    [InlineData("https://a.example", "https_proxy=http://p:1", "http://p:1/")]
    [InlineData("https://a.example", "https_proxy=http://low:1 HTTPS_PROXY=http://up:1", "http://up:1/")]
    [InlineData("https://a.example", "HTTP_PROXY=http://p:1", null)]
    [InlineData("http://a.example", "HTTP_PROXY=http://p:1", "http://p:1/")]
    [InlineData("http://a.example", "http_proxy=p:1", "http://p:1/")]
    [InlineData("http://a.example", "HTTPS_PROXY=http://p:1", null)]
    [InlineData("https://a.example", "ALL_PROXY=http://p:1 all_proxy=http://p:1", null)]
    [InlineData("https://a.example", "HTTPS_PROXY=socks5://p:1", "socks5://p:1")]
    [InlineData("https://a.example", "HTTPS_PROXY=http://p:1 NO_PROXY=example", null)]
    [InlineData("https://a.example", "HTTPS_PROXY=http://p:1 no_proxy=.example", null)]
    [InlineData("https://a.example", "HTTPS_PROXY=http://p:1 no_proxy=.example NO_PROXY=b", "http://p:1/")]
    [InlineData("https://localhost:6443", "HTTPS_PROXY=http://p:1", null)]
    [InlineData("https://a.example", "HTTPS_PROXY=http://p:1 REQUEST_METHOD=GET", "http://p:1/")]
    public void The_environment_prescribes_the_proxy(string server, string variables, string? expected) =>
        Assert.Equal(expected is null ? null : new Uri(expected), Proxies(variables).For(new Uri(server)));

    [Theory]
    [InlineData("https://a.example", "HTTPS_PROXY=ftp://u:s3cret@p:1", "HTTPS_PROXY")]
    [InlineData("https://a.example", "HTTPS_PROXY=http://u:s3cret@", "HTTPS_PROXY")]
    [InlineData("http://a.example", "HTTP_PROXY=http://p:1 REQUEST_METHOD=GET", "REQUEST_METHOD")]
    public void What_cannot_be_used_is_an_error_that_names_the_variable(string server, string variables, string expected)
    {
        var error = Assert.Throws<KubeConfigException>(() => Proxies(variables).For(new Uri(server)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString() + error.Remedy, StringComparison.Ordinal);
    }

    private static EnvironmentProxies Proxies(string variables)
    {
        var set = variables.Split(' ').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return new EnvironmentProxies(name => set.GetValueOrDefault(name));
    }
}
