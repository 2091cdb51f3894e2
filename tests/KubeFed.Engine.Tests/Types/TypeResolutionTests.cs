using KubeFed.Engine.Api;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Types;

public sealed class TypeResolutionTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("deployments.apps")]
    [InlineData("Deployments.Apps")]
    [InlineData("deployments")]
    [InlineData("Deployment")]
    [InlineData("DEPLOYMENT")]
    [InlineData("FederatedDeployment")]
    [InlineData("federateddeployments")]
    [InlineData("federateddeployments.types.kubefed.io")]
    [InlineData("deploy")]
    [InlineData("fdeploy")]
    public async Task Every_name_of_a_type_finds_it_K31(string word)
    {
        using var fleet = Fleet();

        Assert.Equal("deployments.apps", (await fleet.Federation.Types.ResolveAsync(word, None)).Name);
    }

    [Fact]
    public async Task The_core_group_wins_over_others_K32()
    {
        using var fleet = Fleet();
        Enable(fleet, "configmaps.example.io", "example.io", "ConfigMap", "configmaps", "g.example.io");

        Assert.Equal("configmaps", (await fleet.Federation.Types.ResolveAsync("configmap", None)).Name);
        Assert.Equal("configmaps.example.io", (await fleet.Federation.Types.ResolveAsync("configmaps.example.io", None)).Name);
    }

    [Fact]
    public async Task A_word_that_names_two_types_is_refused_with_the_candidates()
    {
        using var fleet = Fleet();
        Enable(fleet, "deployments.example.io", "example.io", "Deployment", "deployments", "g.example.io");

        var error = await Assert.ThrowsAsync<FederationException>(() => fleet.Federation.Types.ResolveAsync("deployment", None));

        Assert.Equal("TypeAmbiguous", error.Id);
        Assert.Contains("deployments.apps, deployments.example.io", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("configmap s", "Did you mean configmaps")]
    [InlineData("confgmaps", "Did you mean configmaps")]
    [InlineData("secrets", "Enable-KubeFedType secrets")]
    [InlineData("widgets", "Enabled are configmaps, deployments.apps")]
    public async Task An_unknown_type_comes_with_what_to_do(string word, string remedy)
    {
        using var fleet = Fleet();
        fleet.Host.Served.Add(KnownResources.Secrets);

        var error = await Assert.ThrowsAsync<FederationException>(() => fleet.Federation.Types.ResolveAsync(word, None));

        Assert.Equal(("TypeNotEnabled", FederationProblem.NotFound, word), (error.Id, error.Problem, error.Target));
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broken_discovery_hides_only_short_names_K30()
    {
        using var fleet = Fleet();
        fleet.Host.Fault = request => request == "get /apis" ? FakeCluster.Refuse("get", 503, "ServiceUnavailable", "metrics API is down") : null;

        Assert.Equal("deployments.apps", (await fleet.Federation.Types.ResolveAsync("deployment", None)).Name);
        var error = await Assert.ThrowsAsync<FederationException>(() => fleet.Federation.Types.ResolveAsync("deploy", None));
        Assert.Contains("deployments.apps", error.Remedy, StringComparison.Ordinal);
        Assert.NotNull(error.InnerException);
    }

    private static FakeFleet Fleet()
    {
        var fleet = new FakeFleet().Installed();
        Enable(fleet, "configmaps", "", "ConfigMap", "configmaps", "types.kubefed.io");
        Enable(fleet, "deployments.apps", "apps", "Deployment", "deployments", "types.kubefed.io");
        fleet.Host.Served.Add(KnownResources.Deployments with { ShortNames = ["deploy"], Singular = "deployment" });
        fleet.Host.Served.Add(new ApiResource("types.kubefed.io", "v1beta1", "FederatedDeployment", "federateddeployments", true) { ShortNames = ["fdeploy"] });
        return fleet;
    }

    private static void Enable(FakeFleet fleet, string name, string group, string kind, string plural, string federatedGroup) =>
        fleet.Host.Put(CoreResources.FederatedTypeConfigs, FakeFleet.System(name), $$"""
            {"spec":{"targetType":{"group":"{{group}}","version":"v1","kind":"{{kind}}","pluralName":"{{plural}}","scope":"Namespaced"},"propagation":"Enabled",
             "federatedType":{"group":"{{federatedGroup}}","version":"v1beta1","kind":"Federated{{kind}}","pluralName":"federated{{plural}}","scope":"Namespaced"} } }
            """);
}
