using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Quickstart.Steps;

/// <summary>Two ways to end: with the copies, and without them.</summary>
internal sealed class DeleteAndOrphan : IStoryStep
{
    public string Title => "Delete one resource everywhere, orphan another";

    public string Intent(StoryStage stage) =>
        "features is deleted with its copies. greeting is deleted too, but its copies are let go: they stay, without the managed label.";

    public async Task RunAsync(StoryStage stage, Evidence evidence, CancellationToken cancellationToken)
    {
        var resources = stage.Federation.Resources;
        var type = await stage.TypeAsync(KnownResources.ConfigMaps, cancellationToken).ConfigureAwait(false);
        await resources.DeleteAsync(type, StoryObjects.Features, orphan: false, dryRun: false, cancellationToken).ConfigureAwait(false);
        await resources.DeleteAsync(type, StoryObjects.Greeting, orphan: true, dryRun: false, cancellationToken).ConfigureAwait(false);
        var outcomes = await stage.SyncUntilSettledAsync(cancellationToken).ConfigureAwait(false);
        Outcomes.Show(evidence, outcomes);
        evidence.Check("nothing failed", outcomes.All(o => o.Succeeded), Outcomes.Failures(outcomes));

        foreach (var key in new[] { StoryObjects.Features, StoryObjects.Greeting })
        {
            evidence.Check(
                $"the host no longer stores FederatedConfigMap {key.Name}",
                await stage.IsGoneAsync(stage.Host, type.Federated, key, cancellationToken).ConfigureAwait(false),
                "it is still there");
        }

        foreach (var member in stage.Members)
        {
            var features = await stage.ReadAsync(member, KnownResources.ConfigMaps, StoryObjects.Features, cancellationToken).ConfigureAwait(false);
            evidence.Check($"{member.Name} no longer has features", features is null, "it is still there");
        }

        foreach (var member in new[] { stage.First, stage.Second })
        {
            var greeting = await stage.ReadAsync(member, KnownResources.ConfigMaps, StoryObjects.Greeting, cancellationToken).ConfigureAwait(false);
            evidence.Check(
                $"{member.Name} keeps greeting, now its own",
                greeting is not null && greeting.Label(KubeFedNames.ManagedLabel) is null,
                greeting is null ? "it is gone" : "it still carries the managed label");
        }

        var original = await stage.ReadAsync(stage.Host, KnownResources.ConfigMaps, StoryObjects.Greeting, cancellationToken).ConfigureAwait(false);
        evidence.Equal("the host's own greeting was never touched", "hello from the host", StoryJson.Text(original, "data", "message"));
    }
}
