using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Quickstart.Steps;

/// <summary>Lets a cluster go, and finds everything there that join did not make just as it was.</summary>
internal sealed class UnjoinMember : IStoryStep
{
    public string Title => "Unjoin a cluster";

    public string Intent(StoryStage stage) =>
        $"{stage.Third.Name} leaves. What join made there goes; a ConfigMap of its own, bystander, and the federated namespace it lives in stay.";

    public async Task RunAsync(StoryStage stage, Evidence evidence, CancellationToken cancellationToken)
    {
        var leaving = stage.Third;
        var bystander = await stage.Admin(leaving).CreateAsync(
            KnownResources.ConfigMaps,
            StoryObjects.ConfigMap(StoryObjects.Bystander, "owner", "the cluster's administrator"),
            WriteOptions.Default,
            cancellationToken).ConfigureAwait(false);

        var request = new LeaveRequest { Name = leaving.Name, Member = leaving.Admin };
        var left = await stage.Federation.Clusters.LeaveAsync(request, NullSink.Instance, cancellationToken).ConfigureAwait(false);
        evidence.Columns("CLUSTER", "ACTION", "OBJECT");
        foreach (var change in left.Changes.Where(c => c.Kind != ChangeKind.Unchanged))
        {
            evidence.Row(change.Cluster, change.Kind.ToString(), change.ObjectKind);
        }

        evidence.Equal("nothing had to be left behind", string.Empty, string.Join("; ", left.LeftBehind));
        var systemNamespace = stage.Federation.SystemNamespace;
        var registered = await stage.ReadAsync(stage.Host, CoreResources.KubeFedClusters, new ObjectKey(systemNamespace, leaving.Name), cancellationToken)
            .ConfigureAwait(false);
        evidence.Check($"the host no longer knows {leaving.Name}", registered is null, "its KubeFedCluster is still there");
        evidence.Check(
            $"the service account join made in {leaving.Name} is gone",
            await stage.IsGoneAsync(
                leaving,
                KnownResources.ServiceAccounts,
                new ObjectKey(systemNamespace, $"{leaving.Name}-{stage.Host.Name}"),
                cancellationToken).ConfigureAwait(false),
            "it is still there");
        var after = await stage.ReadAsync(leaving, KnownResources.ConfigMaps, StoryObjects.Bystander, cancellationToken).ConfigureAwait(false);
        evidence.Equal(
            $"bystander in {leaving.Name} is the very same object",
            $"{bystander.Uid} {bystander.ResourceVersion}",
            $"{after?.Uid} {after?.ResourceVersion}");

        // The next sync drops the cluster from the resources' status, and must not reach out to it any more.
        var (outcomes, writes) = await stage.CountWritesAsync(() => stage.SyncOnceAsync(dryRun: false, cancellationToken)).ConfigureAwait(false);
        evidence.Check("a sync without it succeeds", outcomes.Count > 0 && outcomes.All(o => o.Succeeded), Outcomes.Failures(outcomes));
        evidence.Equal($"and sends nothing to {leaving.Name}", 0, writes[leaving.Name]);
    }
}
