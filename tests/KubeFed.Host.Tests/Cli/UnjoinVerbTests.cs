using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Host.Tests.Cli;

/// <summary><c>kubefed unjoin</c> with several clusters, and with words that select some.</summary>
public sealed class UnjoinVerbTests
{
    [Fact] // The rule by which words select clusters everywhere
    public async Task Unjoin_selects_clusters_as_every_other_command_does()
    {
        await using var bench = await Bench.StartAsync();
        await bench.OkAsync("join", "cluster1", "cluster2", "cluster3");

        var several = await bench.RunAsync("unjoin", "CLUSTER[12]", "--cluster-context", "cluster1");
        Assert.Equal((2, "Error: --cluster-context is for one name, and there are 2: cluster1, cluster2; run the command once for each\n"),
            (several.ExitCode, several.Error));
        await bench.OkAsync("unjoin", "CLUSTER1", "cluster1");
        Assert.Equal(["cluster2", "cluster3"], await NamesAsync(bench));

        var left = await bench.RunAsync("unjoin", "mars*", "*2");
        Assert.Equal(1, left.ExitCode);
        Assert.Contains("No registered cluster matches \"mars*\"", left.Error, StringComparison.Ordinal);
        Assert.Equal(["cluster3"], await NamesAsync(bench));
    }

    private static async Task<IReadOnlyList<string>> NamesAsync(Bench bench) =>
        [.. (await bench.Host.ListAsync(CoreResources.KubeFedClusters, new ListQuery(), TestContext.Current.CancellationToken)).Items
            .Select(item => item.Name).Order(StringComparer.Ordinal)];
}
