using KubeFed.Engine.Api;

namespace KubeFed.Engine.Tests.Api;

/// <summary>api.md section 3, accept and reject examples.</summary>
public sealed class ApiEndpointTests
{
    public static TheoryData<string> Accepted()
    {
        var data = new TheoryData<string>();
        foreach (var scheme in new[] { "", "http://", "https://" })
        {
            foreach (var host in new[] { "example.com", "my.example.com", "192.0.2.219", "[2001:db8:25a4:8d2::1]" })
            {
                foreach (var port in new[] { "", ":1", ":80", ":8080", ":65535" })
                {
                    foreach (var path in scheme.Length > 0 ? new[] { "", "/", "/path/to/endpoint" } : ["", "/"])
                    {
                        data.Add(scheme + host + port + path);
                    }
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public void An_endpoint_is_a_URL_or_a_host_and_port_A11(string text)
    {
        Assert.True(ApiEndpoint.TryParse(text, out var server, out var error), error);
        Assert.Equal(text.StartsWith("http://", StringComparison.Ordinal) ? "http" : "https", server.Scheme);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("https://", "host must be a URL or a host:port pair")]
    [InlineData("example.com/path/to/somewhere", "host must be a URL or a host:port pair")]
    [InlineData("192.0.2.35/path/to/somewhere", "host must be a URL or a host:port pair")]
    [InlineData("tcp://example.com", "tcp")]
    [InlineData("example.com:port80", "invalid port")]
    [InlineData("example.com:-80", "invalid port")]
    [InlineData("example.com:0", "between 1 and 65535")]
    [InlineData("example.com:65536", "between 1 and 65535")]
    [InlineData("[2001:db8::1", "missing ']'")]
    [InlineData("exa mple.com", "invalid character")]
    public void What_is_no_endpoint_is_refused_with_the_reason_A12_A13(string text, string reason)
    {
        Assert.False(ApiEndpoint.TryParse(text, out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }
}
