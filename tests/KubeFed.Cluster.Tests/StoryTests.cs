using System.Globalization;
using KubeFed.Host.Cli;
using KubeFed.Host.Quickstart;
using KubeFed.TestSupport.Servers;

namespace KubeFed.Cluster.Tests;

/// <summary>The end-to-end story on real API servers: the very command, and the very steps, that the README tells.</summary>
public sealed class StoryTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_quickstart_comes_true_on_real_API_servers_and_leaves_no_trace()
    {
        if (RealClusters.SkipReason is { } reason)
        {
            Assert.Skip(reason);
        }

        var cancellationToken = TestContext.Current.CancellationToken;
        await using var clusters = await RealClusters.StartAsync(4, cancellationToken);
        if (!clusters.HasControllerManager)
        {
            Assert.Skip("without a controller manager namespaces never finish deleting");
        }

        using var told = new StringWriter(CultureInfo.InvariantCulture);
        using var errors = new StringWriter(CultureInfo.InvariantCulture);
        var members = clusters.Clusters.Skip(1).SelectMany(cluster => new[] { "--member-context", cluster.Name });
        var code = await KubefedCommandLine.RunAsync(
            ["quickstart", "--kubeconfig", clusters.KubeconfigPath, "--host-context", clusters[0].Name, .. members],
            new HostEnvironment { Out = told, Error = errors, In = TextReader.Null },
            cancellationToken);

        output.WriteLine(told.ToString());
        output.WriteLine(errors.ToString());
        Assert.Equal(ExitCode.Ok, code);
        foreach (var step in Story.Steps)
        {
            Assert.Contains($". {step.Title}", told.ToString(), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("FAIL", told.ToString(), StringComparison.Ordinal);
    }
}
