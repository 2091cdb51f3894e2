using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Quickstart.Steps;

/// <summary>The first sync, and what it cost.</summary>
internal sealed class SyncEverything : IStoryStep
{
    public string Title => "Sync";

    public string Intent(StoryStage stage) => "One sync makes everything declared so far true. Writes are counted where they leave the process.";

    public async Task RunAsync(StoryStage stage, Evidence evidence, CancellationToken cancellationToken)
    {
        var (outcomes, writes) = await stage.CountWritesAsync(() => stage.SyncOnceAsync(dryRun: false, cancellationToken)).ConfigureAwait(false);
        Outcomes.Show(evidence, outcomes);
        evidence.Check("nothing failed", outcomes.Count > 0 && outcomes.All(o => o.Succeeded), Outcomes.Failures(outcomes));

        // Namespace, greeting and features in three clusters, web in two.
        evidence.Equal("11 copies cost 11 writes to members", 11, stage.Members.Sum(m => writes[m.Name]));
        evidence.Check(
            "4 resources cost the host at most one finalizer and one status write each",
            writes[stage.Host.Name] <= 8,
            $"the host took {writes[stage.Host.Name]} writes");

        var third = await stage.ReadAsync(stage.Third, KnownResources.Deployments, StoryObjects.Web, cancellationToken).ConfigureAwait(false);
        evidence.Check($"{stage.Third.Name} is not selected and has no web", third is null, "it has one");
    }
}
