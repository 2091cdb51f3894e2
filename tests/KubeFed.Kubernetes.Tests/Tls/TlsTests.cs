using System.Security.Cryptography.X509Certificates;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Tests.Fakes;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace KubeFed.Kubernetes.Tests.Tls;

public class TlsTests
{
    private static readonly TestAuthority Root = new("root");
    private static readonly TestAuthority Other = new("root");
    private static readonly TestAuthority Intermediate = new("intermediate", Root);

    [Theory]
    [InlineData(HttpProtocols.Http1AndHttp2, "HTTP/2")]
    [InlineData(HttpProtocols.Http1, "HTTP/1.1")]
    public async Task The_newest_protocol_both_sides_speak_is_used(HttpProtocols served, string used)
    {
        await using var api = await TlsApi.StartAsync(Root.Server(), protocols: served);

        Assert.StartsWith(used, await VersionAsync(api.Settings(Root.Pem)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_authority_of_a_bundle_will_do()
    {
        await using var api = await TlsApi.StartAsync(Root.Server());

        await VersionAsync(api.Settings(Other.Pem + "\n# comment\n" + Root.Pem));
    }

    [Fact]
    public async Task A_foreign_authority_of_the_same_name_is_refused()
    {
        await using var api = await TlsApi.StartAsync(Root.Server());

        Assert.Contains("not signed by the configured certificate authority", (await RefusedAsync(api.Settings(Other.Pem))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_configured_authority_only_the_systems_count()
    {
        await using var api = await TlsApi.StartAsync(Root.Server());

        Assert.Contains("not signed by an authority this system trusts", (await RefusedAsync(api.Settings(null))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_with_the_names_it_has()
    {
        await using var api = await TlsApi.StartAsync(Root.Server("kubernetes.default"));

        var error = await RefusedAsync(api.Settings(Root.Pem));

        Assert.Contains("is not for '127.0.0.1' but for kubernetes.default", error.Message, StringComparison.Ordinal);
        Assert.Contains("tls-server-name", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_server_name_is_sent_and_expected_and_the_host_stays_the_address()
    {
        await using var api = await TlsApi.StartAsync(Root.Server("kubernetes.default"));

        var version = await VersionAsync(api.Settings(Root.Pem) with { TlsServerName = "kubernetes.default" });

        Assert.StartsWith($"HTTP/2|127.0.0.1:{api.Server.Port}|", version, StringComparison.Ordinal);
        Assert.Equal("kubernetes.default", api.SniName);
    }

    [Fact]
    public async Task Tls_server_name_does_not_let_another_name_pass()
    {
        await using var api = await TlsApi.StartAsync(Root.Server());

        Assert.Contains("is not for 'kubernetes'", (await RefusedAsync(api.Settings(Root.Pem) with { TlsServerName = "kubernetes" })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_certificate_is_refused_with_its_period()
    {
        await using var api = await TlsApi.StartAsync(Root.Server(validToDays: -1));

        Assert.Contains("outside its validity period", (await RefusedAsync(api.Settings(Root.Pem))).Message, StringComparison.Ordinal);
    }

    // E-152: each check can be left out on its own.
    [Theory]
    [InlineData("other.name", 30, TlsChecksDisabled.SubjectName)]
    [InlineData("127.0.0.1", -1, TlsChecksDisabled.ValidityPeriod)]
    [InlineData("other.name", -1, TlsChecksDisabled.SubjectName | TlsChecksDisabled.ValidityPeriod)]
    [InlineData("other.name", -1, TlsChecksDisabled.All)]
    public async Task A_check_that_is_left_out_is_not_made(string name, int validTo, TlsChecksDisabled disabled)
    {
        await using var api = await TlsApi.StartAsync(Root.Server(name, validTo));

        await VersionAsync(api.Settings(disabled == TlsChecksDisabled.All ? null : Root.Pem) with { TlsChecksDisabled = disabled });
    }

    // P-10, E-153: naming one check leaves all others in force, with or without a configured authority.
    [Theory]
    [InlineData("127.0.0.1", 30, TlsChecksDisabled.SubjectName, false)]
    [InlineData("127.0.0.1", 30, TlsChecksDisabled.ValidityPeriod, false)]
    [InlineData("127.0.0.1", 30, TlsChecksDisabled.SubjectName | TlsChecksDisabled.ValidityPeriod, false)]
    [InlineData("127.0.0.1", -1, TlsChecksDisabled.SubjectName, true)]
    [InlineData("other.name", 30, TlsChecksDisabled.ValidityPeriod, true)]
    public async Task A_check_that_is_not_left_out_is_made(string name, int validTo, TlsChecksDisabled disabled, bool authority)
    {
        await using var api = await TlsApi.StartAsync(Root.Server(name, validTo));

        await RefusedAsync(api.Settings(authority ? Root.Pem : null) with { TlsChecksDisabled = disabled });
    }

    [Fact]
    public async Task Leaving_out_name_and_period_does_not_let_a_foreign_authority_pass()
    {
        await using var api = await TlsApi.StartAsync(Root.Server());

        await RefusedAsync(api.Settings(Other.Pem) with { TlsChecksDisabled = TlsChecksDisabled.SubjectName | TlsChecksDisabled.ValidityPeriod });
    }

    [Fact]
    public async Task A_server_that_sends_its_intermediates_is_trusted_by_the_root()
    {
        await using var api = await TlsApi.StartAsync(Intermediate.Server(), Intermediate.Intermediates);

        await VersionAsync(api.Settings(Root.Pem));
    }

    [Fact]
    public async Task An_intermediate_alone_is_an_anchor_as_in_Go()
    {
        await using var api = await TlsApi.StartAsync(Intermediate.Server(), Intermediate.Intermediates);
        await using var bare = await TlsApi.StartAsync(Intermediate.Server());

        await VersionAsync(api.Settings(Intermediate.Pem));
        await VersionAsync(bare.Settings(Intermediate.Pem));
    }

    [Fact]
    public async Task An_intermediate_as_anchor_does_not_open_the_door_to_foreign_leaves()
    {
        var foreign = new TestAuthority("intermediate", Other);
        await using var api = await TlsApi.StartAsync(foreign.Server(), foreign.Intermediates);
        await using var bare = await TlsApi.StartAsync(foreign.Server());

        await RefusedAsync(api.Settings(Intermediate.Pem));
        await RefusedAsync(bare.Settings(Intermediate.Pem));
    }

    [Fact]
    public async Task An_intermediate_as_anchor_still_has_the_period_checked()
    {
        await using var api = await TlsApi.StartAsync(Intermediate.Server(validToDays: -1));

        Assert.Contains("validity period", (await RefusedAsync(api.Settings(Intermediate.Pem))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_certificate_is_sent_with_its_intermediates(bool ec)
    {
        await using var api = await TlsApi.StartAsync(Root.Server());
        var (certificate, key) = Intermediate.Client("jane", ec);

        var version = await VersionAsync(api.Settings(Root.Pem) with { Credentials = new CertificateCredentials { Certificate = certificate, Key = key } });

        Assert.Contains("|CN=jane|", version, StringComparison.Ordinal);
        Assert.Equal(1, api.ClientIntermediates);
    }

    [Fact]
    public async Task A_token_can_go_with_a_client_certificate()
    {
        await using var api = await TlsApi.StartAsync(Root.Server());
        var (certificate, key) = Root.Client("jane");
        var both = new CertificateCredentials { Certificate = certificate, Key = key, Authorization = new TokenCredentials("t0k") };

        var version = await VersionAsync(api.Settings(Root.Pem) with { Credentials = both });

        Assert.Contains("|CN=jane|", version, StringComparison.Ordinal);
        Assert.EndsWith("|Bearer t0k", version, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rotated_client_certificate_is_used_for_new_connections()
    {
        await using var api = await TlsApi.StartAsync(Root.Server());
        using var folder = new TempFolder();
        var (certificate, key) = Root.Client("before");
        var files = new CertificateCredentials { CertificateFile = folder.Write("c.pem", certificate), KeyFile = folder.Write("k.pem", key) };
        var time = new ManualTime();
        using var client = new KubeClientFactory(time: time).Create(api.Settings(Root.Pem) with { Credentials = files });
        Assert.Contains("CN=before", (await client.GetVersionAsync(CancellationToken.None)).GitVersion, StringComparison.Ordinal);

        (certificate, key) = Root.Client("after");
        folder.Write("c.pem", certificate);
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.Contains("CN=before", (await client.GetVersionAsync(CancellationToken.None)).GitVersion,
            StringComparison.Ordinal); // half a rotation: the old pair stays
        folder.Write("k.pem", key);
        time.Advance(TimeSpan.FromSeconds(61));

        Assert.Contains("CN=after", (await client.GetVersionAsync(CancellationToken.None)).GitVersion, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_does_not_speak_TLS_is_reported_as_such()
    {
        await using var api = await TlsApi.StartAsync(null);

        var error = await RefusedAsync(api.Settings(Root.Pem) with { Server = new UriBuilder(api.Server) { Scheme = "https" }.Uri });

        Assert.Contains("no TLS session with https://127.0.0.1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_http_works_without_any_of_this()
    {
        await using var api = await TlsApi.StartAsync(null, protocols: HttpProtocols.Http1);

        Assert.StartsWith("HTTP/1.1", await VersionAsync(api.Settings(null)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "|gzip|")]
    [InlineData(true, "||")]
    public async Task Compression_is_asked_for_unless_disabled(bool disabled, string expected)
    {
        await using var api = await TlsApi.StartAsync(Root.Server());

        Assert.Contains(expected, await VersionAsync(api.Settings(Root.Pem) with { DisableCompression = disabled }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not pem")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    public void An_authority_that_is_no_certificate_is_a_configuration_error(string pem) =>
        Assert.Throws<KubeConfigException>(() => new KubeClientFactory().Create(
            new ConnectionSettings { Name = "c1", Server = new Uri("https://127.0.0.1:1"), CertificateAuthority = pem }));

    [Fact]
    public void A_key_that_does_not_fit_or_is_encrypted_is_a_configuration_error_without_the_key()
    {
        var (certificate, _) = Root.Client("a");
        var (_, other) = Root.Client("b", ec: true);
        using var key = System.Security.Cryptography.RSA.Create(2048);
        var encrypted = key.ExportEncryptedPkcs8PrivateKeyPem("x",
            new(System.Security.Cryptography.PbeEncryptionAlgorithm.Aes128Cbc, System.Security.Cryptography.HashAlgorithmName.SHA256, 1000));
        foreach (var bad in new[] { other, encrypted, key.ExportRSAPrivateKeyPem(), string.Empty, "garbage" })
        {
            var settings = new ConnectionSettings
            {
                Name = "c1", Server = new Uri("https://127.0.0.1:1"), Credentials = new CertificateCredentials { Certificate = certificate, Key = bad },
            };

            var error = Assert.Throws<KubeConfigException>(() => new KubeClientFactory().Create(settings));
            Assert.DoesNotContain("PRIVATE KEY-----", error.ToString(), StringComparison.Ordinal);
        }
    }

    private static async Task<string> VersionAsync(ConnectionSettings settings)
    {
        using var client = new KubeClientFactory().Create(settings);
        return (await client.GetVersionAsync(CancellationToken.None)).GitVersion;
    }

    private static async Task<KubeConnectionException> RefusedAsync(ConnectionSettings settings)
    {
        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => VersionAsync(settings));
        Assert.Equal(ConnectionFailure.Tls, error.Failure);
        Assert.NotNull(error.Remedy);
        return error;
    }
}
