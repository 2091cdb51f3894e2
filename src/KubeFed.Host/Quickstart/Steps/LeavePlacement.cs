using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Quickstart.Steps;

/// <summary>Takes a cluster out of a placement.</summary>
internal sealed class LeavePlacement : IStoryStep
{
    public string Title => "Take a cluster out of a placement";

    public string Intent(StoryStage stage) => $"greeting is now placed by name, in {stage.First.Name} and {stage.Second.Name} only.";

    public async Task RunAsync(StoryStage stage, Evidence evidence, CancellationToken cancellationToken)
    {
        var type = await stage.TypeAsync(KnownResources.ConfigMaps, cancellationToken).ConfigureAwait(false);
        await stage.Federation.Resources.EditAsync(
            type,
            StoryObjects.Greeting,
            resource =>
            {
                resource.PlacementClusters = [stage.First.Name, stage.Second.Name];
                resource.PlacementSelector = null;
            },
            dryRun: false,
            cancellationToken).ConfigureAwait(false);
        var outcomes = await stage.SyncUntilSettledAsync(cancellationToken).ConfigureAwait(false);
        Outcomes.Show(evidence, outcomes);
        evidence.Check("nothing failed", outcomes.All(o => o.Succeeded), Outcomes.Failures(outcomes));
        foreach (var member in stage.Members)
        {
            var copy = await stage.ReadAsync(member, KnownResources.ConfigMaps, StoryObjects.Greeting, cancellationToken).ConfigureAwait(false);
            var wanted = member != stage.Third;
            evidence.Check(
                $"{member.Name} {(wanted ? "still has" : "no longer has")} greeting",
                copy is not null == wanted,
                wanted ? "it is gone" : "it is still there");
        }
    }
}
