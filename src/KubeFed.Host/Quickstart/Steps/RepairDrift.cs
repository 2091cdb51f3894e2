using System.Text.Json.Nodes;
using KubeFed.Engine.Propagation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Quickstart.Steps;

/// <summary>Edits copies by hand, shows the plan that would repair them, repairs them, and finds what nobody declared still there.</summary>
internal sealed class RepairDrift : IStoryStep
{
    private const string ForeignAnnotation = "example.com/on-call";

    public string Title => "Repair what was edited by hand";

    public string Intent(StoryStage stage) =>
        $"Someone changes greeting in {stage.First.Name}, adds an annotation there, and scales web in {stage.Second.Name} to 9. "
        + "A dry run shows the plan; a sync puts back what was declared and leaves the annotation, which nobody declared.";

    public async Task RunAsync(StoryStage stage, Evidence evidence, CancellationToken cancellationToken)
    {
        var byHand = new WriteOptions { FieldManager = "someone" };
        var edit = new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [ForeignAnnotation] = "kim" } },
            ["data"] = new JsonObject { ["message"] = "edited by hand" },
        };
        await stage.Admin(stage.First)
            .PatchAsync(KnownResources.ConfigMaps, StoryObjects.Greeting, KubePatch.Merge(edit), byHand, cancellationToken).ConfigureAwait(false);
        var scale = new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 9 } };
        await stage.Admin(stage.Second)
            .PatchAsync(KnownResources.Deployments, StoryObjects.Web, KubePatch.Merge(scale), byHand, cancellationToken).ConfigureAwait(false);

        var (plan, writes) = await stage.CountWritesAsync(() => stage.SyncOnceAsync(dryRun: true, cancellationToken)).ConfigureAwait(false);
        var planned = plan.Where(o => o.Action != PlanAction.None).ToList();
        Outcomes.Show(evidence, planned);
        evidence.Equal(
            "the plan is to update those two copies and nothing else",
            $"configmaps greeting {stage.First.Name} Update; deployments.apps web {stage.Second.Name} Update",
            string.Join("; ", planned.Select(o => $"{o.Type.Name} {o.Resource.Name} {o.Cluster} {o.Action}")));
        evidence.Equal("planning wrote nothing anywhere", 0, writes.Values.Sum());
        await CheckAsync(stage, evidence, "before the sync", "edited by hand", "9", cancellationToken).ConfigureAwait(false);

        var outcomes = await stage.SyncOnceAsync(dryRun: false, cancellationToken).ConfigureAwait(false);
        evidence.Check("nothing failed", outcomes.All(o => o.Succeeded), Outcomes.Failures(outcomes));
        var greeting = await CheckAsync(stage, evidence, "after it", "hello from the host", "5", cancellationToken).ConfigureAwait(false);
        evidence.Equal("the annotation nobody declared is still there", "kim", greeting?.Annotation(ForeignAnnotation));
    }

    private static async Task<KubeObject?> CheckAsync(
        StoryStage stage, Evidence evidence, string when, string message, string replicas, CancellationToken cancellationToken)
    {
        var greeting = await stage.ReadAsync(stage.First, KnownResources.ConfigMaps, StoryObjects.Greeting, cancellationToken).ConfigureAwait(false);
        evidence.Equal($"{when}, greeting in {stage.First.Name} says '{message}'", message, StoryJson.Text(greeting, "data", "message"));
        var web = await stage.ReadAsync(stage.Second, KnownResources.Deployments, StoryObjects.Web, cancellationToken).ConfigureAwait(false);
        evidence.Equal($"{when}, web in {stage.Second.Name} has {replicas} replicas", replicas, StoryJson.Replicas(web));
        return greeting;
    }
}
