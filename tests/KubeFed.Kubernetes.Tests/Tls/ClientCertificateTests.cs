using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Kubernetes.Tests.Tls;

public class ClientCertificateTests
{
    private const string Ed25519Key = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIKIRsqmNXN/I34xBwTr2AoEXJVnkTNiQu1hmYFqxz8LU
        -----END PRIVATE KEY-----
        """;

    private const string Ed25519Certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBMDCB46ADAgECAhQjnKiQRPYuI0BvCbqZyWK7W612SjAFBgMrZXAwDTELMAkG
        A1UEAwwCZWQwIBcNMjYxMjAxMTU0NjU0WhgPMjEyNjExMDcxNTQ2NTRaMA0xCzAJ
        BgNVBAMMAmVkMCowBQYDK2VwAyEAGygHQMEt91e4qzaLYtUJxo/B8anQcNBgyJPH
        nSRogzSjUzBRMB0GA1UdDgQWBBQz6o9tx9jQlynqTpoKWy5RyLncnTAfBgNVHSME
        GDAWgBQz6o9tx9jQlynqTpoKWy5RyLncnTAPBgNVHRMBAf8EBTADAQH/MAUGAytl
        cANBAOUcizdErx5aWjQdZfo4xs3KKM6iJD9Ol8X9eT7eaJRWyYmVhquC8h3J/ymm
        XnHdvO7ysxNEZrO3jSb57TbdUwM=
        -----END CERTIFICATE-----
        """;

    private static readonly TestAuthority Root = new("root");

    // Go's tls.X509KeyPair takes the first block that is a key, and every CERTIFICATE block, whatever stands beside them.
    [Theory]
    [InlineData(false, "", "")]
    [InlineData(true, "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n", "")]
    [InlineData(true, "Bag Attributes\n    friendlyName: me\n", "\nKey Attributes: <none>\n")]
    [InlineData(false, "# a comment\r\n\r\n", "\r\n\r\n")]
    public async Task Blocks_and_text_beside_key_and_certificate_do_no_harm(bool ec, string before, string after)
    {
        await using var api = await TlsApi.StartAsync(Root.Server());
        var (certificate, key) = Root.Client("me", ec);
        var bundle = before + certificate + after + new TestAuthority("another").Pem;
        using var client = new KubeClientFactory().Create(api.Settings($"# ours\n{new TestAuthority("other").Pem}\n\n{before}{Root.Pem}{after}") with
        {
            Credentials = new CertificateCredentials { Certificate = bundle, Key = before + key + after },
        });

        Assert.Contains("CN=me", (await client.GetVersionAsync(CancellationToken.None)).GitVersion, StringComparison.Ordinal);
    }

    [Fact]
    public void An_authority_that_cannot_be_read_does_not_take_the_others_with_it()
    {
        const string Broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

        new KubeClientFactory().Create(FakeApi.Settings with { CertificateAuthority = Broken + Root.Pem }).Dispose();
        Assert.Throws<KubeConfigException>(() => new KubeClientFactory().Create(FakeApi.Settings with { CertificateAuthority = Broken }));
    }

    [Theory]
    [InlineData(Ed25519Certificate, Ed25519Key, "Ed25519")]
    [InlineData("no certificate", Ed25519Key, "no CERTIFICATE block")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", Ed25519Key, "the client certificate can't be used")]
    public void What_cannot_be_used_is_an_error_that_names_the_fields(string certificate, string key, string expected)
    {
        var error = Assert.Throws<KubeConfigException>(() => new KubeClientFactory().Create(
            FakeApi.Settings with { Credentials = new CertificateCredentials { Certificate = certificate, Key = key } }));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("client-certificate and client-key", error.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("MC4CAQ", error.ToString(), StringComparison.Ordinal);
    }
}
