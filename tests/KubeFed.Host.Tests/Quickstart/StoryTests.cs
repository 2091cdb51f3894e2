using KubeFed.Host.Cli;
using KubeFed.Host.Quickstart;
using KubeFed.Host.Tests.Cli;
using KubeFed.Kubernetes.Objects;
using SandboxClusters = KubeFed.Sandbox.Sandbox;

namespace KubeFed.Host.Tests.Quickstart;

public sealed class StoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_quickstart_tells_the_story_the_README_shows()
    {
        var run = await KubefedRun.Of("quickstart");

        Assert.True(run.ExitCode == ExitCode.Ok, run.Out + run.Error);
        Assert.Equal(Transcript.Comparable(Transcript.OfReadme()), Transcript.Comparable(run.Out));
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Every_step_proves_something_and_the_last_leaves_no_trace()
    {
        await using var sandbox = SandboxClusters.Start();
        var before = await InventoryAsync(sandbox);
        var reports = await TellAsync(sandbox, keep: false);

        Assert.All(reports, report => Assert.True(report.Passed, Describe(report)));
        Assert.Equal(Story.Steps.Count, reports.Count);
        Assert.Equal(before, await InventoryAsync(sandbox));
    }

    [Fact]
    public async Task Keep_leaves_the_federation_in_place()
    {
        await using var sandbox = SandboxClusters.Start();
        var reports = await TellAsync(sandbox, keep: true);

        Assert.Equal(Story.Steps.Count - 1, reports.Count);
        Assert.NotNull(sandbox.Members[0].Peek(KnownResources.Deployments, StoryObjects.Web));
    }

    [Fact]
    public async Task A_namespace_of_the_same_name_stops_the_story_before_anything_is_written()
    {
        await using var sandbox = SandboxClusters.Start();
        sandbox.Members[1].Seed(KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped(StoryStage.Namespace)));
        foreach (var cluster in sandbox.Clusters)
        {
            cluster.ResetCounters();
        }

        var report = Assert.Single(await TellAsync(sandbox, keep: false));

        Assert.False(report.Passed);
        Assert.Contains(report.Checks, check => !check.Holds && check.Claim.StartsWith(sandbox.Members[1].Name, StringComparison.Ordinal));
        Assert.All(sandbox.Clusters, cluster => Assert.Equal(0, cluster.Writes));
    }

    [Fact]
    public async Task A_member_that_goes_away_fails_its_step_and_the_rest_is_still_put_back()
    {
        await using var sandbox = SandboxClusters.Start();
        using var stage = Stage(sandbox);
        var reports = new List<StepReport>();
        await foreach (var report in Story.RunAsync(stage, keep: false, Token))
        {
            reports.Add(report);
            sandbox.Members[0].Offline = reports.Count == 7;
        }

        Assert.Equal([8, Story.Steps.Count], reports.Where((_, index) => index >= 7).Select(report => report.Number));
        Assert.False(reports[7].Passed);
        Assert.Null(sandbox.Members[1].Peek(KnownResources.Namespaces, ObjectKey.ClusterScoped(StoryStage.Namespace)));
    }

    [Fact]
    public async Task Cancelling_puts_everything_back()
    {
        await using var sandbox = SandboxClusters.Start();
        var before = await InventoryAsync(sandbox);
        using var stage = Stage(sandbox);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var reports = new List<StepReport>();
        await foreach (var report in Story.RunAsync(stage, keep: false, stop.Token))
        {
            reports.Add(report);
            if (reports.Count == 8)
            {
                await stop.CancelAsync();
            }
        }

        Assert.Equal("cancelled", reports[8].Failure);
        Assert.True(reports[9].Passed, Describe(reports[9]));
        Assert.Equal(before, await InventoryAsync(sandbox));
    }

    private static StoryStage Stage(SandboxClusters sandbox)
    {
        var clusters = sandbox.Clusters.Select(cluster => new StoryCluster(cluster.Name, cluster.Settings)).ToList();
        return new StoryStage(Ground.Of(clusters[0], clusters[1..], [sandbox.Transport], TimeProvider.System));
    }

    private static async Task<IReadOnlyList<StepReport>> TellAsync(SandboxClusters sandbox, bool keep)
    {
        using var stage = Stage(sandbox);
        var reports = new List<StepReport>();
        await foreach (var report in Story.RunAsync(stage, keep, Token))
        {
            reports.Add(report);
        }

        return reports;
    }

    /// <summary>How many objects each cluster holds, with its controllers at rest.</summary>
    private static async Task<string> InventoryAsync(SandboxClusters sandbox)
    {
        await sandbox.SettleAsync();
        return string.Join(", ", sandbox.Clusters.Select(cluster => $"{cluster.Name}: {cluster.ObjectCount}"));
    }

    private static string Describe(StepReport report) =>
        $"{report.Number}. {report.Title}: {report.Failure} {string.Join("; ", report.Checks.Where(c => !c.Holds).Select(c => $"{c.Claim}: {c.Observed}"))}";
}
