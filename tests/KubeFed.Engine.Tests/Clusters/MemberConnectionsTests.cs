using KubeFed.Engine.Api;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Clusters;

public sealed class MemberConnectionsTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_is_made_from_endpoint_CA_and_token_E150()
    {
        using var fleet = new FakeFleet().Installed();
        fleet.Registered("east", token: "abc");
        var cluster = await Find(fleet, "east") with { CaBundle = "-----BEGIN CERTIFICATE-----", ProxyUrl = "socks5://proxy:1080", TlsChecksDisabled = TlsChecksDisabled.SubjectName };

        var client = await fleet.Federation.Members.ConnectAsync(cluster, None);

        Assert.Same(fleet["east"], client);
        var settings = Assert.Single(fleet.Made);
        Assert.Equal("east", settings.Name);
        Assert.Equal(new TokenCredentials("abc"), settings.Credentials);
        Assert.Equal("-----BEGIN CERTIFICATE-----", settings.CertificateAuthority);

        // P-10: the options disable only what they name, and the proxy still applies.
        Assert.Equal(TlsChecksDisabled.SubjectName, settings.TlsChecksDisabled);
        Assert.Equal("socks5", settings.Proxy?.Scheme);
    }

    [Fact]
    public async Task The_same_credentials_give_the_same_client_and_changed_ones_a_new_client_P2()
    {
        using var fleet = new FakeFleet().Installed();
        fleet.Registered("east");
        var cluster = await Find(fleet, "east");

        await fleet.Federation.Members.ConnectAsync(cluster, None);
        await fleet.Federation.Members.ConnectAsync(cluster, None);
        Assert.Single(fleet.Made);

        fleet.Host.Put(KnownResources.Secrets, FakeFleet.System("east-secret"), """{"data":{"token":"bmV3"}}""");
        await fleet.Federation.Members.ConnectAsync(cluster, None);

        Assert.Equal(2, fleet.Made.Count);
        Assert.Equal(new TokenCredentials("new"), fleet.Made[1].Credentials);
        fleet.Dispose();
        Assert.True(fleet["east"].Disposed);
    }

    [Theory]
    [InlineData("""{"secretRef":{"name":"gone"}}""", "ClusterSecretNotFound", "gone")]
    [InlineData("""{"secretRef":{"name":""}}""", "ClusterSecretNotFound", "spec.secretRef.name")]
    [InlineData("""{"apiEndpoint":"tcp://east"}""", "ClusterEndpointInvalid", "tcp://east")]
    [InlineData("""{"apiEndpoint":""}""", "ClusterEndpointInvalid", "spec.apiEndpoint")]
    [InlineData("""{"caBundle":"not base64"}""", "ClusterCaInvalid", "spec.caBundle")]
    [InlineData("""{"proxyURL":"socks6://p"}""", "ClusterProxyInvalid", "socks6://p")]
    public async Task An_unusable_field_is_named_with_its_value_E150(string spec, string id, string mentioned)
    {
        using var fleet = new FakeFleet().Installed();
        fleet.Registered("east");
        await fleet.Host.PatchAsync(
            CoreResources.KubeFedClusters,
            FakeFleet.System("east"),
            Kubernetes.Client.KubePatch.Merge((System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse($$"""{"spec":{{spec}}}""")!),
            Kubernetes.Client.WriteOptions.Default,
            None);

        var error = await Assert.ThrowsAsync<FederationException>(async () => await fleet.Federation.Members.ConnectAsync(await Find(fleet, "east"), None));

        Assert.Equal(id, error.Id);
        Assert.Contains(mentioned, error.Message, StringComparison.Ordinal);
        Assert.Equal("east", error.Target);
        Assert.NotNull(error.Remedy);
    }

    [Theory]
    [InlineData("""{"data":{"token":""}}""")]
    [InlineData("""{"data":{"token":"%%%"}}""")]
    [InlineData("""{"data":{"other":"YQ=="}}""")]
    public async Task A_Secret_without_a_token_is_said_to_have_none_E150(string secret)
    {
        using var fleet = new FakeFleet().Installed();
        fleet.Registered("east");
        fleet.Host.Remove(KnownResources.Secrets, "east-secret", KubeFedNames.DefaultSystemNamespace);
        fleet.Host.Put(KnownResources.Secrets, FakeFleet.System("east-secret"), secret);

        var error = await Assert.ThrowsAsync<FederationException>(async () => await fleet.Federation.Members.ConnectAsync(await Find(fleet, "east"), None));

        Assert.Equal("ClusterTokenMissing", error.Id);
        Assert.DoesNotContain("%%%", error.Message, StringComparison.Ordinal);
    }

    private static async Task<MemberCluster> Find(FakeFleet fleet, string name) => (await fleet.Federation.Clusters.FindAsync(name, None))!;
}
