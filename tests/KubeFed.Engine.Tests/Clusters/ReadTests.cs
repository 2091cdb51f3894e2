using KubeFed.Engine.Tests.Fakes;

namespace KubeFed.Engine.Tests.Clusters;

public sealed class ReadTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clusters_are_listed_by_name()
    {
        using var fleet = new FakeFleet().Installed();
        fleet.Registered("west");
        fleet.Registered("east");

        Assert.Equal(["east", "west"], (await fleet.Federation.Clusters.ListAsync(None)).Select(cluster => cluster.Name));
        Assert.NotNull(await fleet.Federation.Clusters.FindAsync("west", None));
        Assert.Null(await fleet.Federation.Clusters.FindAsync("north", None));
    }

    [Fact]
    public async Task Without_a_control_plane_every_read_says_so_and_names_the_remedy()
    {
        using var fleet = new FakeFleet();

        foreach (var read in new Func<Task>[]
        {
            () => fleet.Federation.Clusters.ListAsync(None),
            () => fleet.Federation.Types.ListAsync(None),
            () => fleet.Federation.Types.ResolveAsync("configmaps", None),
            () => fleet.Federation.ControlPlane.ReadConfigAsync(None),
        })
        {
            var error = await Assert.ThrowsAsync<FederationException>(read);
            Assert.Equal("ControlPlaneNotFound", error.Id);
            Assert.Equal(
                "A KubeFedConfig named \"kubefed\" was not found in namespace \"kube-federation-system\". Is a KubeFed control plane running in this namespace?",
                error.Message);
            Assert.Contains("Install-KubeFed", error.Remedy, StringComparison.Ordinal);
        }
    }
}
