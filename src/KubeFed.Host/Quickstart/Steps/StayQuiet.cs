using System.Globalization;
using KubeFed.Engine.Propagation;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Quickstart.Steps;

/// <summary>A sync with nothing to do.</summary>
internal sealed class StayQuiet : IStoryStep
{
    public string Title => "Sync again: nothing to do, nothing written";

    public string Intent(StoryStage stage) => "Everything is as declared, so a sync reads and stays silent.";

    public async Task RunAsync(StoryStage stage, Evidence evidence, CancellationToken cancellationToken)
    {
        var (outcomes, writes) = await stage.CountWritesAsync(() => stage.SyncOnceAsync(dryRun: false, cancellationToken)).ConfigureAwait(false);
        evidence.Columns("CLUSTER", "COPIES", "WRITES");
        foreach (var cluster in stage.Members.Prepend(stage.Host))
        {
            var copies = outcomes.Count(o => o.Cluster == cluster.Name);
            evidence.Row(
                cluster.Name,
                cluster == stage.Host ? "-" : copies.ToString(CultureInfo.InvariantCulture),
                writes[cluster.Name].ToString(CultureInfo.InvariantCulture));
        }

        evidence.Check(
            "every copy is as desired",
            outcomes.Count > 0 && outcomes.All(o => o is { Action: PlanAction.None, Succeeded: true }),
            string.Join("; ", outcomes.Where(o => o.Action != PlanAction.None).Select(o => $"{o.Type.Name} {o.Resource.Name} in {o.Cluster}: {o.Action}")));
        evidence.Equal("no write was sent to any cluster", 0, writes.Values.Sum());
        foreach (var member in new[] { stage.First, stage.Second })
        {
            var web = await stage.ReadAsync(member, KnownResources.Deployments, StoryObjects.Web, cancellationToken).ConfigureAwait(false);
            evidence.Check($"{member.Name} still runs web", web is not null, "it is gone");
        }
    }
}
